"""The kernels of recurrent networks: edge cases, refusals, invariants, gradients."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from kernels.oracles.agreement import gamma
from kernels.sequence_models import lstm_cell_step, rnn_jacobian_product
from tests.kernels.inputs.sequence_models import cells, runs

steady = settings(derandomize=True, database=None, max_examples=50)
CELL = {"x": [1, 2], "h": [0.5], "c": [2], "W_ih": np.ones((4, 2)), "W_hh": np.ones((4, 1)), "b": np.zeros(4)}


def test_a_linear_network_grows_by_powers() -> None:
    """Powers of two: all products are exact."""
    assert rnn_jacobian_product([[2, 0], [0, 0.5]], np.zeros((4, 2))).norms.tolist() == [2, 4, 8, 16]


def test_a_saturated_unit_passes_nothing() -> None:
    assert rnn_jacobian_product([[3]], [[0], [1], [0]]).norms.tolist() == [3, 0, 0]


def test_a_large_singular_value_need_not_explode() -> None:
    """A nilpotent matrix: its largest singular value is 100, its second power 0."""
    assert rnn_jacobian_product([[0, 100], [0, 0]], np.zeros((2, 2))).norms.tolist() == [100, 0]


@steady
@given(run=runs())
def test_powers_of_the_largest_singular_value_bound_the_norms(run: dict[str, Any]) -> None:
    norms = rnn_jacobian_product(**run).norms
    sigma = np.linalg.norm(run["W"], ord=2)
    steps = np.arange(1, len(norms) + 1)
    assert (norms <= sigma**steps * (1 + gamma(8 * run["W"].size * len(norms)))).all()


@pytest.mark.parametrize(
    ("W", "hs", "message"),
    [
        ([[1, 2]], [[0]], r"W must be square, got shape \(1, 2\)"),
        ([[1]], [[0, 0]], r"hs must have shape \(any, 1\), got \(1, 2\)"),
        ([[1]], [[0.5], [1.01]], r"hs must hold values of tanh, in \[-1, 1\]"),
        ([[1]], [[-2]], "hs must hold values of tanh"),
        ([[1]], [0], "hs must be a matrix"),
        ([[np.nan]], [[0]], "W must not contain NaN"),
        ([[1e200]], [[0], [0]], "the product of 2 Jacobians, which overflows"),
    ],
)
def test_runs_refused(W: Any, hs: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rnn_jacobian_product(W, hs)


def test_an_open_forget_gate_and_a_shut_input_gate_copy_the_cell() -> None:
    shut, wide = -800.0, 800.0
    found = lstm_cell_step(x=[0], h=[0], c=[1.7], W_ih=np.zeros((4, 1)), W_hh=np.zeros((4, 1)), b=[shut, wide, 0.3, wide])
    assert (found.i.tolist(), found.f.tolist(), found.o.tolist()) == ([0], [1], [1])
    assert found.c_new.tolist() == [1.7]
    assert found.h_new.tolist() == [np.tanh(1.7)]


def test_the_cell_passes_its_gradient_through_the_forget_gate() -> None:
    cell = torch.nn.LSTMCell(2, 3, dtype=torch.float64)
    c = torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    x, h = torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor([0.1, 0.2, -0.3], dtype=torch.float64)
    weights = [torch.linspace(-1, 1, p.numel(), dtype=torch.float64).reshape(p.shape) for p in cell.parameters()]
    cell.load_state_dict(dict(zip(cell.state_dict(), weights, strict=True)))
    (slope,) = torch.autograd.grad(cell(x, (h, c))[1].sum(), c)
    W_ih, W_hh, b_ih, b_hh = (w.numpy() for w in weights)
    found = lstm_cell_step(x.numpy(), h.numpy(), c.detach().numpy(), W_ih, W_hh, b_ih + b_hh)
    # A gate is off by its own rounding and by that of its sum z, at most |z| times the slope 1 - f <= 1.
    z = np.abs(W_ih) @ np.abs(x.numpy()) + np.abs(W_hh) @ np.abs(h.numpy()) + np.abs(b_ih) + np.abs(b_hh)
    np.testing.assert_allclose(found.f, slope.numpy(), rtol=2 * gamma(16) * (1 + z.max()), atol=0)


@steady
@given(cell=cells())
def test_gates_are_shares_and_states_are_bounded(cell: dict[str, Any]) -> None:
    found = lstm_cell_step(**cell)
    for gate in (found.i, found.f, found.o):
        assert (gate >= 0).all()
        assert (gate <= 1).all()
    assert (np.abs(found.c_new) <= (np.abs(cell["c"]) + 1) * (1 + gamma(3))).all()
    assert (np.abs(found.h_new) <= 1).all()


@steady
@given(cell=cells())
def test_negated_logits_swap_what_is_kept_and_what_is_lost(cell: dict[str, Any]) -> None:
    negated = lstm_cell_step(**(cell | {name: -cell[name] for name in ("W_ih", "W_hh", "b")}))
    found = lstm_cell_step(**cell)
    assert (np.abs(found.f + negated.f - 1) <= gamma(8)).all()
    assert np.array_equal(found.g, -negated.g)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"c": [1, 2]}, r"h and c must have one shape, got \(1,\) and \(2,\)"),
        ({"W_ih": np.ones((4, 3))}, r"W_ih must have shape \(4, 2\), got \(4, 3\)"),
        ({"W_ih": np.ones((3, 2))}, r"W_ih must have shape \(4, 2\), got \(3, 2\)"),
        ({"W_hh": np.ones((4, 2))}, r"W_hh must have shape \(4, 1\), got \(4, 2\)"),
        ({"b": np.ones(8)}, r"b must have shape \(4\), got \(8,\)"),
        ({"x": []}, "x must not be empty"),
        ({"h": [np.inf]}, "h must be finite"),
    ],
)
def test_cells_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lstm_cell_step(**(CELL | change))
