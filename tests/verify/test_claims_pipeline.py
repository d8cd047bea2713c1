"""Claims on their way through a build and a check: shown on cards, proven once, kept, and reported where they stand."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import check as checks
from generator.problems import Problems
from generator.verify import claims
from generator.verify.claims import proofs
from tests.helpers import NOW, deck, shown, write

ROOT = Path(__file__).parents[2]
CARD = """1) What is the derivative of the sigmoid? {#sigmoid}

    ```claim
    name: slope
    symbols:
      x: real
    given:
      s(x): 1/(1 + exp(-x))
    show:
      - diff(s(x), x) == s(x)*(1 - s(x))
      - s(-x) == 1 - s(x)
    ```

    It is $@{slope:claim}$, and $$@{slope.2:claim}$$
    with $@{slope.s:claim}$, in code `@{slope:claim}`.
"""
WRONG = CARD.replace("(1 - s(x))", "(1 + s(x))")


def problems(folder: Path, text: str) -> list[str]:
    return shown(checks.check(write(folder, a=text), now=NOW).problems, folder)


def test_a_card_shows_what_is_claimed(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD)
    assert not made.problems.failed
    answer = made.notes[0].fields["Answer"]
    assert r"\(\frac{ds(x)}{dx} = s(x) (1 - s(x))\)" in answer
    assert r"\[s(-x) = 1 - s(x)\]" in answer
    assert r"\(s(x) = \frac{1}{1 + e^{-x}}\)" in answer
    assert "<code>diff(s(x), x) == s(x)*(1 - s(x))</code>" in answer


def test_a_build_imports_no_sympy_for_a_claim(tmp_path: Path) -> None:
    write(tmp_path, a=CARD)
    code = (
        "import sys; from pathlib import Path; from generator.deck import make\n"
        f"made = make(Path({str(tmp_path)!r}), {NOW}); print(made.problems.failed, 'sympy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_a_build_fails_on_a_claim_that_cannot_be_read_and_on_one_that_is_not_there(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD.replace("exp(-x)", "epx(-x)"))
    assert shown(made.problems, tmp_path) == ["a.md:8:20: error: there is no function epx"]
    made = deck(tmp_path, a=CARD.replace("slope.2:", "slope.3:").replace("slope.s:", "slop.s:"))
    assert shown(made.problems, tmp_path) == [
        "a.md:14:35: error: the claim slope has no statement 3",
        "a.md:15:11: error: there is no claim 'slop' on this card",
    ]
    assert [problem.hint for problem in made.problems] == ["it shows 2 statements", "did you mean slope?"]


def test_a_refuted_claim_is_an_error_of_check_where_it_stands(tmp_path: Path) -> None:
    found = checks.check(write(tmp_path, a=WRONG), now=NOW)
    assert shown(found.problems, tmp_path) == [
        "a.md:10:9: error: the claim slope is refuted at x = 0: the left side is 1/4, the right side 3/4"
    ]
    assert [verdict.status for verdict in found.verdicts] == ["refuted", "proven"]
    json.dumps([verdict.as_json() for verdict in found.verdicts])


def test_an_unproven_claim_is_a_warning_that_the_card_may_allow(tmp_path: Path) -> None:
    text = CARD.replace("    show:\n", "    by: squares\n    show:\n")
    found = problems(tmp_path, text)
    assert [line.split(": the claim")[0] for line in found] == ["a.md:11:9: warning", "a.md:12:9: warning"]
    allowed = checks.check(write(tmp_path, a=text.replace("{#sigmoid}", "{#sigmoid allow=unproven-claim}")), now=NOW).problems
    assert list(allowed) == []
    assert {problem.rule for _, problem in allowed.silenced} == {"unproven-claim"}
    assert problems(tmp_path, text.replace("by: squares", "by: numeric")) == []


def test_what_was_proven_is_not_proven_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    real = proofs._Prover.prove

    def counted(prover: proofs._Prover, task: proofs.Task) -> object:
        started.append(task.statement)
        return real(prover, task)

    monkeypatch.setattr(proofs._Prover, "prove", counted)
    first = checks.check(write(tmp_path, a=WRONG), now=NOW)
    assert len(started) == 2
    again = checks.check(tmp_path, now=NOW)
    assert len(started) == 2 and again.verdicts == first.verdicts
    assert shown(again.problems, tmp_path) == shown(first.problems, tmp_path)
    moved = checks.check(write(tmp_path, a=f"1) Another? {{#b}}\n\n    Yes.\n\n{WRONG}"), now=NOW)
    assert len(started) == 2 and moved.verdicts[0].place.line == 14
    checks.check(write(tmp_path, a=CARD), now=NOW)
    assert len(started) == 4
    kept = list((tmp_path / "media" / "generated").glob("claim-*.json"))
    assert len(kept) == 2, "what no claim needs is removed"


def test_what_took_too_long_is_not_kept(tmp_path: Path) -> None:
    write(tmp_path, a=CARD.replace("s(-x) == 1 - s(x)", "exp(exp(exp(exp(exp(x**2))))) > 0"))
    made = deck(tmp_path)
    folder = tmp_path / "cache"
    found = claims.prove(made.claims.of, folder, Problems(), seconds=1.5)
    assert [verdict.status for verdict in found] == ["proven", "undecided"]
    assert len(list(folder.iterdir())) == 1


def test_a_damaged_cache_is_proven_anew_and_a_closed_one_is_a_warning(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD)
    folder = tmp_path / "cache"
    first = claims.prove(made.claims.of, folder, Problems())
    for path in folder.iterdir():
        path.write_text("{")
    assert claims.prove(made.claims.of, folder, Problems()) == first
    blocked = tmp_path / "file"
    blocked.write_text("")
    found = Problems()
    assert claims.prove(made.claims.of, blocked, found) == first
    assert {problem.message.split(":")[0] for problem in found} == {"proofs cannot be kept here"}


@pytest.mark.parametrize("seed", ["0", "1"])
def test_verdicts_are_the_same_whatever_the_hash_seed(seed: str, tmp_path: Path) -> None:
    write(tmp_path, a=WRONG)
    code = (
        "import json; from pathlib import Path; from generator.check import check\n"
        f"print(json.dumps([v.as_json() for v in check(Path({str(tmp_path)!r}), now={NOW}).verdicts]))"
    )
    env = {**os.environ, "PYTHONHASHSEED": seed}
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert [(item["sentence"], item["points"]) for item in json.loads(output)] == [
        ("refuted at x = 0: the left side is 1/4, the right side 3/4", 0),
        ("proven by expansion", 24),
    ]


def test_the_authors_folder_is_no_place_to_import_from(tmp_path: Path) -> None:
    """Checking a stranger's deck runs none of his code, even from within its folder."""
    write(tmp_path, a=CARD)
    for name in ("sympy", "mpmath", "yaml", "json"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    code = f"import sys; sys.path[0] = {str(ROOT)!r}; sys.argv[1:] = ['check', '.', '--json']\nimport generator.__main__"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_numeric_card_shows_claims_beside_its_numbers(tmp_path: Path) -> None:
    numeric = """
    ```numeric
    params:
      a: int 1..60
    answer: 2*a
    via: a + a
    show: int
    ```
"""
    made = deck(
        tmp_path, a=CARD.replace("sigmoid? {", "sigmoid, and twice @{a}? {").replace("    ```claim", f"{numeric}\n    ```claim", 1)
    )
    assert not made.problems.failed, shown(made.problems, tmp_path)
    (note,) = made.notes
    assert note.kind == "numeric"
    assert any(r"\frac{ds(x)}{dx} = s(x) (1 - s(x))" in html for html in note.fields.values())
    assert not any("@{" in html for html in note.fields.values())


def test_a_claim_in_a_cloze_keeps_its_braces_apart(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD.replace("It is $@{slope:claim}$", "It is {{c1::$@{slope:claim}$ and @{slope.s:claim}}}"))
    assert not made.problems.failed
    text = made.notes[0].fields["Text"]
    cloze = text[text.index("{{c1::") + 6 : text.index("}}", text.index("{{c1::"))]
    assert r"\frac{1}{1 + e^{-x} }" in cloze
    assert "<!-- -->" not in cloze.split(r"\(")[-1]


def test_two_claims_of_one_name_are_an_error(tmp_path: Path) -> None:
    block = CARD[CARD.index("    ```claim") : CARD.index("    It is")]
    made = deck(tmp_path, a=CARD.replace("    It is", f"{block}    It is"))
    assert shown(made.problems, tmp_path) == ["a.md:14:5: error: a second claim slope"]
