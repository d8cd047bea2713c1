"""Second ways to the kernels of optimization."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.agreement import gamma
from kernels.oracles.registry import at_most, oracle


def _exact(value: Any) -> list[Fraction]:
    return [Fraction(float(item)) for item in np.ravel(value)]


def _parameter(value: Any) -> Any:
    import torch

    return torch.nn.Parameter(torch.tensor(np.asarray(value, dtype=float)))


def _target(w0: float, x: float, y: float, lr: float, steps: int) -> float:
    """Near the goal the prediction cancels against the target, and its rounding stays."""
    return float(max(abs(w0 * x), abs(y)) * max(abs(x), 1))


@oracle("gradient_descent_1d_trace", steps=lambda w0, x, y, lr, steps: steps, scale=_target, applies=at_most(16, "steps"))
def gradient_descent_1d_closed_form(w0: Any, x: Any, y: Any, lr: Any, steps: Any) -> list[dict[str, float]]:
    """The error against y/x is a geometric sequence with the factor 1 - 2 lr x^2: no step needs the one before. In fractions."""
    w0, x, y, lr = _exact([w0, x, y, lr])
    goal, factor = (y / x, 1 - 2 * lr * x**2) if x else (Fraction(0), Fraction(1))
    weights = [goal + factor**t * (w0 - goal) for t in range(steps + 1)]
    # The slope of the loss at w is the mean slope between w - 1 and w + 1: the loss is quadratic.
    slopes = [(((w + 1) * x - y) ** 2 - ((w - 1) * x - y) ** 2) / 2 for w in weights]
    return [
        {"y_hat": float(w * x), "loss": float((w * x - y) ** 2), "grad": float(slope), "w": float(after)}
        for w, slope, after in zip(weights, slopes, weights[1:], strict=False)
    ]


@oracle("gradient_descent_1d_trace", needs=("torch",), steps=lambda w0, x, y, lr, steps: steps, scale=_target)
def gradient_descent_1d_torch(w0: Any, x: Any, y: Any, lr: Any, steps: Any) -> list[dict[str, float]]:
    """``torch.optim.SGD`` with gradients from ``torch.autograd``."""
    import torch

    weight = _parameter(w0)
    optimizer, trace = torch.optim.SGD([weight], lr=lr), []
    for _ in range(steps):
        y_hat = weight * x
        loss = (y_hat - y) ** 2
        (weight.grad,) = torch.autograd.grad(loss, weight)
        before = {"y_hat": float(y_hat.detach()), "loss": float(loss.detach()), "grad": float(weight.grad)}
        optimizer.step()
        trace.append({**before, "w": float(weight.detach())})
    return trace


@oracle("gd_quadratic_stability", needs=("mpmath",))
def gd_quadratic_stability_search(eigs: Any, lr: Any) -> dict[str, Any]:
    """The factors and the verdict in fractions; the best learning rate where the two straight lines of the worst factor cross.

    The worst factor is max |1 - a lambda|, convex in a: minimal where the falling line of the smallest eigenvalue meets the rising
    one of the largest. Found as a root with 50 digits, and its value read off there.
    """
    import mpmath

    values, rate = _exact(eigs), Fraction(float(lr))
    factors = [1 - rate * value for value in values]
    with mpmath.workdps(50):
        curvatures = [mpmath.mpf(float(value)) for value in eigs]
        low, high = min(curvatures), max(curvatures)
        # Between 1/high, where only the falling line counts, and 1/low, where only the rising one does; widened if they coincide.
        best = mpmath.findroot(lambda a: (1 - a * low) - (a * high - 1), (1 / high / 2, 2 / low), solver="anderson", tol=1e-80)
        worst = max(abs(1 - best * value) for value in curvatures)
    return {
        "factors": [float(factor) for factor in factors],
        "converges": all(abs(factor) < 1 for factor in factors),
        "lr_max": float(min(2 / value for value in values)),
        "lr_opt": float(best),
        "rate_opt": float(worst),
    }


@oracle("gd_quadratic_stability", scale=lambda eigs, lr: 1 + lr * float(np.max(eigs)))
def gd_quadratic_stability_simulated(eigs: Any, lr: Any) -> dict[str, Any]:
    """One step of w <- w - lr H w on a rotated bowl H = Q diag(eigs) Q^T, from each axis: what it is multiplied by.

    A factor is the difference of 1 and a product with H: rounding is relative to their sizes, 1 + lr max(eigs).
    """
    eigs = np.asarray(eigs, dtype=float)
    Q, _ = np.linalg.qr(np.random.Generator(np.random.Philox(0)).normal(size=(len(eigs), len(eigs))))
    H = Q * eigs @ Q.T
    return {"factors": [float(axis @ (axis - lr * H @ axis)) for axis in Q.T]}


@oracle("sgd_momentum_step")
def sgd_momentum_step_sums(w: Any, g: Any, v: Any, lr: Any, beta: Any, nesterov: Any = False) -> dict[str, Any]:
    """In fractions, without the new velocity: w - lr (g + beta v), and with Nesterov w - lr ((1 + beta) g + beta^2 v)."""
    rate, b = Fraction(float(lr)), Fraction(float(beta))
    shape = np.shape(w)
    triples = list(zip(_exact(w), _exact(g), _exact(v), strict=True))
    of_g, of_v = (1 + b, b * b) if nesterov else (Fraction(1), b)
    result = {
        "v_new": [float(g + b * v) for _, g, v in triples],
        "w_new": [float(w - rate * of_g * g - rate * of_v * v) for w, g, v in triples],
    }
    return {name: np.reshape(values, shape) for name, values in result.items()}


@oracle("sgd_momentum_step", needs=("torch",), applies=lambda w, g, v, lr, beta, nesterov=False: not nesterov or beta > 0)
def sgd_momentum_step_torch(w: Any, g: Any, v: Any, lr: Any, beta: Any, nesterov: Any = False) -> dict[str, Any]:
    """``torch.optim.SGD`` with the velocity put into its state; it takes nesterov only with some momentum."""
    import torch

    weight = _parameter(w)
    optimizer = torch.optim.SGD([weight], lr=lr, momentum=beta, nesterov=nesterov)
    optimizer.state[weight]["momentum_buffer"] = torch.tensor(np.asarray(v, dtype=float))
    weight.grad = torch.tensor(np.asarray(g, dtype=float))
    optimizer.step()
    # Without momentum torch keeps no velocity: it is the gradient.
    velocity = optimizer.state[weight]["momentum_buffer"] if beta else weight.grad
    return {"v_new": velocity.numpy(), "w_new": weight.detach().numpy()}


def _adam_mpmath(
    w0: Any, start: tuple[Any, Any, int], grads: Any, lr: Any, betas: Any, eps: Any, decay: Any, decoupled: Any
) -> Iterator[Any]:
    """Adam with 60 digits, by sums: the moments as weighted sums over all gradients so far, their weights as powers of beta."""
    import mpmath

    w, m0, v0, lr, beta1, beta2, eps, decay = (mpmath.mpf(float(value)) for value in (w0, *start[:2], lr, *betas, eps, decay))
    seen: list[Any] = []
    for age, g in enumerate(grads, start=1):
        seen.append(mpmath.mpf(float(g)) + (0 if decoupled else decay * w))
        m = beta1**age * m0 + (1 - beta1) * mpmath.fsum(beta1 ** (age - i) * g for i, g in enumerate(seen, start=1))
        v = beta2**age * v0 + (1 - beta2) * mpmath.fsum(beta2 ** (age - i) * g**2 for i, g in enumerate(seen, start=1))
        t = start[2] + age - 1
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        w = w * (1 - (lr * decay if decoupled else 0)) - lr * m_hat / (mpmath.sqrt(v_hat) + eps)
        yield {"m": float(m), "v": float(v), "m_hat": float(m_hat), "v_hat": float(v_hat), "w": float(w)}


@oracle("adam_step", needs=("mpmath",))
def adam_step_mpmath(
    w: Any,
    g: Any,
    m: Any,
    v: Any,
    t: Any,
    lr: Any,
    beta1: Any = 0.9,
    beta2: Any = 0.999,
    eps: Any = 1e-8,
    weight_decay: Any = 0,
    decoupled: Any = True,
) -> Any:
    """One step with 60 digits."""
    import mpmath

    with mpmath.workdps(60):
        return next(_adam_mpmath(w, (m, v, t), [g], lr, (beta1, beta2), eps, weight_decay, decoupled))


def _torch_adam(weight: Any, lr: Any, betas: Any, eps: Any, weight_decay: Any, decoupled: Any) -> Any:
    import torch

    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    return kind([weight], lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


@oracle("adam_step", needs=("torch",))
def adam_step_torch(
    w: Any,
    g: Any,
    m: Any,
    v: Any,
    t: Any,
    lr: Any,
    beta1: Any = 0.9,
    beta2: Any = 0.999,
    eps: Any = 1e-8,
    weight_decay: Any = 0,
    decoupled: Any = True,
) -> dict[str, float]:
    """``torch.optim.AdamW`` or ``Adam`` with the moments put into its state."""
    import torch

    weight = _parameter(w)
    optimizer = _torch_adam(weight, lr, (beta1, beta2), eps, weight_decay, decoupled)
    moments = (torch.tensor(float(moment), dtype=torch.float64) for moment in (m, v))
    state = optimizer.state[weight]
    state["step"], state["exp_avg"], state["exp_avg_sq"] = torch.tensor(float(t - 1)), *moments
    weight.grad = torch.tensor(float(g), dtype=torch.float64)
    optimizer.step()
    return {"m": float(state["exp_avg"]), "v": float(state["exp_avg_sq"]), "w": float(weight.detach())}


@oracle("adam_trace", needs=("mpmath",), steps=lambda w0, grads, *args, **kwargs: len(grads))
def adam_trace_mpmath(
    w0: Any,
    grads: Any,
    lr: Any,
    beta1: Any = 0.9,
    beta2: Any = 0.999,
    eps: Any = 1e-8,
    weight_decay: Any = 0,
    decoupled: Any = True,
) -> dict[str, list[float]]:
    """All steps with 60 digits, each moment as one weighted sum over all gradients so far."""
    import mpmath

    with mpmath.workdps(60):
        steps = list(_adam_mpmath(w0, (0, 0, 1), grads, lr, (beta1, beta2), eps, weight_decay, decoupled))
    return {field: [step[field] for step in steps] for field in ("m", "v", "w")}


@oracle("adam_trace", needs=("torch",), steps=lambda w0, grads, *args, **kwargs: len(grads))
def adam_trace_torch(
    w0: Any,
    grads: Any,
    lr: Any,
    beta1: Any = 0.9,
    beta2: Any = 0.999,
    eps: Any = 1e-8,
    weight_decay: Any = 0,
    decoupled: Any = True,
) -> dict[str, list[float]]:
    """``torch.optim.AdamW`` or ``Adam``, from its own start, fed with the gradients."""
    import torch

    weight = _parameter(w0)
    optimizer = _torch_adam(weight, lr, (beta1, beta2), eps, weight_decay, decoupled)
    trace: dict[str, list[float]] = {"m": [], "v": [], "w": []}
    for g in grads:
        weight.grad = torch.tensor(float(g), dtype=torch.float64)
        optimizer.step()
        for field, value in [
            ("m", optimizer.state[weight]["exp_avg"]),
            ("v", optimizer.state[weight]["exp_avg_sq"]),
            ("w", weight.detach()),
        ]:
            trace[field].append(float(value))
    return trace


@oracle("clip_by_norm", needs=("mpmath",))
def clip_by_norm_mpmath(g: Any, c: Any) -> dict[str, Any]:
    """The nearest point to g in the ball of radius c: on its ray, at the distance min(c, norm) from 0. With 40 digits."""
    import mpmath

    with mpmath.workdps(40):
        entries = [mpmath.mpf(float(entry)) for entry in g]
        norm = mpmath.norm(mpmath.matrix(entries))
        length = min(norm, mpmath.mpf(float(c)))
        clipped = [length * entry / norm for entry in entries] if norm else entries
        return {"g": [float(entry) for entry in clipped], "norm": float(norm), "scale": float(length / norm) if norm else 1.0}


def _clip_epsilon(g: Any, c: Any) -> float:
    return 1e-6 + gamma(16) * math.hypot(*g)


@oracle("clip_by_norm", needs=("torch",), error=_clip_epsilon)
def clip_by_norm_torch(g: Any, c: Any) -> dict[str, Any]:
    """``torch.nn.utils.clip_grad_norm_``, which divides by norm + 1e-6.

    Where it clips, c < norm + 1e-6, and its result is shorter by norm c (1 / norm - 1 / (norm + 1e-6)) < 1e-6, or, where only it
    clips, by norm (1 - c / (norm + 1e-6)) < 1e-6; rounding comes on top.
    """
    import torch

    weight = _parameter(np.zeros(len(g)))
    weight.grad = torch.tensor(np.asarray(g, dtype=float))
    torch.nn.utils.clip_grad_norm_([weight], float(c))
    return {"g": weight.grad.numpy()}


@oracle("clip_by_value", needs=("mpmath",))
def clip_by_value_mpmath(g: Any, c: Any) -> dict[str, Any]:
    """The middle one of -c, g_i and c; the cosine by the law of cosines with 60 digits."""
    import mpmath

    clipped = [sorted((-float(c), float(entry), float(c)))[1] for entry in g]
    if not any(clipped):
        return {"g": clipped, "cos_with_original": None}
    with mpmath.workdps(60):
        u, v = ([mpmath.mpf(float(entry)) for entry in side] for side in (clipped, g))
        uu, vv = mpmath.fdot(u, u), mpmath.fdot(v, v)
        third = mpmath.fsum((a - b) ** 2 for a, b in zip(u, v, strict=True))
        return {"g": clipped, "cos_with_original": float((uu + vv - third) / (2 * mpmath.sqrt(uu * vv)))}


@oracle("clip_by_value", needs=("torch",), applies=lambda g, c: float(np.max(np.abs(g))) > 1e-6)
def clip_by_value_torch(g: Any, c: Any) -> dict[str, Any]:
    """``torch.nn.utils.clip_grad_value_`` and torch's cosine, above its eps."""
    import torch

    weight, original = _parameter(np.zeros(len(g))), torch.tensor(np.asarray(g, dtype=float))
    weight.grad = original.clone()
    torch.nn.utils.clip_grad_value_([weight], float(c))
    cosine = torch.nn.functional.cosine_similarity(weight.grad, original, dim=0)
    return {"g": weight.grad.numpy(), "cos_with_original": float(cosine)}


def _peak(*args: Any, **kwargs: Any) -> float:
    """Towards its end the cosine cancels against 1, both times half the peak."""
    return float(kwargs.get("base_lr") or 0)


@oracle("warmup_lr", needs=("mpmath",), scale=_peak)
def warmup_lr_mpmath(
    step: Any, warmup: Any, kind: Any, base_lr: Any = None, total: Any = None, d_model: Any = None, min_lr: Any = 0
) -> float:
    """With 40 digits: the ramps by adding up their equal increments, the cosine as the square of that of half the angle.

    noam as one root: 1 / sqrt(d max(s, w^3 / s^2)).
    """
    import mpmath

    with mpmath.workdps(40):
        if kind == "noam":
            return float(1 / mpmath.sqrt(d_model * max(mpmath.mpf(step), mpmath.mpf(warmup) ** 3 / mpmath.mpf(step) ** 2)))
        peak = mpmath.mpf(float(base_lr))
        if step < warmup:
            return float(mpmath.fsum([peak / warmup] * step))
        if kind == "linear" or step == warmup:
            return float(peak)
        lowest = mpmath.mpf(float(min_lr))
        return float(lowest + (peak - lowest) * mpmath.cos(mpmath.pi * (step - warmup) / (total - warmup) / 2) ** 2)


@oracle(
    "warmup_lr",
    needs=("torch",),
    scale=_peak,
    steps=lambda step, **kwargs: max(step, 1),
    applies=lambda step, warmup, kind, **kwargs: kind != "noam" and warmup > 0,
)
def warmup_lr_torch(
    step: Any, warmup: Any, kind: Any, base_lr: Any = None, total: Any = None, d_model: Any = None, min_lr: Any = 0
) -> float:
    """torch's schedulers, step by step: ``LambdaLR`` up the ramp, then ``CosineAnnealingLR``, each from the rate before it.

    ``LinearLR`` cannot start at 0, so the ramp is a lambda; the cosine is torch's own recursion.
    """
    import torch

    optimizer = torch.optim.SGD([_parameter(0.0)], lr=base_lr)
    if step <= warmup or kind == "linear":
        scheduler: Any = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(s / warmup, 1))
        advance = step
    else:
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=min_lr)
        advance = step - warmup
    for _ in range(advance):
        optimizer.step()
        scheduler.step()
    return float(optimizer.param_groups[0]["lr"])
