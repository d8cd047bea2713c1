"""Layers, activations, backpropagation: the edges, the errors, each derivation against sympy, torch and finite differences."""

import math
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels import neural_nets as nn
from kernels.calculus import finite_difference_gradient
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.common import matrices, vectors
from tests.kernels.inputs.neural_nets import graphs

quick = settings(max_examples=30, derandomize=True, database=None)
NAN, INF = float("nan"), float("inf")
NET: dict[str, Any] = {
    "x": [1.0, 2.0],
    "W1": [[1.0, -0.5], [0.5, 0.5], [-1.0, 0.0]],
    "b1": [0.5, 0.0, 0.25],
    "W2": [[1.0, 1.0, 3.0], [-2.0, 1.0, 1.0]],
    "b2": [0.0, 1.0],
}
"""Two inputs, three hidden units of which the last is dead, two outputs; all exact in binary."""
TARGET = [1.0, -1.0]

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("dense_forward", {"x": [1, 2], "W": [[1]], "b": [1]}, r"W must have shape \(any, 2\), got \(1, 1\)"),
    ("dense_forward", {"x": [1], "W": [[1]], "b": [1, 2]}, r"b must have shape \(1\), got \(2,\)"),
    (
        "dense_forward",
        {"x": [1], "W": [[1]], "b": [1], "act": "gelu"},
        "act must be one of identity, relu, sigmoid, tanh, got 'gelu'",
    ),
    ("dense_forward", {"x": [NAN], "W": [[1]], "b": [1]}, "x must not contain NaN"),
    ("mlp_forward", {**NET, "W1": [[1, 2, 3]]}, r"W1 must have shape \(any, 2\), got \(1, 3\)"),
    ("mlp_forward", {**NET, "b1": [1]}, r"b1 must have shape \(3\), got \(1,\)"),
    ("mlp_forward", {**NET, "W2": [[1]]}, r"W2 must have shape \(any, 3\), got \(1, 1\)"),
    ("mlp_forward", {**NET, "b2": [1]}, r"b2 must have shape \(2\), got \(1,\)"),
    ("mlp_forward", {**NET, "act": "identity"}, "act must be one of relu, tanh, sigmoid, got 'identity'"),
    ("mlp_backward", {**NET, "target": [1]}, r"the output and target must have one shape, got \(2,\) and \(1,\)"),
    ("mlp_backward", {**NET, "target": TARGET, "loss": "mae"}, "loss must be one of sse, half_sse, mse, got 'mae'"),
    ("mlp_backward", {**NET, "target": [1, INF]}, "target must be finite"),
    ("mlp_backward", {**NET, "b1": [1], "target": TARGET}, "b1 must have shape"),
    ("gradient_chain_gain", {"act_derivative": -0.1, "weight_gain": 1, "depth": 1}, "act_derivative must be at least 0, got -0.1"),
    ("gradient_chain_gain", {"act_derivative": 1, "weight_gain": -1, "depth": 1}, "weight_gain must be at least 0, got -1"),
    ("gradient_chain_gain", {"act_derivative": 1, "weight_gain": 1, "depth": -1}, "depth must be at least 0, got -1"),
    ("gradient_chain_gain", {"act_derivative": 1, "weight_gain": 1, "depth": 1.5}, "depth must be an integer, got 1.5"),
    ("init_std", {"fan_in": 0, "fan_out": 1, "scheme": "he"}, "fan_in must be at least 1, got 0"),
    ("init_std", {"fan_in": 1, "fan_out": -1, "scheme": "he"}, "fan_out must be at least 1, got -1"),
    ("init_std", {"fan_in": 1, "fan_out": 1, "scheme": "glorot"}, "scheme must be one of lecun, xavier, he, got 'glorot'"),
    ("init_std", {"fan_in": 1, "fan_out": 1, "scheme": "he", "dist": "t"}, "dist must be one of normal, uniform, got 't'"),
    ("activation", {"x": [1], "kind": "swish"}, "kind must be one of relu, leaky_relu, .*, got 'swish'"),
    ("activation", {"x": [1], "kind": "leaky_relu", "alpha": 1}, "alpha must be less than 1, got 1"),
    ("activation", {"x": [1], "kind": "leaky_relu", "alpha": -0.1}, "alpha must be at least 0, got -0.1"),
    ("activation", {"x": [], "kind": "relu"}, "x must not be empty"),
    ("activation", {"x": [NAN], "kind": "relu"}, "x must not contain NaN"),
    ("gnn_mean_aggregate", {"adj": [[0, 1]], "X": [[1]], "steps": 1}, r"adj must be square, got shape \(1, 2\)"),
    ("gnn_mean_aggregate", {"adj": [[0, 2], [2, 0]], "X": [[1], [1]], "steps": 1}, "adj must hold 0 and 1 only"),
    ("gnn_mean_aggregate", {"adj": [[0, 1], [0, 0]], "X": [[1], [1]], "steps": 1}, "adj must be symmetric"),
    ("gnn_mean_aggregate", {"adj": [[1, 0], [0, 0]], "X": [[1], [1]], "steps": 1}, "adj must have a zero diagonal"),
    ("gnn_mean_aggregate", {"adj": [[0]], "X": [[1], [1]], "steps": 1}, r"X must have shape \(1, any\), got \(2, 1\)"),
    ("gnn_mean_aggregate", {"adj": [[0]], "X": [[1]], "steps": -1}, "steps must be at least 0, got -1"),
]


@pytest.mark.parametrize(("name", "arguments", "match"), BAD)
def test_refuses(name: str, arguments: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        kernels.get(name)(**arguments)


def test_a_layer_without_activation_gives_its_pre_activations() -> None:
    layer = nn.dense_forward([1, 2], [[3, 4]], [5])
    assert (layer.z.tolist(), layer.y.tolist()) == ([16], [16])
    layer.y[0] = 0
    assert layer.z.tolist() == [16], "two arrays, not two names of one"


def test_w_has_one_row_per_output() -> None:
    assert nn.dense_forward([1, 10], [[1, 2], [3, 4], [5, 6]], [0, 0, 0]).z.tolist() == [21, 43, 65]


def test_dead_units_are_exactly_zero() -> None:
    net = nn.mlp_forward(**NET)
    assert net.z1.tolist() == [0.5, 1.5, -0.75]
    assert net.h.tolist() == [0.5, 1.5, 0]
    assert net.y.tolist() == [2, 1.5]


@pytest.mark.parametrize("act", get_args(nn.HiddenActivation))
def test_mlp_is_two_dense_layers(act: nn.HiddenActivation) -> None:
    net = nn.mlp_forward(**NET, act=act)
    hidden = nn.dense_forward(NET["x"], NET["W1"], NET["b1"], act)
    assert (net.z1 == hidden.z).all()
    assert (net.h == hidden.y).all()
    assert (net.y == nn.dense_forward(hidden.y, NET["W2"], NET["b2"]).y).all()


def test_losses_differ_by_a_constant() -> None:
    sse, half, mse = (nn.mlp_backward(**NET, target=TARGET, loss=loss) for loss in get_args(nn.SquaredLoss))
    assert sse.loss == 1 + 2.5**2
    for key in sse:
        assert np.array_equal(sse[key], 2 * np.asarray(half[key])), key
        assert np.array_equal(half[key], mse[key]), f"{key}: with two outputs the mean is the half"


def test_three_outputs_divide_by_three() -> None:
    net = {"x": [1.0], "W1": [[1.0]], "b1": [0.0], "W2": [[1.0], [2.0], [3.0]], "b2": [0.0, 0.0, 0.0]}
    mse = nn.mlp_backward(**net, target=[0, 0, 0], loss="mse")
    assert mse.loss == pytest.approx(14 / 3, rel=gamma(4), abs=0)
    assert mse.db2.tolist() == pytest.approx([2 / 3, 4 / 3, 2], rel=gamma(4), abs=0)


def test_relu_at_zero_passes_no_gradient() -> None:
    grad = nn.mlp_backward([1], [[1]], [-1], [[1]], [0], target=[1])
    assert (grad.loss, grad.dW1.tolist(), grad.db1.tolist(), grad.dx.tolist()) == (1, [[0]], [0], [0])


@pytest.mark.parametrize("loss", get_args(nn.SquaredLoss))
def test_backward_is_what_sympy_derives(loss: nn.SquaredLoss) -> None:
    shapes = {"W1": (3, 2), "b1": (3, 1), "W2": (2, 3), "b2": (2, 1), "x": (2, 1)}
    S = {name: sympy.Matrix(*shape, lambda i, j, name=name: sympy.Symbol(f"{name}_{i}{j}")) for name, shape in shapes.items()}
    hidden = (S["W1"] * S["x"] + S["b1"]).applyfunc(lambda z: sympy.Piecewise((z, z > 0), (0, True)))
    error = S["W2"] * hidden + S["b2"] - sympy.Matrix([1, -1])
    value = error.dot(error) / {"sse": 1, "half_sse": 2, "mse": 2}[loss]
    point = {s: sympy.Rational(v) for name, M in S.items() for s, v in zip(M, np.ravel(NET[name]).tolist(), strict=True)}
    got = nn.mlp_backward(**NET, target=TARGET, loss=loss)
    assert got.loss == float(value.subs(point))
    for name in S:
        derived = [float(sympy.diff(value, entry).subs(point)) for entry in S[name]]
        assert np.ravel(got["dx" if name == "x" else f"d{name}"]).tolist() == derived, name


@pytest.mark.parametrize("loss", get_args(nn.SquaredLoss))
def test_backward_passes_the_gradient_check(loss: nn.SquaredLoss) -> None:
    """The loss is quadratic in every parameter while no unit switches: a step of 1/8 has no error but rounding."""
    grad = nn.mlp_backward(**NET, target=TARGET, loss=loss)
    for name, value in NET.items():
        shape = np.shape(value)

        def f(v: np.ndarray, name: str = name, shape: tuple[int, ...] = shape) -> float:
            return float(nn.mlp_backward(**{**NET, name: v.reshape(shape)}, target=TARGET, loss=loss).loss)

        measured = finite_difference_gradient(f, np.ravel(value), h=1 / 8)
        assert measured.tolist() == np.ravel(grad["dx" if name == "x" else f"d{name}"]).tolist(), name


@pytest.mark.parametrize("loss", get_args(nn.SquaredLoss))
def test_backward_trace_gives_what_torch_retains(loss: nn.SquaredLoss) -> None:
    torch = pytest.importorskip("torch")
    trace = nn.mlp_backward_trace(**NET, target=TARGET, loss=loss)
    assert list(trace) == ["z1", "h", "y", "loss", "dy", "dW2", "db2", "dh", "dz1", "dW1", "db1", "dx"]
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in NET.items()}
    z1 = leaves["W1"] @ leaves["x"] + leaves["b1"]
    h = torch.relu(z1)
    y = leaves["W2"] @ h + leaves["b2"]
    total = ((y - torch.tensor(TARGET)) ** 2).sum() / {"sse": 1, "half_sse": 2, "mse": 2}[loss]
    grads = torch.autograd.grad(total, [y, h, z1, *leaves.values()])
    names = ["dy", "dh", "dz1", "dx", "dW1", "db1", "dW2", "db2"]
    values = {"z1": z1, "h": h, "y": y, "loss": total, **dict(zip(names, grads, strict=True))}
    assert values.keys() == trace.keys()
    for name, value in values.items():
        assert np.array_equal(trace[name], value.detach().numpy()), f"{name}: every step is exact in binary"


@quick
@given(matrices(2, 2), vectors(2), matrices(2, 2), vectors(2), vectors(2), vectors(2), st.sampled_from(get_args(nn.SquaredLoss)))
def test_backward_is_the_end_of_its_trace(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray, x: np.ndarray, t: np.ndarray, loss: nn.SquaredLoss
) -> None:
    net = {"x": x, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    trace, short, forward = (
        nn.mlp_backward_trace(**net, target=t, loss=loss),
        nn.mlp_backward(**net, target=t, loss=loss),
        nn.mlp_forward(**net),
    )
    for part in (short, forward):
        assert all(np.array_equal(part[name], trace[name]) for name in part)
    assert np.array_equal(trace.dW2, np.outer(trace.dy, trace.h))
    assert np.array_equal(trace.dW1, np.outer(trace.dz1, x))
    assert (trace.dz1[trace.z1 <= 0] == 0).all()


def test_backward_trace_refuses_what_backward_refuses() -> None:
    with pytest.raises(ValueError, match="loss must be one of sse, half_sse, mse"):
        nn.mlp_backward_trace(**NET, target=TARGET, loss="mae")  # type: ignore[arg-type]


def test_chain_gain_edges() -> None:
    assert nn.gradient_chain_gain(0.25, 4, 1000) == {"gain": 1, "log10_gain": 0}, "the critical point"
    assert nn.gradient_chain_gain(0.25, 1, 0) == {"gain": 1, "log10_gain": 0}, "no layer"
    assert nn.gradient_chain_gain(0, 0, 0) == {"gain": 1, "log10_gain": 0}
    assert nn.gradient_chain_gain(0, 5, 2) == nn.gradient_chain_gain(5, 0, 2) == {"gain": 0, "log10_gain": -INF}


def test_chain_gain_keeps_its_logarithm_beyond_float64() -> None:
    with np.errstate(all="raise"):
        vanished, exploded = nn.gradient_chain_gain(0.1, 1, 1000), nn.gradient_chain_gain(1, 100, 1000)
        unusual = nn.gradient_chain_gain(1e-200, 1e-200, 1)
    assert (vanished.gain, exploded.gain, unusual.gain) == (0, INF, 0)
    assert (vanished.log10_gain, exploded.log10_gain, unusual.log10_gain) == (-1000, 2000, -400)


@quick
@given(st.floats(0.1, 3), st.floats(0.1, 3), st.integers(0, 20), st.integers(0, 20))
def test_chain_gains_multiply(slope: float, norm: float, first: int, second: int) -> None:
    whole = nn.gradient_chain_gain(slope, norm, first + second)
    parts = [nn.gradient_chain_gain(slope, norm, depth) for depth in (first, second)]
    assert whole.gain == pytest.approx(parts[0].gain * parts[1].gain, rel=gamma(200), abs=0)
    assert abs(whole.log10_gain - parts[0].log10_gain - parts[1].log10_gain) <= gamma(16) * 40


def test_init_edges() -> None:
    assert nn.init_std(7, 7, "xavier").var == nn.init_std(7, 7, "lecun").var == nn.init_std(7, 3, "he").var / 2
    assert nn.init_std(7, 100, "he") == nn.init_std(7, 1, "he"), "only Xavier looks at fan_out"
    conv = nn.init_std(3 * 5 * 5, 8, "he", "uniform")
    assert conv.bound == pytest.approx(math.sqrt(6 / 75), rel=gamma(4), abs=0)


def test_he_bound_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    bound = nn.init_std(75, 1000, "he", "uniform").bound
    weights = torch.empty(1000, 75, dtype=torch.float64)
    torch.nn.init.kaiming_uniform_(weights, nonlinearity="relu", generator=torch.Generator().manual_seed(0))
    # Of 75,000 uniform draws the largest falls below a (1 - 40/75000) with probability e^-40.
    assert 1 - 40 / 75_000 < float(weights.abs().max()) / bound <= 1


def test_kinks_follow_torch() -> None:
    assert nn.activation([0, -0.0], "relu").dy.tolist() == [0, 0]
    assert nn.activation([0], "leaky_relu").dy.tolist() == [0.01]
    assert nn.activation([0], "leaky_relu", alpha=0).dy.tolist() == [0]
    assert nn.activation([-2, 2], "leaky_relu", alpha=0.25).y.tolist() == [-0.5, 2]


def test_alpha_concerns_leaky_relu_only() -> None:
    for kind in get_args(nn.Activation):
        one, other = nn.activation([-1.5, 2], kind, alpha=0.1), nn.activation([-1.5, 2], kind, alpha=0.7)
        assert np.array_equal(one.y, other.y) is (kind != "leaky_relu"), kind


SYMBOLIC: dict[str, Callable[[sympy.Symbol], sympy.Expr]] = {
    "gelu": lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
    "gelu_tanh": lambda x: x / 2 * (1 + sympy.tanh(sympy.sqrt(2 / sympy.pi) * (x + sympy.Rational("0.044715") * x**3))),
    "silu": lambda x: x / (1 + sympy.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "tanh": sympy.tanh,
}


@pytest.mark.parametrize("kind", SYMBOLIC)
def test_derivatives_are_what_sympy_derives(kind: nn.Activation) -> None:
    x = sympy.Symbol("x")
    f, grid = SYMBOLIC[kind](x), np.arange(-12, 13) / 4
    got = nn.activation(grid, kind)
    for wanted, values in [(f, got.y), (sympy.diff(f, x), got.dy)]:
        exact = [float(wanted.subs(x, sympy.Rational(p)).evalf(30)) for p in grid.tolist()]
        # Exponents up to about 10 magnify the rounding of their argument tenfold; the values are of size 3.
        assert np.abs(values - exact).max() <= gamma(60) * 3


@pytest.mark.parametrize("kind", get_args(nn.Activation))
def test_activations_saturate_without_overflow(kind: nn.Activation) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        far = nn.activation([-1e308, -1e3, 1e3, 1e308], kind)
    if kind in ("sigmoid", "tanh"):
        low = -1 if kind == "tanh" else 0
        assert far.y.tolist() == [low, low, 1, 1]
        assert far.dy.tolist() == [0, 0, 0, 0]
    else:
        slope = 0.01 if kind == "leaky_relu" else 0
        assert far.y.tolist() == [slope * -1e308, slope * -1e3, 1e3, 1e308]
        assert far.dy.tolist() == [slope, slope, 1, 1]


@pytest.mark.parametrize(
    ("kind", "x", "y", "dy"),
    [
        # What a subtraction from 1 would leave as 0. The first: Phi(-10) and phi(-10) from mpmath.
        ("gelu", -10, -10 * 7.619853024160527e-24, 7.619853024160527e-24 - 10 * 7.694598626706419e-23),
        ("tanh", 20, 1, 4 * math.exp(-40)),
        ("sigmoid", 40, 1, math.exp(-40)),
        ("sigmoid", -40, math.exp(-40), math.exp(-40)),
    ],
)
def test_tails_keep_their_digits(kind: nn.Activation, x: float, y: float, dy: float) -> None:
    # The exponent, 50 at most, magnifies the rounding of x by as much; e^-40 is neglected beside 1.
    got = nn.activation([x], kind)
    assert got.y[0] == pytest.approx(y, rel=gamma(200), abs=0)
    assert got.dy[0] == pytest.approx(dy, rel=gamma(200), abs=0)


def test_the_two_gelus_differ_by_at_most_what_is_said() -> None:
    grid = np.linspace(-6, 6, 4801)
    gap = np.abs(nn.activation(grid, "gelu").y - nn.activation(grid, "gelu_tanh").y)
    assert 4.73e-4 < gap.max() < 4.74e-4
    assert abs(grid[gap.argmax()]) == pytest.approx(2.7, abs=0.05)


@quick
@given(vectors(4, st.floats(-30, 30)))
def test_activation_identities(x: np.ndarray) -> None:
    slack = gamma(16) * (1 + np.abs(x))
    for kind in ("gelu", "gelu_tanh", "silu", "relu"):
        assert (np.abs(nn.activation(x, kind).y - nn.activation(-x, kind).y - x) <= slack).all(), f"{kind}: f(x) - f(-x) = x"
    assert (nn.activation(x, "tanh").y == -nn.activation(-x, "tanh").y).all()
    assert (nn.activation(x, "sigmoid").dy <= 0.25).all()
    assert (np.abs(nn.activation(x, "tanh").dy - (1 - np.tanh(x) ** 2)) <= gamma(32)).all()


def test_gnn_edges() -> None:
    features = np.array([[1.0, 2.0], [3.0, -1.0], [0.1, 0.2]])
    still = nn.gnn_mean_aggregate(np.zeros((3, 3)), features, 5)
    assert np.array_equal(still.X, features), "isolated nodes keep their own features"
    assert still.spread == 3
    assert np.array_equal(nn.gnn_mean_aggregate([[0, 1, 1], [1, 0, 1], [1, 1, 0]], features, 0).X, features)
    assert nn.gnn_mean_aggregate([[0]], [[7]], 3) == {"X": np.array([[7.0]]), "spread": 0}


def test_gnn_leaves_its_arguments_alone() -> None:
    features = np.array([[1.0], [0.0]])
    nn.gnn_mean_aggregate([[0, 1], [1, 0]], features, 3)
    assert features.tolist() == [[1], [0]]


@quick
@given(graphs())
def test_spread_never_grows_and_means_stay_between(arguments: dict[str, Any]) -> None:
    X = arguments["X"]
    now, later = (nn.gnn_mean_aggregate(**{**arguments, "steps": s}) for s in (arguments["steps"], arguments["steps"] + 1))
    rounding = gamma(8 * (arguments["steps"] + 1)) * np.abs(X).max()
    assert later.spread <= now.spread + rounding
    highest, lowest = X.max(axis=0) + rounding, X.min(axis=0) - rounding
    assert (lowest <= now.X).all()
    assert (highest >= now.X).all()


def test_gnn_converges_at_the_rate_of_the_second_eigenvalue() -> None:
    path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    # The averaging matrix of the path has the eigenvalues 1, 1/2 and -1/6; (1, 0, -1) belongs to 1/2, so the halving is exact.
    spreads = [nn.gnn_mean_aggregate(path, [[1.0], [0.0], [-1.0]], s).spread for s in range(6)]
    assert spreads == [2 * 0.5**s for s in range(6)]
