"""Gradient descent, momentum, Adam, clipping, schedules: the edges, the errors, the invariants, the traces."""

import inspect
import itertools
import math
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kernels
from kernels import optimization as opt
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.common import extreme, plain, positive, vectors

quick = settings(max_examples=30, derandomize=True, database=None)
NAN, INF = float("nan"), float("inf")

DESCENT: dict[str, Any] = {"w0": 1, "x": 1, "y": 1, "lr": 0.1, "steps": 1}
MOMENTUM: dict[str, Any] = {"w": 1, "g": 1, "v": 0, "lr": 0.1, "beta": 0.9}
ADAM: dict[str, Any] = {"w": 1, "g": 0.5, "m": 0, "v": 0, "t": 1, "lr": 0.1}
COSINE: dict[str, Any] = {"step": 5, "warmup": 2, "kind": "linear_cosine", "base_lr": 1.0, "total": 10}

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("gradient_descent_1d_trace", {**DESCENT, "steps": 0}, "steps must be at least 1, got 0"),
    ("gradient_descent_1d_trace", {**DESCENT, "steps": 1.5}, "steps must be an integer, got 1.5"),
    ("gradient_descent_1d_trace", {**DESCENT, "lr": 0}, "lr must be greater than 0, got 0"),
    ("gradient_descent_1d_trace", {**DESCENT, "w0": NAN}, "w0 must not contain NaN"),
    ("gradient_descent_1d_trace", {**DESCENT, "x": INF}, "x must be finite"),
    ("gradient_descent_1d_trace", {**DESCENT, "y": [1, 2]}, r"y must be a number, got shape \(2,\)"),
    ("gradient_descent_1d_trace", {**DESCENT, "x": 100, "steps": 500}, r"the loss of step \d+ is too large for float64"),
    (
        "gradient_descent_1d_trace",
        {**DESCENT, "w0": 2, "x": 1e100, "lr": 1e200},
        "the weight after step 1 is too large for float64",
    ),
    ("gd_quadratic_stability", {"eigs": [1, 0], "lr": 0.1}, r"eigs must be greater than 0, got \[1.0, 0.0\]"),
    ("gd_quadratic_stability", {"eigs": [-1], "lr": 0.1}, "eigs must be greater than 0"),
    ("gd_quadratic_stability", {"eigs": [1], "lr": 0}, "lr must be greater than 0, got 0"),
    ("gd_quadratic_stability", {"eigs": [], "lr": 1}, "eigs must not be empty"),
    ("gd_quadratic_stability", {"eigs": [1e308, 1.7e308], "lr": 1}, "the sum of the largest and the smallest of eigs is too large"),
    ("sgd_momentum_step", {**MOMENTUM, "beta": 1}, "beta must be less than 1, got 1"),
    ("sgd_momentum_step", {**MOMENTUM, "beta": -0.1}, "beta must be at least 0, got -0.1"),
    ("sgd_momentum_step", {**MOMENTUM, "lr": 0}, "lr must be greater than 0, got 0"),
    ("sgd_momentum_step", {**MOMENTUM, "g": [1, 2]}, r"w and g must have one shape, got \(\) and \(2,\)"),
    ("sgd_momentum_step", {**MOMENTUM, "v": [1, 2]}, r"w and v must have one shape, got \(\) and \(2,\)"),
    ("sgd_momentum_step", {**MOMENTUM, "nesterov": 1}, "nesterov must be True or False, got 1"),
    ("sgd_momentum_step", {**MOMENTUM, "g": NAN}, "g must not contain NaN"),
    ("adam_step", {**ADAM, "t": 0}, "t must be at least 1, got 0"),
    ("adam_step", {**ADAM, "beta1": 1}, "beta1 must be less than 1, got 1"),
    ("adam_step", {**ADAM, "beta2": -0.5}, "beta2 must be at least 0, got -0.5"),
    ("adam_step", {**ADAM, "eps": -1e-8}, "eps must be at least 0, got -1e-08"),
    ("adam_step", {**ADAM, "lr": -1}, "lr must be greater than 0, got -1"),
    ("adam_step", {**ADAM, "v": -1}, "v must be at least 0, got -1"),
    ("adam_step", {**ADAM, "weight_decay": -1}, "weight_decay must be at least 0, got -1"),
    ("adam_step", {**ADAM, "decoupled": None}, "decoupled must be True or False, got None"),
    ("adam_step", {**ADAM, "g": 0, "eps": 0}, "eps must be greater than 0 where the second moment is 0"),
    ("adam_step", {**ADAM, "g": 1e200}, "the second moment v is too large for float64"),
    ("adam_trace", {"w0": 1, "grads": [], "lr": 0.1}, "grads must not be empty"),
    ("adam_trace", {"w0": 1, "grads": 0.5, "lr": 0.1}, "grads must be a vector"),
    ("adam_trace", {"w0": 1, "grads": [1], "lr": 0}, "lr must be greater than 0, got 0"),
    ("adam_trace", {"w0": 1, "grads": [1], "lr": 0.1, "beta2": 1}, "beta2 must be less than 1, got 1"),
    ("adam_trace", {"w0": NAN, "grads": [1], "lr": 0.1}, "w0 must not contain NaN"),
    ("clip_by_norm", {"g": [1], "c": 0}, "c must be greater than 0, got 0"),
    ("clip_by_norm", {"g": [1, INF], "c": 1}, "g must be finite"),
    ("clip_by_norm", {"g": [1.7e308, 1.7e308], "c": 1}, "the norm of g is too large for float64"),
    ("clip_by_value", {"g": [1], "c": -1}, "c must be greater than 0, got -1"),
    ("clip_by_value", {"g": [NAN], "c": 1}, "g must not contain NaN"),
    ("warmup_lr", {**COSINE, "step": -1}, "step must be at least 0, got -1"),
    ("warmup_lr", {**COSINE, "step": 11}, "step must be at most total = 10, got 11"),
    ("warmup_lr", {**COSINE, "kind": "linear", "step": 11}, "step must be at most total = 10, got 11"),
    ("warmup_lr", {**COSINE, "step": 1.5}, "step must be an integer, got 1.5"),
    ("warmup_lr", {**COSINE, "warmup": -1}, "warmup must be at least 0, got -1"),
    ("warmup_lr", {**COSINE, "kind": "cosine"}, "kind must be one of linear, linear_cosine, noam, got 'cosine'"),
    ("warmup_lr", {**COSINE, "base_lr": None}, "base_lr must be given for linear_cosine"),
    ("warmup_lr", {**COSINE, "base_lr": 0}, "base_lr must be greater than 0, got 0"),
    ("warmup_lr", {**COSINE, "total": None, "step": 1}, "total must be given for linear_cosine"),
    ("warmup_lr", {**COSINE, "total": 0, "step": 0}, "total must be at least 1, got 0"),
    ("warmup_lr", {**COSINE, "min_lr": -1}, "min_lr must be at least 0, got -1"),
    ("warmup_lr", {**COSINE, "min_lr": 2}, "min_lr must be at most 1.0, got 2"),
    ("warmup_lr", {"step": 1, "warmup": 1, "kind": "linear"}, "base_lr must be given for linear"),
    ("warmup_lr", {"step": 1, "warmup": 1, "kind": "noam"}, "d_model must be given for noam"),
    ("warmup_lr", {"step": 1, "warmup": 1, "kind": "noam", "d_model": 0}, "d_model must be at least 1, got 0"),
    ("warmup_lr", {"step": 0, "warmup": 1, "kind": "noam", "d_model": 1}, "step must be at least 1, got 0"),
]


@pytest.mark.parametrize(("name", "arguments", "match"), BAD)
def test_refuses(name: str, arguments: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        kernels.get(name)(**arguments)


def test_descent_records_what_is_before_and_after_the_step() -> None:
    first, second = opt.gradient_descent_1d_trace(w0=3, x=2, y=2, lr=0.0625, steps=2)
    assert first == {"y_hat": 6, "loss": 16, "grad": 16, "w": 2}
    assert second == {"y_hat": 4, "loss": 4, "grad": 8, "w": 1.5}


def test_descent_gradient_is_what_sympy_derives() -> None:
    w, x, y = sympy.symbols("w x y")
    loss = (w * x - y) ** 2
    point = {w: 3, x: sympy.Rational(1, 2), y: -4}
    (step,) = opt.gradient_descent_1d_trace(w0=3, x=0.5, y=-4, lr=1, steps=1)
    assert (step.loss, step.grad) == (float(loss.subs(point)), float(sympy.diff(loss, w).subs(point)))


def test_descent_without_input_stands_still() -> None:
    assert [(step.grad, step.w) for step in opt.gradient_descent_1d_trace(5, 0, 2, 0.1, 3)] == [(0, 5)] * 3


@quick
@given(plain, st.floats(0.5, 2), plain, st.floats(0.01, 1), st.integers(1, 6))
def test_descent_contracts_or_diverges_by_its_factor(w0: float, x: float, y: float, lr: float, steps: int) -> None:
    weights = [w0, *(step.w for step in opt.gradient_descent_1d_trace(w0, x, y, lr, steps))]
    factor, goal = 1 - 2 * lr * x**2, y / x
    for before, after in itertools.pairwise(weights):
        size = (1 + 2 * lr * x**2) * (abs(before) + abs(goal))
        assert abs((after - goal) - factor * (before - goal)) <= gamma(16) * size


def test_stability_edges() -> None:
    border = opt.gd_quadratic_stability([10, 1], 0.2)
    assert (border.converges, border.factors[0]) == (False, -1), "exactly 2 / lambda_max oscillates for ever"
    round_bowl = opt.gd_quadratic_stability([4, 4], 0.25)
    assert (round_bowl.rate_opt, round_bowl.lr_opt) == (0, 0.25)
    assert round_bowl.factors.tolist() == [0, 0], "one step is enough"
    alternating = opt.gd_quadratic_stability([1, 9], 0.2)
    assert alternating.factors[1] < 0
    assert alternating.converges is True
    slow = opt.gd_quadratic_stability([1e-20], 1)
    assert (slow.factors[0], slow.converges) == (1, True), "slow beyond the digits of float64, but it does converge"


@quick
@given(st.integers(1, 4).flatmap(lambda n: vectors(n, positive)), st.floats(0.01, 2))
def test_stability_verdict_is_what_descent_does(eigs: np.ndarray, share: float) -> None:
    """At a share of lr_max clear of 1, a thousand steps from an error of 1 tell."""
    assume(abs(share - 1) > 0.02)
    bowl = opt.gd_quadratic_stability(eigs, share * opt.gd_quadratic_stability(eigs, 1).lr_max)
    steepest = eigs.argmax()
    with np.errstate(under="ignore", over="ignore"):
        assert bowl.converges is bool(abs(bowl.factors[steepest]) ** 1000 < 1)
    best = opt.gd_quadratic_stability(eigs, bowl.lr_opt)
    assert best.converges
    assert abs(np.abs(best.factors).max() - bowl.rate_opt) <= gamma(16) * 2
    for other in (0.9, 1.1):
        worst = np.abs(opt.gd_quadratic_stability(eigs, other * bowl.lr_opt).factors).max()
        assert worst >= bowl.rate_opt - gamma(16) * 2


def test_momentum_edges() -> None:
    assert opt.sgd_momentum_step(1, 0.5, 7, 0.5, 0) == {"v_new": 0.5, "w_new": 0.75}, "no momentum: plain gradient descent"
    assert opt.sgd_momentum_step(1, 0.5, 7, 0.5, 0, nesterov=True) == {"v_new": 0.5, "w_new": 0.75}
    arrays = opt.sgd_momentum_step([[1.0, 2.0]], [[0.5, -1.0]], [[1.0, 0.0]], 0.5, 0.5)
    assert arrays.v_new.tolist() == [[1, -1]]
    assert arrays.w_new.tolist() == [[0.5, 2.5]]
    number = opt.sgd_momentum_step(np.float64(1), 1, 0, 0.1, 0.9)
    assert type(number.v_new) is type(number.w_new) is float


def test_momentum_of_a_constant_gradient_ends_at_its_steady_state() -> None:
    # The velocity g / (1 - beta) is a fixed point: 2 = 0.75 * 2 + 0.5; from 0 the distance to it shrinks by beta a step.
    assert opt.sgd_momentum_step(0, 0.5, 2, 0.25, 0.75).v_new == 2
    trace = opt.sgd_momentum_trace(0, [0.5] * 20, 0.25, 0.75)
    assert [2 - step.v_new for step in trace] == [2 * 0.75**t for t in range(1, 21)]


def test_nesterov_looks_one_step_ahead() -> None:
    """torch's form is the textbook's (gradient taken at w - lr beta v) in the shifted variable w - lr beta v."""
    lr, beta, curvature = 0.25, 0.5, 2.0
    w, v, shifted, velocity = 1.0, 0.0, 1.0, 0.0
    for _ in range(4):
        ahead = w - lr * beta * v
        assert shifted == ahead
        v = beta * v + curvature * ahead
        w = w - lr * v
        step = opt.sgd_momentum_step(shifted, curvature * shifted, velocity, lr, beta, nesterov=True)
        shifted, velocity = step.w_new, step.v_new
        assert velocity == v


@quick
@given(plain, vectors(4), st.floats(0, 0.99), st.booleans())
def test_momentum_trace_is_a_chain_of_steps(w0: float, grads: np.ndarray, beta: float, nesterov: bool) -> None:
    trace = opt.sgd_momentum_trace(w0, grads, 0.1, beta, nesterov)
    assert [step.g for step in trace] == grads.tolist()
    assert (trace[0].w, trace[0].v) == (w0, 0)
    for step in trace:
        assert list(step) == ["w", "g", "v", "v_new", "w_new"]
        assert {"v_new": step.v_new, "w_new": step.w_new} == opt.sgd_momentum_step(step.w, step.g, step.v, 0.1, beta, nesterov)
    for before, after in itertools.pairwise(trace):
        assert (after.w, after.v) == (before.w_new, before.v_new)


def test_momentum_trace_of_a_vector() -> None:
    trace = opt.sgd_momentum_trace([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]], 0.5, 0.5)
    assert [step.w_new.tolist() for step in trace] == [[0.5, 2.0], [0.25, 1.5]]


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_trace_is_that_of_torch(nesterov: bool) -> None:
    torch = pytest.importorskip("torch")
    grads = [0.5, -0.25, 1.0, 0.125]
    weight = torch.nn.Parameter(torch.tensor(1.0, dtype=torch.float64))
    optimizer = torch.optim.SGD([weight], lr=0.5, momentum=0.5, nesterov=nesterov)
    for step, g in zip(opt.sgd_momentum_trace(1, grads, 0.5, 0.5, nesterov), grads, strict=True):
        weight.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        assert step.w_new == float(weight.detach()), "every number is exact in binary"
        assert step.v_new == float(optimizer.state[weight]["momentum_buffer"])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"w0": 1, "grads": []}, "grads must not be empty"),
        ({"w0": 1, "grads": 1}, r"grads must hold gradients of the shape of w0, \(\), got shape \(\)"),
        ({"w0": [1, 2], "grads": [1, 2]}, r"grads must hold gradients of the shape of w0, \(2,\), got shape \(2,\)"),
        ({"w0": 1, "grads": [1], "beta": 1}, "beta must be less than 1"),
        ({"w0": NAN, "grads": [1]}, "w0 must not contain NaN"),
    ],
)
def test_momentum_trace_refuses(arguments: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        opt.sgd_momentum_trace(**{"lr": 0.1, "beta": 0.9, **arguments})


@pytest.mark.parametrize("g", [1e-3, -0.5, 1e6])
def test_first_adam_step_is_lr_long_whatever_the_gradient(g: float) -> None:
    step = opt.adam_step(1, g, 0, 0, 1, 0.1, eps=0)
    assert abs(step.w - (1 - 0.1 * np.sign(g))) <= gamma(16)
    assert step.m_hat == pytest.approx(g, rel=gamma(16), abs=0)
    # The bias 1 - 0.999 cancels three digits, in the moment and in the divisor alike.
    assert step.v_hat == pytest.approx(g * g, rel=gamma(16), abs=0)


def test_adam_edges() -> None:
    still = opt.adam_step(**{**ADAM, "g": 0})
    assert (still.w, still.m, still.v) == (1, 0, 0), "no gradient, no step"
    plain_adam, adamw = (opt.adam_step(**ADAM, decoupled=decoupled) for decoupled in (False, True))
    assert plain_adam == adamw, "without weight decay both are Adam"
    decayed = opt.adam_step(**{**ADAM, "g": 0}, weight_decay=0.5)
    assert decayed.w == 1 - 0.1 * 0.5, "AdamW shrinks the weight directly"
    rescaled = opt.adam_step(**{**ADAM, "g": 0}, weight_decay=0.5, decoupled=False)
    assert abs(rescaled.w - (1 - 0.1)) <= 0.1 * 1e-8 / 0.5 + gamma(16), "an L2 penalty is a gradient like any other: the step is lr"
    assert opt.adam_step(2, 3, 5, 7, 4, 0.5, beta1=0, beta2=0, eps=1).w == 2 - 0.5 * 3 / (3 + 1), "no memory at all"


def test_adam_steps_are_a_chain() -> None:
    grads, more = [0.5, -0.25, 0.1], {"weight_decay": 0.1, "decoupled": False, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6}
    steps, trace = opt.adam_steps(1, grads, 0.1, **more), opt.adam_trace(1, grads, 0.1, **more)
    w, m, v = 1.0, 0.0, 0.0
    for index, (step, g) in enumerate(zip(steps, grads, strict=True)):
        assert list(step) == ["m", "v", "m_hat", "v_hat", "w"]
        assert step == opt.adam_step(w, g, m, v, index + 1, 0.1, **more)
        assert (trace.m[index], trace.v[index], trace.w[index]) == (step.m, step.v, step.w)
        w, m, v = step.w, step.m, step.v


def test_all_of_adam_has_the_same_defaults() -> None:
    wanted = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0, "decoupled": True}
    for function in (opt.adam_step, opt.adam_steps, opt.adam_trace):
        parameters = inspect.signature(function).parameters
        assert {name: parameters[name].default for name in wanted} == wanted


def test_one_traced_step_is_a_step() -> None:
    step, trace = opt.adam_step(**ADAM), opt.adam_trace(w0=1, grads=[0.5], lr=0.1)
    assert (trace.m.tolist(), trace.v.tolist(), trace.w.tolist()) == ([step.m], [step.v], [step.w])


@quick
@given(vectors(3, st.floats(0.01, 10)), st.floats(0.01, 100))
def test_adam_ignores_the_scale_of_its_gradients(grads: np.ndarray, factor: float) -> None:
    one, other = (opt.adam_trace(1, g, 0.1, eps=0).w for g in (grads, factor * grads))
    assert np.abs(one - other).max() <= gamma(64)


def test_clipping_edges() -> None:
    assert opt.clip_by_norm([0, 0], 1) == {"g": pytest.approx([0, 0], abs=0), "norm": 0, "scale": 1}
    same = opt.clip_by_norm([3, 4], 5)
    assert (same.g.tolist(), same.scale) == ([3, 4], 1), "a norm of exactly c is let through"
    tiny = opt.clip_by_norm([5e-324], 1)
    assert (tiny.g.tolist(), tiny.scale) == ([5e-324], 1)
    assert opt.clip_by_norm([3e200, 4e200], 1).g.tolist() == pytest.approx([0.6, 0.8], rel=gamma(16), abs=0)


def test_the_global_norm_is_not_that_of_the_parts() -> None:
    whole = opt.clip_by_norm([3, 4, 0, 12], 6.5).g
    parts = [*opt.clip_by_norm([3, 4], 6.5).g, *opt.clip_by_norm([0, 12], 6.5).g]
    assert whole.tolist() == [1.5, 2, 0, 6]
    assert whole.tolist() != parts


@quick
@given(st.integers(1, 5).flatmap(lambda n: vectors(n, extreme)), positive)
def test_clipping_by_norm_shortens_and_keeps_the_direction(g: np.ndarray, c: float) -> None:
    clip = opt.clip_by_norm(g, c)
    assert np.linalg.norm(clip.g) <= c * (1 + gamma(32))
    assert (clip.g == g * clip.scale).all()
    assert 0 < clip.scale <= 1
    again = opt.clip_by_norm(clip.g, c)
    assert np.abs(again.g - clip.g).max() <= gamma(32) * c, "clipping twice is clipping once"


@quick
@given(st.integers(1, 5).flatmap(lambda n: vectors(n, extreme)), positive)
def test_clipping_by_value_bounds_each_entry(g: np.ndarray, c: float) -> None:
    clip = opt.clip_by_value(g, c)
    assert np.abs(clip.g).max() <= c
    inside = np.abs(g) <= c
    assert (clip.g[inside] == g[inside]).all()
    assert (clip.g * g >= 0).all(), "no sign is changed"
    if not g.any():
        assert clip.cos_with_original is None
    elif inside.all() or len(g) == 1:
        assert abs(clip.cos_with_original - 1) <= gamma(32)
    else:
        assert 0 < clip.cos_with_original <= 1


def test_clipping_by_value_turns_the_gradient() -> None:
    assert opt.clip_by_value([10, 1], 1).cos_with_original == pytest.approx(11 / math.sqrt(202), rel=gamma(16), abs=0)
    assert opt.clip_by_value([10, -10], 1).cos_with_original == pytest.approx(1, abs=gamma(16)), "all cut alike: no turn"


def schedule(kind: str, **more: Any) -> list[float]:
    needed = {"linear": {"base_lr": 0.5}, "linear_cosine": {"base_lr": 0.5, "total": 20}, "noam": {"d_model": 256}}[kind]
    first = 1 if kind == "noam" else 0
    return [kernels.get("warmup_lr")(step=s, kind=kind, **{"warmup": 5, **needed, **more}) for s in range(first, 21)]


@pytest.mark.parametrize("kind", ["linear", "linear_cosine", "noam"])
def test_schedules_peak_where_the_ramp_ends(kind: str) -> None:
    rates = schedule(kind)
    peak = 5 if kind != "noam" else 4  # noam starts at step 1
    assert rates[peak] == max(rates)
    assert (np.diff(rates[: peak + 1]) > 0).all()
    assert (np.diff(rates[peak:]) <= 0).all()
    if kind != "noam":
        assert (rates[0], rates[5]) == (0, 0.5)


def test_linear_stays_after_the_ramp() -> None:
    assert schedule("linear")[5:] == [0.5] * 16
    assert schedule("linear", min_lr=0.3) == schedule("linear"), "min_lr acts in the cosine part only"


def test_cosine_ends_at_its_floor_and_its_ramp_starts_at_zero() -> None:
    rates = schedule("linear_cosine", min_lr=0.1)
    assert rates[0] == 0
    assert rates[:5] == schedule("linear_cosine")[:5]
    assert rates[20] == pytest.approx(0.1, rel=gamma(4), abs=0)
    assert schedule("linear_cosine")[20] == 0


def test_no_ramp() -> None:
    assert schedule("linear", warmup=0) == [0.5] * 21
    assert schedule("linear_cosine", warmup=0)[0] == 0.5
    assert schedule("noam", warmup=0) == [pytest.approx(1 / 16 / math.sqrt(s), rel=gamma(4), abs=0) for s in range(1, 21)]


def test_a_ramp_as_long_as_the_schedule_ends_at_its_peak() -> None:
    assert opt.warmup_lr(20, 20, "linear_cosine", base_lr=0.5, total=20) == 0.5
    assert opt.warmup_lr(20, 19, "linear_cosine", base_lr=0.5, total=20) == 0, "one step of cosine is enough to reach the floor"
    assert opt.warmup_lr(10, 40, "linear_cosine", base_lr=0.5, total=20) == 0.125, "cut off on the ramp"


def test_noam_ignores_the_base_rate() -> None:
    assert opt.warmup_lr(4, 4, "noam", d_model=16, base_lr=7) == 0.125
