"""That the bench measures what it says; how long anything takes is no business of a test."""

import sys
from pathlib import Path

import pytest

from tests.helpers import write
from tests.verify.rule_cases import PROVEN, card

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no count of processor time there")


def test_a_change_costs_one_card_and_leaves_the_source_alone(tmp_path: Path) -> None:
    from tests.bench.builds import build, change, measure

    source = write(tmp_path / "deck", a=card("Why?", "So.", "#w") + PROVEN + PROVEN.replace("#a", "#b").replace("much", "many"))
    before = {path: path.read_bytes() for path in source.rglob("*")}
    (tmp_path / "copy").mkdir()
    measured = measure(source, tmp_path / "copy", runs=1)
    assert min(measured.cold, measured.warm, measured.changed) > 0
    assert str(measured).count("% of cold") == 2
    assert {path: path.read_bytes() for path in source.rglob("*")} == before

    copy = tmp_path / "copy" / "deck"
    kept = {path: path.read_bytes() for path in copy.glob("media/generated/drawn-*")}
    build(copy)
    assert {path: path.read_bytes() for path in kept} == kept
    change(copy)
    build(copy)
    assert sum(path.read_bytes() != content for path, content in kept.items()) == 1 and len(kept) == 2
