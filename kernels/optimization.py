"""Gradient descent and what is built on it: momentum, Adam, clipping, learning-rate schedules."""

import math
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.linear_algebra import cosine_similarity
from kernels.registry import Record, kernel

Schedule = Literal["linear", "linear_cosine", "noam"]


@kernel()
def gradient_descent_1d_trace(w0: float, x: float, y: float, lr: float, steps: int) -> list[Record]:
    r"""Gradient descent on one weight and one sample, y = wx with the squared error, step by step.

    $$\hat y=wx,\qquad L=(\hat y-y)^2,\qquad w\leftarrow w-\alpha\,2(\hat y-y)\,x$$

    The distance of w from y/x is multiplied by 1 - 2 lr x^2 at every step: beyond +-1 the descent diverges.

    Args:
        w0: the weight at the start.
        x: the input; x = 0 gives a zero gradient.
        y: the target.
        lr: the learning rate alpha, greater than 0.
        steps: how many steps, at least 1.

    Returns:
        One record per step, with
        y_hat: the prediction BEFORE the step.
        loss: the squared error before the step, without the factor 1/2.
        grad: its derivative in w before the step.
        w: the weight AFTER the step.

    Raises:
        ValueError: lr <= 0, steps is not an integer >= 1, an argument is NaN or infinite, a diverging trace leaves float64.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.3.

    >>> for step in gradient_descent_1d_trace(w0=5, x=2, y=2, lr=0.125, steps=2):
    ...     print(step)
    Record(y_hat=10.0, loss=64.0, grad=32.0, w=1.0)
    Record(y_hat=2.0, loss=0.0, grad=0.0, w=1.0)
    """
    w, x, y = checks.number(w0, "w0"), checks.number(x, "x"), checks.number(y, "y")
    lr, steps = checks.number(lr, "lr", above=0), checks.count(steps, "steps")
    trace = []
    for step in range(1, steps + 1):
        y_hat = w * x
        loss = checks.finite((y_hat - y) * (y_hat - y), f"the loss of step {step}")
        grad = 2 * (y_hat - y) * x
        w = checks.finite(w - lr * grad, f"the weight after step {step}")
        trace.append(Record(y_hat=y_hat, loss=loss, grad=grad, w=w))
    return trace


@kernel(fields=("factors", "converges", "lr_max", "lr_opt", "rate_opt"))
def gd_quadratic_stability(eigs: ArrayLike, lr: float) -> Record:
    r"""Which learning rates gradient descent on a quadratic bowl survives, from the eigenvalues of its Hessian.

    $$e_i\leftarrow(1-\alpha\lambda_i)\,e_i,\qquad \alpha_{\max}=\frac2{\lambda_{\max}}$$
    $$\alpha^*=\frac2{\lambda_{\max}+\lambda_{\min}},\qquad
    \rho^*=\frac{\lambda_{\max}-\lambda_{\min}}{\lambda_{\max}+\lambda_{\min}}=\frac{\kappa-1}{\kappa+1},\quad
    \kappa=\frac{\lambda_{\max}}{\lambda_{\min}}$$

    Whether an error shrinks and whether it changes its sign are two questions: a factor in (-1, 0) does both.

    Args:
        eigs: the eigenvalues of the Hessian (the curvatures), all greater than 0, shape (n,), in any order.
        lr: the learning rate alpha, greater than 0, in the unit of 1 / eigs.

    Returns:
        factors: what each error component is multiplied by per step, 1 - lr * eigs, shape (n,).
        converges: whether all of them shrink: lr < lr_max. At exactly lr_max the steepest one oscillates for ever: False.
        lr_max: the learning rate from which on it does not converge.
        lr_opt: the learning rate whose worst factor is smallest in size.
        rate_opt: that size, 0 where all eigenvalues are equal: one step is enough.

    Raises:
        ValueError: an eigenvalue <= 0, lr <= 0, n = 0, an entry is NaN or infinite, or their sum too large for float64.

    Source: Goh, Why Momentum Really Works, Distill (2017), section "First Steps: Gradient Descent".

    >>> bowl = gd_quadratic_stability([1, 9], lr=0.2)
    >>> bowl.converges, bowl.lr_opt, bowl.rate_opt
    (True, 0.2, 0.8)
    """
    eigs, lr = checks.vector(eigs, "eigs"), checks.number(lr, "lr", above=0)
    if (eigs <= 0).any():
        raise ValueError(f"eigs must be greater than 0, got {eigs.tolist()}")
    steepest, flattest = float(eigs.max()), float(eigs.min())
    lr_max, total = 2 / steepest, checks.finite(steepest + flattest, "the sum of the largest and the smallest of eigs")
    return Record(
        factors=1 - lr * eigs,
        converges=lr < lr_max,
        lr_max=lr_max,
        lr_opt=2 / total,
        rate_opt=(steepest - flattest) / total,
    )


@kernel(fields=("v_new", "w_new"))
def sgd_momentum_step(w: ArrayLike, g: ArrayLike, v: ArrayLike, lr: float, beta: float, nesterov: bool = False) -> Record:
    r"""One step of gradient descent with momentum: the velocity remembers past gradients, the weights follow the velocity.

    $$v\leftarrow\beta v+g,\qquad w\leftarrow w-\alpha v$$
    $$\text{Nesterov: }w\leftarrow w-\alpha(g+\beta v)\text{ with the new }v$$

    This is PyTorch's convention. Other texts weigh the gradient by 1 - beta, or keep alpha inside v. A constant gradient g leads to
    steps of alpha g / (1 - beta); beta = 0 is plain gradient descent.

    Args:
        w: the weights, a number or an array of any shape.
        g: the gradient at w, in the shape of w.
        v: the velocity BEFORE the step, in the shape of w; 0 at the first.
        lr: the learning rate alpha, greater than 0.
        beta: the momentum, in [0, 1).
        nesterov: look ahead along the new velocity, in the form that PyTorch gives it.

    Returns:
        v_new: the velocity after the step, in the shape of w.
        w_new: the weights after the step, in the shape of w.

    Raises:
        ValueError: the shapes differ or are empty, beta outside [0, 1), lr <= 0, nesterov is not True or False, an entry is NaN or
            infinite.

    Source: Polyak, Some methods of speeding up the convergence of iteration methods (1964); Sutskever et al., On the importance of
        initialization and momentum in deep learning (ICML 2013), section 2.

    >>> sgd_momentum_step(w=0.5, g=0.25, v=1, lr=0.5, beta=0.5)
    Record(v_new=0.75, w_new=0.125)
    """
    w, g, v = checks.array(w, "w"), checks.array(g, "g"), checks.array(v, "v")
    checks.same_shape(w, g, "w", "g")
    checks.same_shape(w, v, "w", "v")
    lr, beta = checks.number(lr, "lr", above=0), checks.probability(beta, "beta", one=False)
    v_new = beta * v + g
    direction = g + beta * v_new if checks.flag(nesterov, "nesterov") else v_new
    return Record(v_new=_plain(v_new), w_new=_plain(w - lr * direction))


def _plain(value: Any) -> Any:
    """A Python number for an array of no dimension."""
    return value if np.ndim(value) else float(value)


def sgd_momentum_trace(w0: ArrayLike, grads: ArrayLike, lr: float, beta: float, nesterov: bool = False) -> list[Record]:
    """Momentum step by step from v = 0, with the given gradients: ``sgd_momentum_step`` with what goes in and what comes out.

    Args:
        w0: the weights at the start, a number or an array of any shape.
        grads: one gradient per step, each in the shape of w0: shape (T,) or (T, ...), T >= 1.
        lr, beta, nesterov: as in ``sgd_momentum_step``.

    Returns:
        One record per step, with
        w: the weights before the step.
        g: the gradient.
        v: the velocity before the step.
        v_new: the velocity after it.
        w_new: the weights after it.

    Raises:
        ValueError: T = 0; else as ``sgd_momentum_step``.

    >>> for step in sgd_momentum_trace(w0=1, grads=[1, 1], lr=0.5, beta=0.5):
    ...     print(step)
    Record(w=1.0, g=1.0, v=0.0, v_new=1.0, w_new=0.5)
    Record(w=0.5, g=1.0, v=1.0, v_new=1.5, w_new=-0.25)
    """
    w, grads = _plain(checks.array(w0, "w0")), checks.array(grads, "grads")
    if grads.shape[1:] != np.shape(w) or grads.ndim == 0:
        raise ValueError(f"grads must hold gradients of the shape of w0, {np.shape(w)}, got shape {grads.shape}")
    v = _plain(np.zeros(np.shape(w)))
    trace = []
    for g in map(_plain, grads):
        step = sgd_momentum_step(w, g, v, lr, beta, nesterov)
        trace.append(Record(w=w, g=g, v=v, **step))
        v, w = step.v_new, step.w_new
    return trace


@kernel(fields=("m", "v", "m_hat", "v_hat", "w"))
def adam_step(
    w: float,
    g: float,
    m: float,
    v: float,
    t: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled: bool = True,
) -> Record:
    r"""One step of Adam or AdamW: a momentum of gradients over the root of a momentum of their squares, both freed of their bias.

    $$m\leftarrow\beta_1m+(1-\beta_1)g,\qquad v\leftarrow\beta_2v+(1-\beta_2)g^2$$
    $$\hat m=\frac m{1-\beta_1^t},\qquad \hat v=\frac v{1-\beta_2^t},\qquad
    w\leftarrow w-\alpha\frac{\hat m}{\sqrt{\hat v}+\epsilon}\;[-\alpha\lambda w\text{ for AdamW}]$$

    At t = 1, m-hat is g and v-hat is g^2, so the first step is about lr long whatever the size of the gradient.

    Args:
        w: the weight before the step.
        g: the gradient at w.
        m: the first moment BEFORE the step; 0 at t = 1.
        v: the second moment BEFORE the step, at least 0; 0 at t = 1.
        t: the number of the step, counted from 1.
        lr: the learning rate alpha, greater than 0. No default (PyTorch has 1e-3): a question about a step names it.
        beta1: the decay of the first moment, in [0, 1).
        beta2: the decay of the second moment, in [0, 1).
        eps: keeps the divisor from 0, at least 0; added to the root, as in PyTorch.
        weight_decay: lambda, at least 0; 0 as in PyTorch's Adam (its AdamW has 0.01).
        decoupled: True shrinks w directly (AdamW); False adds lambda w to g before the moments (Adam with an L2 penalty), which is
            not AdamW: the division rescales it. Without weight decay both are Adam.

    Returns:
        m: the first moment after the step, with its bias.
        v: the second moment after the step, with its bias.
        m_hat: the first moment without bias.
        v_hat: the second moment without bias.
        w: the weight after the step.

    Raises:
        ValueError: t is not an integer >= 1, a beta outside [0, 1), eps < 0, lr <= 0, v < 0, weight_decay < 0, decoupled is not
            True or False, an argument is NaN or infinite, eps = 0 where v-hat = 0, g^2 is too large for float64.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization (ICLR 2015), algorithm 1; Loshchilov and Hutter, Decoupled
        Weight Decay Regularization (ICLR 2019), algorithm 2.

    >>> first = adam_step(w=1, g=0.5, m=0, v=0, t=1, lr=0.1, eps=0)
    >>> round(first.m_hat, 12), round(first.v_hat, 12), round(first.w, 12)
    (0.5, 0.25, 0.9)
    """
    w, g, m = checks.number(w, "w"), checks.number(g, "g"), checks.number(m, "m")
    v, t, lr = checks.number(v, "v", least=0), checks.count(t, "t"), checks.number(lr, "lr", above=0)
    beta1, beta2 = checks.probability(beta1, "beta1", one=False), checks.probability(beta2, "beta2", one=False)
    eps, decay = checks.number(eps, "eps", least=0), checks.number(weight_decay, "weight_decay", least=0)
    decoupled = checks.flag(decoupled, "decoupled")
    if not decoupled:
        g = g + decay * w
    m = beta1 * m + (1 - beta1) * g
    v = checks.finite(beta2 * v + (1 - beta2) * g * g, "the second moment v")
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    divisor = math.sqrt(v_hat) + eps
    if divisor == 0:
        raise ValueError("eps must be greater than 0 where the second moment is 0: the step would divide by 0")
    w = w - lr * m_hat / divisor - (lr * decay * w if decoupled else 0)
    return Record(m=m, v=v, m_hat=m_hat, v_hat=v_hat, w=w)


def adam_steps(
    w0: float,
    grads: ArrayLike,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled: bool = True,
) -> list[Record]:
    """Adam step by step from m = v = 0, with the given gradients: what ``adam_step`` returns for t = 1, ..., T.

    Args:
        w0: the weight at the start.
        grads: one gradient per step, shape (T,), T >= 1.
        lr, beta1, beta2, eps, weight_decay, decoupled: as in ``adam_step``.

    Returns:
        One record per step, with the fields m, v, m_hat, v_hat and w of ``adam_step``.

    Raises:
        ValueError: T = 0; else as ``adam_step``.

    >>> for step in adam_steps(w0=1, grads=[0.5, -0.5], lr=0.1, beta1=0, beta2=0.5, eps=0):
    ...     print(step.v, round(step.v_hat, 12), round(step.w, 12))
    0.125 0.25 0.9
    0.1875 0.25 1.0
    """
    w, m, v = checks.number(w0, "w0"), 0.0, 0.0
    trace = []
    for t, g in enumerate(checks.vector(grads, "grads").tolist(), start=1):
        step = adam_step(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay, decoupled)
        trace.append(step)
        w, m, v = step.w, step.m, step.v
    return trace


@kernel(fields=("m", "v", "w"))
def adam_trace(
    w0: float,
    grads: ArrayLike,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled: bool = True,
) -> Record:
    r"""Adam or AdamW over several steps from m = v = 0, with the given gradients.

    $$(m_t,v_t,w_t)=\mathrm{adam\_step}(w_{t-1},g_t,m_{t-1},v_{t-1},t),\qquad t=1,\dots,T,\qquad m_0=v_0=0$$

    ``adam_steps`` gives the moments without bias as well.

    Args:
        w0: the weight at the start.
        grads: one gradient per step, shape (T,), T >= 1; they are taken as given, whatever w becomes.
        lr: the learning rate alpha, greater than 0.
        beta1: the decay of the first moment, in [0, 1).
        beta2: the decay of the second moment, in [0, 1).
        eps: keeps the divisor from 0, at least 0; added to the root, as in PyTorch.
        weight_decay: lambda, at least 0; 0 as in PyTorch's Adam.
        decoupled: True is AdamW, False is Adam with an L2 penalty, as in ``adam_step``.

    Returns:
        m: the first moment after each step, with its bias, shape (T,).
        v: the second moment after each step, with its bias, shape (T,).
        w: the weight after each step, shape (T,).

    Raises:
        ValueError: T = 0; else as ``adam_step``.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization (ICLR 2015), algorithm 1; Loshchilov and Hutter, Decoupled
        Weight Decay Regularization (ICLR 2019), algorithm 2.

    >>> adam_trace(w0=1, grads=[0.5, -0.25, 0.1], lr=0.1).w.round(4).tolist()
    [0.9, 0.8734, 0.8418]
    """
    trace = adam_steps(w0, grads, lr, beta1, beta2, eps, weight_decay, decoupled)
    return Record(**{field: np.array([step[field] for step in trace]) for field in ("m", "v", "w")})


@kernel(fields=("g", "norm", "scale"))
def clip_by_norm(g: ArrayLike, c: float) -> Record:
    r"""Shortens a gradient that is longer than c and keeps its direction.

    $$g\leftarrow g\cdot\min\Bigl(1,\frac c{\|g\|_2}\Bigr)$$

    Args:
        g: the gradient, shape (n,). The global norm is over ALL parameters: put them into one vector; clipping tensor by tensor
            changes the direction of the whole.
        c: the longest norm that is let through, greater than 0.

    Returns:
        g: the gradient, shape (n,): untouched if its norm is at most c (so also 0), else of norm c. PyTorch adds 1e-6 to the
            norm that it divides by, and so ends a little below c.
        norm: the norm before clipping.
        scale: the factor min(1, c / norm), at most 1.

    Raises:
        ValueError: c <= 0, n = 0, an entry is NaN or infinite, the norm is too large for float64.

    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (ICML 2013), algorithm 1.

    >>> clip = clip_by_norm([3, 4], c=1)
    >>> clip.g.round(12).tolist(), clip.norm, clip.scale
    ([0.6, 0.8], 5.0, 0.2)
    """
    g, c = checks.vector(g, "g"), checks.number(c, "c", above=0)
    norm = checks.finite(math.hypot(*g), "the norm of g")
    scale = 1.0 if norm <= c else c / norm
    return Record(g=g * scale, norm=norm, scale=scale)


@kernel(fields=("g", "cos_with_original"))
def clip_by_value(g: ArrayLike, c: float) -> Record:
    r"""Cuts every entry of a gradient to [-c, c], which changes its direction unless all or none are cut alike.

    $$g_i\leftarrow\max(-c,\min(c,g_i))$$

    Args:
        g: the gradient, shape (n,).
        c: the largest entry that is let through, greater than 0.

    Returns:
        g: the clipped gradient, shape (n,).
        cos_with_original: the cosine between the clipped and the original gradient; None for a gradient of 0, which has no angle.

    Raises:
        ValueError: c <= 0, n = 0, an entry is NaN or infinite.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 10.11.1.

    >>> clip = clip_by_value([3, 0.5, -2], c=1)
    >>> clip.g.tolist(), round(clip.cos_with_original, 4)
    ([1.0, 0.5, -1.0], 0.9615)
    """
    g, c = checks.vector(g, "g"), checks.number(c, "c", above=0)
    clipped = np.clip(g, -c, c)
    return Record(g=clipped, cos_with_original=cosine_similarity(clipped, g) if g.any() else None)


@kernel()
def warmup_lr(
    step: int,
    warmup: int,
    kind: Schedule,
    base_lr: float | None = None,
    total: int | None = None,
    d_model: int | None = None,
    min_lr: float = 0,
) -> float:
    r"""The learning rate at a step of a schedule that begins with a ramp.

    $$\text{linear: }\eta\min\Bigl(1,\frac sw\Bigr)$$
    $$\text{linear\_cosine: }\eta\,\frac sw\ (s<w),\qquad
    \eta_{\min}+\tfrac12(\eta-\eta_{\min})\Bigl(1+\cos\pi\frac{s-w}{T-w}\Bigr)\ (s\ge w)$$
    $$\text{noam: }d^{-1/2}\min\bigl(s^{-1/2},\,s\,w^{-3/2}\bigr)$$

    Each has its peak at step w; "linear" then stays, "linear_cosine" falls to min_lr, "noam" falls like the root of 1/s.

    Args:
        step: s, at least 0 (at least 1 for noam, which is undefined at 0), at most total if that is given.
        warmup: w, the length of the ramp in steps, at least 0; 0 means no ramp.
        kind: the schedule.
        base_lr: eta, the peak, greater than 0; needed by linear and linear_cosine, ignored by noam.
        total: T, the last step, at least 1; needed by linear_cosine.
        d_model: d, the width of the model, at least 1; needed by noam.
        min_lr: the rate at the end of the cosine, from 0 to base_lr; the ramp starts at 0 all the same. The others ignore it.

    Returns:
        The learning rate; 0 at step 0 of a ramp.

    Raises:
        ValueError: step < 0, step > total, warmup < 0, noam with step 0; an argument that kind needs is missing; a number is out
            of its range, NaN or not an integer; kind is unknown.

    Source: Goyal et al., Accurate, Large Minibatch SGD (2017), section 2.2 (linear); Loshchilov and Hutter, SGDR (ICLR 2017),
        equation 5 (cosine); Vaswani et al., Attention Is All You Need (2017), equation 3 (noam).

    >>> [warmup_lr(s, warmup=4, kind="linear_cosine", base_lr=0.5, total=12) for s in (0, 2, 4, 8, 12)]
    [0.0, 0.25, 0.5, 0.25, 0.0]
    """
    s, w = checks.count(step, "step", least=0), checks.count(warmup, "warmup", least=0)
    if total is not None and s > checks.count(total, "total"):
        raise ValueError(f"step must be at most total = {total}, got {step}")
    if checks.word(kind, "kind", get_args(Schedule)) == "noam":
        s, d = checks.count(step, "step"), checks.count(checks.given(d_model, "d_model", kind), "d_model")
        ramp = s / (w * math.sqrt(w)) if w else math.inf
        return min(1 / math.sqrt(s), ramp) / math.sqrt(d)
    lr = checks.number(checks.given(base_lr, "base_lr", kind), "base_lr", above=0)
    if kind == "linear":
        return lr * min(1, s / w) if w else lr
    lowest, T = checks.number(min_lr, "min_lr", least=0, most=lr), int(checks.given(total, "total", kind))
    if s < w:
        return lr * s / w
    progress = (s - w) / max(T - w, 1)  # where the ramp fills all of T, only its peak is left
    return lowest + (lr - lowest) * (1 + math.cos(math.pi * progress)) / 2
