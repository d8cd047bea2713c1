"""What holds for the repository itself: its deck, its house rules, its pages."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from generator.anki import checker
from generator.check import EMPTY
from generator.deck import NOTE_BUDGET, Deck, make
from generator.pooling import pool_variant
from generator.problems import Problems, Severity
from generator.verify.tex import check_tex
from tests.helpers import NOW

ROOT = Path(__file__).parent.parent
STAGES = ("anki", "figures", "numeric", "render", "source", "verify")
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
TARGET = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)=\"([^\":]+)\"")
CHECK = ("kernels.cuda.check", "kernels.cuda.report", "kernels.cuda.targets")
"""The check of attention, which is no kernel of the registry: what its command may reach."""
SHARED = ("blocks", "caching", "expression", "fields", "model", "parallel", "problems", "tokens")
"""Modules that any stage may import; they import no stage."""


def modules(package: str) -> dict[str, set[str]]:
    """Module -> the modules of ours that it imports, at its top or inside a function."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        imported: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        found[name] = imported
    return found


@pytest.fixture(scope="module")
def deck() -> Deck:
    """The repository's own deck, drawn and rendered."""
    return make(ROOT / "cards_src", NOW)


def test_the_deck_has_neither_error_nor_warning_and_its_lock_is_current(deck: Deck) -> None:
    assert [str(problem) for problem in deck.problems if problem.severity >= Severity.WARNING] == []
    assert deck.locks.changes(deck.lock) == [], "build and commit cards_src/redraw.lock"


def test_every_card_of_the_deck_says_its_level(deck: Deck) -> None:
    assert [card.id for card in deck.sources.cards if not card.level] == []


def test_the_budgets_hold(deck: Deck) -> None:
    weights = {note.id: sum(len(html.encode()) for html in note.fields.values()) for note in deck.notes}
    assert {name: weight for name, weight in weights.items() if weight > NOTE_BUDGET} == {}


def test_every_numeric_card_is_proven_and_judged_by_its_own_script(deck: Deck) -> None:
    for name, one in deck.numeric.items():
        assert one.drawn is not None, name
        assert "via" in one.drawn.proofs, name
        assert any(answer.via for answer in one.spec.answers), name
        assert one.spec.golden, name
        for variant in one.variants:
            assert checker.prove(pool_variant(variant, EMPTY)) == [], name


def test_every_formula_of_the_deck_typesets(deck: Deck) -> None:
    problems = Problems()
    check_tex(deck.formulas, deck.sources.settings.macros, problems)
    assert list(map(str, problems)) == []


def test_kernels_know_nothing_of_the_generator() -> None:
    assert not [name for name, imported in modules("kernels").items() if any(one.startswith("generator") for one in imported)]


def test_a_stage_knows_no_other_stage() -> None:
    for name, imported in modules("generator").items():
        own = name.split(".")[1] if "." in name else ""
        others = {one.split(".")[1] for one in imported if one.startswith("generator.")}
        if own in STAGES:
            assert others <= {own, *SHARED}, name
        elif own in SHARED:
            assert others <= {*SHARED}, name


def test_generator_reaches_kernels_through_their_registry_alone() -> None:
    for name, imported in modules("generator").items():
        reached = {one for one in imported if one.startswith("kernels")}
        assert reached <= {"kernels", "kernels.get", "kernels.names", "kernels.oracles", "kernels.Kernel", "kernels.Record"} | {
            one for one in reached if one.startswith(("kernels.oracles.", "kernels.registry"))
        } | {one for one in reached if name.startswith("generator.attention_") and one.startswith(CHECK)}, name


@pytest.mark.parametrize("module", ["generator.cli", "generator.build", "kernels", "kernels.oracles"])
def test_importing_it_costs_no_heavy_package(module: str) -> None:
    heavy = "torch", "scipy", "sklearn", "matplotlib", "triton", "onnx", "sympy", "anki", "aqt"
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_default_dependencies_are_light_and_torch_is_an_extra_named_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}
    assert not names & {"torch", "triton", "scipy", "scikit-learn", "onnx", "anki", "aqt"}
    assert "torch==2.13.0" in project["optional-dependencies"]["test"]


@pytest.mark.parametrize("page", [path.relative_to(ROOT).as_posix() for path in PAGES])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = CODE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    for one, other in TARGET.findall(text):
        assert (ROOT / page).parent.joinpath(one or other).exists(), one or other


def test_the_readme_names_every_command() -> None:
    from generator.cli import cli

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in cli.commands if f"`redraw {name}" not in text] == []


def test_the_readme_counts_as_the_deck_does(deck: Deck) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    numeric = sum(note.kind == "numeric" for note in deck.notes)
    claims = [claim for found in deck.claims.of.values() for claim in found.values()]
    statements = sum(len(claim.show) for claim in claims)
    assert f"`make deck` counts {len(deck.notes):,} notes" in text
    assert f"{numeric} of them are numeric" in text
    assert f"{statements} proven statements on {len(claims)} claims" in text


def test_the_deck_keeps_what_the_curriculum_asks_for(deck: Deck) -> None:
    """The least that the decks must hold, so that no change loses it unseen."""
    cards = deck.sources.cards
    review = [card for card in cards if card.id in deck.numeric and deck.numeric[card.id].spec.form != "paper"]
    assert len(deck.notes) >= 650
    assert len(review) >= 180
    assert len({request for card in cards for request in card.figures}) >= 60
    assert sum(len(found) for found in deck.claims.of.values()) >= 60
    assert sum(card.task == "code" for card in cards) >= 40
    assert sum(card.task == "spot-the-error" for card in cards) >= 40
