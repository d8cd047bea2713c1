"""Our kernels against the node tests that ONNX ships: answers that nobody here computed.

Both sides get the same numbers, which fit into float64 exactly. We compute with them in float64, ONNX's reference in the dtype of
the case, float32 or less (rarely float64): so the difference is its rounding, and the tolerance follows from that dtype's eps. With
the unit roundoff u = eps/2, the largest absolute value s that is expected (at least 1), and the size m of the largest input:

    |ours - theirs| <= gamma_n s,   gamma_n = n u / (1 - n u),   n = 8 + ceil(log2 m)

These formulas are about 8 rounded operations deep (attention: two scalings, product, bias, shift, exponential, quotient, product),
and numpy adds m terms pairwise, in a tree of depth log2 m. In float32 that makes about 1e-6 s, where ONNX itself lets 1e-3 pass; in
bfloat16 7 %. Integers and truth values must be equal. A case that is not run is skipped with its reason.
"""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from kernels.registry import Record

pytest.importorskip("onnx")

from tests.kernels import onnx_cases
from tests.kernels.onnx_cases import OPERATORS, Case, Unrouted, call

CASES = onnx_cases.cases()
LEAST = 280
"""So many cases are answered, at least."""


def exact(values: Any) -> bool:
    """Whether an array holds truth values or integers; the kind of bfloat16 is none of numpy's."""
    return bool(values.dtype.kind in "biu")


def coarsest(case: Case) -> float:
    """The eps of the coarsest float dtype among the case's inputs and outputs; 0 where all are integers."""
    arrays = [np.asarray(value) for value in (*case.inputs, *case.outputs.values()) if value is not None]
    return max((float(np.spacing(values.dtype.type(1))) for values in arrays if not exact(values)), default=0.0)


def tolerance(case: Case) -> float:
    """gamma_n of the docstring above."""
    most = max(np.size(value) for value in case.inputs if value is not None)
    nu = (8 + math.ceil(math.log2(max(most, 1)))) * coarsest(case) / 2
    return nu / (1 - nu)


def differences(case: Case) -> list[str]:
    """Where our answer is not ONNX's; empty for a case that conforms.

    Raises:
        Unrouted: our kernels do not answer this case.
    """
    answer, found = case.answer, []
    for position, expected in case.outputs.items():
        mine, theirs = np.asarray(answer[position]), np.asarray(expected)
        if mine.shape != theirs.shape:
            found.append(f"output {position}: shape {mine.shape}, expected {theirs.shape}")
        elif exact(theirs):
            if not np.array_equal(mine, theirs):
                found.append(f"output {position}: {mine}, expected {theirs}")
        else:
            theirs = theirs.astype(np.float64)
            size = max(1.0, float(np.max(np.abs(theirs), where=np.isfinite(theirs), initial=0)))
            with np.errstate(invalid="ignore"):  # two infinities have no difference; equal ones are equal
                off = np.abs(mine - theirs)
            close = (mine == theirs) | (off <= tolerance(case) * size)
            if not close.all():
                found.append(f"output {position}: off by {np.nanmax(off):.3g}, at most {tolerance(case) * size:.3g} is rounding")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    try:
        found = differences(case)
    except Unrouted as reason:
        pytest.skip(f"{case.operator}: {reason}")
    assert not found


def test_enough_cases_are_answered_and_every_other_has_a_reason() -> None:
    answered: Counter[str] = Counter()
    for case in CASES:
        try:
            _ = case.answer
        except Unrouted as reason:
            assert str(reason)
        else:
            answered[case.operator] += 1
    assert answered.total() >= LEAST
    assert set(OPERATORS) - set(answered) == {"LinearAttention"}


def test_every_operator_has_cases_each_with_a_name_of_its_own() -> None:
    assert {case.operator for case in CASES} == set(OPERATORS)
    assert len({case.name for case in CASES}) == len(CASES)


def test_we_are_stricter_than_onnx() -> None:
    """ONNX's own relative tolerance is 1e-3, whatever the dtype."""
    single = [case for case in CASES if coarsest(case) <= np.finfo(np.float32).eps]
    assert len(single) >= LEAST
    assert max(tolerance(case) for case in single) < 2e-6


def spoilt(value: Any) -> Any:
    """A kernel's result, a little wrong: floats by 1e-4, integers by 1, truth values turned round."""
    if isinstance(value, Record):
        return Record(**{name: spoilt(part) for name, part in value.items()})
    if value is None:
        return None
    values = np.asarray(value)
    if values.dtype.kind == "b":
        return ~values
    result = values + 1 if exact(values) else values + 1e-4 * (1 + np.abs(values))
    return result.tolist() if isinstance(value, list | int | float) else result


@pytest.mark.parametrize(
    ("operator", "kernel"),
    [(name, kernel) for name, operator in OPERATORS.items() for kernel in operator.kernels],
)
def test_a_kernel_that_is_a_little_wrong_is_noticed(operator: str, kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the numbers do go through the kernels that are named, and the tolerance is no blindfold."""

    def wrong(name: str, *args: Any, **kwargs: Any) -> Any:
        result = call(name, *args, **kwargs)
        return spoilt(result) if name == kernel else result

    def noticed(case: Case) -> bool:
        try:
            return bool(differences(case))
        except Unrouted:
            return False
        except (ValueError, IndexError):
            return True  # the wrong numbers were refused on their way

    monkeypatch.setattr(onnx_cases, "call", wrong)
    assert any(noticed(case) for case in CASES if case.operator == operator)
