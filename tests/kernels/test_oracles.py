"""Every kernel against every oracle, on random and extreme arguments, within what rounding explains."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kernels
from kernels import oracles
from tests.kernels.inputs import ALL

DEFAULT = {"sympy", "mpmath"}
"""What is installed by default, beyond numpy and the standard library."""
CASES = [(name, oracle) for name in kernels.names() for oracle in oracles.of(name)]


@pytest.mark.parametrize("name", kernels.names())
def test_has_an_oracle_at_build_time(name: str) -> None:
    assert any(set(oracle.needs) <= DEFAULT for oracle in oracles.of(name))
    assert all(oracle.doc for oracle in oracles.of(name))


@pytest.mark.parametrize(("name", "oracle"), CASES, ids=[f"{name}-{oracle.function.__name__}" for name, oracle in CASES])
@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_agrees(name: str, oracle: oracles.Oracle, data: st.DataObject) -> None:
    oracles.agree(kernels.get(name), oracle, data.draw(ALL[name]))
