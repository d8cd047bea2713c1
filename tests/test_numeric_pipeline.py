"""Wild numeric blocks through the whole pipeline, to the package and the card's script: it reports, and never crashes."""

import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.anki import package
from generator.check import check
from generator.model import Package
from tests.helpers import NOW, write
from tests.numeric.test_fuzz import FORMATS, blocks, sane_blocks

QUIET = settings(
    max_examples=100,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
interpolations = st.lists(st.tuples(st.sampled_from(["x", "y", "t", "answer"]), st.sampled_from(FORMATS)), max_size=3)


def run(block: str, shown: list[tuple[str, str]]) -> None:
    """The block on a card, built, packaged and checked."""
    fenced = textwrap.indent(f"```numeric\n{block.strip()}\n```", "    ")
    texts = " ".join(f"@{{{name}:{form}}} $@{{{name}:{form}}}$ `@{{{name}:{form}}}`" for name, form in shown)
    with TemporaryDirectory() as folder:
        checked = check(write(Path(folder), a=f"1) What? {texts} {{#a}}\n\n{fenced}\n\n    So: {texts}.\n"), now=NOW)
        faults = [problem for problem in checked.problems if "a fault of redraw's own" in problem.hint]
        assert faults == []
        if checked.deck.notes and not checked.problems.failed:
            package.write(Package("test", checked.deck.notes, {}), Path(folder) / "deck.apkg")


@QUIET
@given(blocks(), interpolations)
def test_no_block_makes_the_whole_pipeline_crash(block: str, shown: list[tuple[str, str]]) -> None:
    run(block, shown)


@QUIET
@given(sane_blocks(), interpolations)
def test_no_card_about_numbers_makes_the_whole_pipeline_crash(block: str, shown: list[tuple[str, str]]) -> None:
    run(block, shown)
