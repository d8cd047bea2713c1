"""The report that is kept: of the cases as they are, without what identifies a machine, and small."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from kernels.cuda.cases import CASES
from kernels.cuda.report import OWN

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "generator" / "figures" / "attention_check.json"
LINK = ROOT / "docs" / "attention-check" / "cpu.json"
AGAIN = "run redraw attention-check --json and keep what it prints"


@pytest.fixture(scope="module")
def text() -> str:
    return KEPT.read_text(encoding="utf-8")


def test_the_report_of_the_docs_is_the_one_that_figures_are_drawn_from(text: str) -> None:
    assert LINK.read_text(encoding="utf-8") == text


def test_it_is_small_and_names_no_machine(text: str) -> None:
    assert len(text.encode()) < 100_000
    assert "/" not in text.replace("MHA/GQA/MQA", "")
    assert set(json.loads(text)["machine"]) == {"date", "processor", "versions", "gpu", "driver", "capability", "memory"}


def test_it_holds_the_kernel_on_every_case(text: str) -> None:
    data = json.loads(text)
    own = {f"{row['case']}-{row['dtype']}" for row in data["rows"] if (row["layer"], row["candidate"]) == ("interpreter", OWN)}
    assert own == set(CASES), AGAIN
    assert data["holds"]
    assert not data["quick"]


def test_it_shows_what_the_cards_say_of_memory(text: str) -> None:
    data = [one for one in json.loads(text)["memory"] if one["where"] == "cpu"]
    assert len(data) >= 3
    for one, other in pairwise(data):
        assert other["tokens"] == 2 * one["tokens"]
        assert other["standard"] / one["standard"] == pytest.approx(4, rel=0.05)
        assert other["tiled"] / one["tiled"] == pytest.approx(2, rel=0.05)
