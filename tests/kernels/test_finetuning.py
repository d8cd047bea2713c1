"""The kernels of low-rank adaptation: edge cases, refusals, invariants, gradients."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from kernels import get
from kernels.finetuning import lora_backward, lora_federated_gap, lora_forward, lora_param_count
from kernels.oracles.agreement import bound, gamma
from tests.kernels.inputs.finetuning import federations, gradients, layers

steady = settings(derandomize=True, database=None, max_examples=50)
LAYER = {"x": [[1.0, 2.0]], "W": [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], "A": [[1.0, 2.0]], "B": [[1.0], [2.0], [3.0]], "alpha": 2}


def test_lora_saves_below_the_break_even_rank_only() -> None:
    """12 * 4 / (12 + 4) = 3."""
    assert [lora_param_count(12, 4, r).ratio for r in (2, 3, 4)] == [2 / 3, 1, 4 / 3]


def test_bytes_multiply() -> None:
    once = lora_param_count(10, 20, 2)
    many = lora_param_count(10, 20, 2, n_matrices=3, bytes_per=4, clients=5, rounds=7, both_ways=True)
    assert (once.comm_bytes, many.comm_bytes) == (120, 60 * 3 * 4 * 5 * 7 * 2)
    assert once.ratio == many.ratio


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"r": 0}, "r must be at least 1"),
        ({"r": 5}, r"r must be at most min\(d_out, d_in\) = 4, got 5"),
        ({"d_out": 0}, "d_out must be at least 1"),
        ({"d_in": 0}, "d_in must be at least 1"),
        ({"n_matrices": 0}, "n_matrices must be at least 1"),
        ({"bytes_per": 0.5}, "bytes_per must be an integer"),
        ({"clients": 0}, "clients must be at least 1"),
        ({"rounds": 0}, "rounds must be at least 1"),
        ({"both_ways": 1}, "both_ways must be True or False, got 1"),
    ],
)
def test_counts_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lora_param_count(**({"d_out": 12, "d_in": 4, "r": 2} | change))


@steady
@given(layer=layers())
def test_no_update_is_the_base_model_exactly(layer: dict[str, Any]) -> None:
    base = lora_forward(**(layer | {"B": np.zeros_like(layer["B"])}))
    assert np.array_equal(base.y, layer["x"] @ layer["W"].T)
    assert np.array_equal(base.merged_W, layer["W"])


@steady
@given(layer=layers())
def test_merged_and_unmerged_agree(layer: dict[str, Any]) -> None:
    found = lora_forward(**layer)
    x, W, A, B = (np.abs(layer[name]) for name in "xWAB")
    # Both sides sum the same products, at most d_in + r + 3 roundings deep; their absolute values bound what each rounds.
    allowed = 2 * gamma(W.shape[1] + len(A) + 3) * (x @ W.T + found.scale * (x @ A.T @ B.T))
    assert (np.abs(found.y - layer["x"] @ found.merged_W.T) <= allowed).all()


def test_the_scale_divides_by_the_rank_or_by_its_root() -> None:
    layer = LAYER | {"A": [[1.0, 2.0]] * 4, "B": [[1.0] * 4] * 3}
    assert lora_forward(**layer).scale == 0.5
    assert lora_forward(**layer, rs=True).scale == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A": [[1, 2], [3, 4]]}, r"B must have shape \(3, 2\), got \(3, 1\)"),
        ({"B": [[1], [2]]}, r"B must have shape \(3, 1\), got \(2, 1\)"),
        ({"A": [[1, 2, 3]]}, r"A must have shape \(any, 2\), got \(1, 3\)"),
        ({"x": [[1, 2, 3]]}, r"x must have shape \(any, 2\), got \(1, 3\)"),
        ({"x": [1, 2]}, "x must be a matrix"),
        ({"A": np.zeros((0, 2))}, r"A must not be empty, got shape \(0, 2\)"),
        ({"W": [[1, 0], [0, 1], [1, np.nan]]}, "W must not contain NaN"),
        ({"alpha": np.inf}, "alpha must be finite"),
        ({"rs": "yes"}, "rs must be True or False"),
    ],
)
def test_layers_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lora_forward(**(LAYER | change))


def test_b_moves_first_and_two_zeros_never() -> None:
    start = lora_backward(x=[1, 2], g=[1, -2, 0.5], A=[[0.5, -1]], B=[[0], [0], [0]], alpha=4)
    assert not start.dA.any()
    assert start.dB.any()
    stuck = lora_backward(x=[1, 2], g=[1, -2, 0.5], A=[[0, 0]], B=[[0], [0], [0]], alpha=4)
    assert not stuck.dA.any()
    assert not stuck.dB.any()


@steady
@given(example=gradients())
def test_the_gradients_are_those_of_the_forward_pass(example: dict[str, Any]) -> None:
    """Autograd through the kernel's formula for a whole layer, with the loss g.y."""
    torch = pytest.importorskip("torch")
    x, g, A, B = (torch.tensor(example[name]) for name in "xgAB")
    A.requires_grad_(), B.requires_grad_()
    W = torch.zeros(len(g), len(x), dtype=torch.float64)
    loss = g @ ((W + example["alpha"] / len(A) * B @ A) @ x)
    loss.backward()
    found, allowed = lora_backward(**example), bound(get("lora_backward"), example)
    assert (np.abs(found.dA - A.grad.numpy()) <= allowed["dA"]).all()
    assert (np.abs(found.dB - B.grad.numpy()) <= allowed["dB"]).all()


def test_the_gradients_by_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    x, g = sympy.Matrix([1, 2]), sympy.Matrix([1, -2, 3])
    A, B = sympy.Matrix(2, 2, sympy.symbols("a:4")), sympy.Matrix(3, 2, sympy.symbols("b:6"))
    loss = (g.T * sympy.Rational(3, 2) * B * A * x)[0]
    values = dict(zip([*A, *B], [1, -1, 2, 0, 3, 1, -2, 1, 0, 4], strict=True))
    found = lora_backward(x=[1, 2], g=[1, -2, 3], A=A.subs(values).tolist(), B=B.subs(values).tolist(), alpha=3)
    assert found.dA.ravel().tolist() == [float(loss.diff(a).subs(values)) for a in A]
    assert found.dB.ravel().tolist() == [float(loss.diff(b).subs(values)) for b in B]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A": [[1, 2], [3, 4]]}, r"B must have shape \(3, 2\), got \(3, 1\)"),
        ({"A": [[1, 2, 3]]}, r"A must have shape \(any, 2\), got \(1, 3\)"),
        ({"g": [1, 2]}, r"B must have shape \(2, 1\), got \(3, 1\)"),
        ({"A": np.zeros((0, 2))}, "A must not be empty"),
        ({"x": [[1, 2]]}, "x must be a vector"),
        ({"alpha": np.nan}, "alpha must not contain NaN"),
    ],
)
def test_gradients_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lora_backward(**({"x": [1, 2], "g": [1, -2, 3], "A": [[1, 2]], "B": [[1], [2], [3]], "alpha": 3} | change))


def test_a_shared_factor_closes_the_gap() -> None:
    """Halves and four clients: all sums are exact."""
    Bs = np.array([[[1.0], [2.0]], [[0.5], [-1.0]], [[3.0], [0.0]], [[1.5], [1.0]]])
    shared = np.repeat([[[1.0, -2.0, 0.5]]], 4, axis=0)
    assert lora_federated_gap(Bs, shared).fro_gap == 0
    assert lora_federated_gap(shared.transpose(0, 2, 1), Bs.transpose(0, 2, 1)).fro_gap == 0


def test_the_mean_of_updates_outgrows_the_rank_of_each() -> None:
    eye = np.eye(3)
    found = lora_federated_gap(Bs=eye[:, :, None], As=eye[:, None, :])
    assert found.rank_avg == 3
    assert np.linalg.matrix_rank(found.product_of_avgs) == 1


def test_what_rounding_leaves_of_a_cancelled_update_has_no_rank() -> None:
    """0.1 x 0.7 + 0.2 x 0.7 - 0.3 x 0.7 is not 0 in floats."""
    found = lora_federated_gap(Bs=[[[0.1]], [[0.2]], [[-0.3]]], As=[[[0.7]]] * 3)
    assert found.avg_product[0, 0] != 0
    assert found.rank_avg == 0


@steady
@given(federation=federations())
def test_one_client_alone_has_no_gap(federation: dict[str, Any]) -> None:
    found = lora_federated_gap(federation["Bs"][:1], federation["As"][:1])
    assert found.fro_gap == 0
    assert found.rank_avg <= federation["Bs"].shape[2]


@pytest.mark.parametrize(
    ("Bs", "As", "message"),
    [
        (np.ones((2, 3, 1)), np.ones((3, 1, 3)), r"As must have shape \(2, 1, any\), got \(3, 1, 3\)"),
        (np.ones((2, 3, 1)), np.ones((2, 2, 3)), r"As must have shape \(2, 1, any\), got \(2, 2, 3\)"),
        (np.ones((0, 3, 1)), np.ones((0, 1, 3)), "Bs must not be empty"),
        (np.ones((3, 1)), np.ones((2, 1, 3)), "Bs must be an array of rank 3"),
        (np.ones((2, 3, 1)), np.full((2, 1, 3), np.inf), "As must be finite"),
    ],
)
def test_federations_refused(Bs: Any, As: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lora_federated_gap(Bs, As)
