"""Every case that catches what people get wrong, through Triton's interpreter: results are as exact as their dtype allows."""

from collections import defaultdict

import pytest

from kernels.cuda.bounds import Measured
from kernels.cuda.cases import CASES
from kernels.cuda.interpret import interpreted

RESULTS = ["out", "lse", "dq", "dk", "dv"]


@pytest.fixture(scope="module")
def measured() -> dict[str, list[Measured]]:
    """All cases in one process: starting it takes longer than most of them."""
    found = defaultdict(list)
    for one in interpreted(CASES):
        found[one.case].append(one)
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_kernel_is_as_exact_as_its_dtype_allows(case: str, measured: dict[str, list[Measured]]) -> None:
    assert [one.what for one in measured[case]] == RESULTS
    assert [one for one in measured[case] if not one.holds] == []


def test_what_the_process_says_when_it_fails_is_reported() -> None:
    with pytest.raises(RuntimeError, match="no such case"):
        interpreted(["no such case"])
