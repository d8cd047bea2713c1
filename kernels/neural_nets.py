"""Layers, activations, backpropagation, initialisation, message passing."""

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.calculus import affine_backward
from kernels.checks import Array
from kernels.losses import sigmoid
from kernels.registry import Record, kernel

Activation = Literal["relu", "leaky_relu", "gelu", "gelu_tanh", "silu", "sigmoid", "tanh"]
DenseActivation = Literal["identity", "relu", "sigmoid", "tanh"]
HiddenActivation = Literal["relu", "tanh", "sigmoid"]
SquaredLoss = Literal["sse", "half_sse", "mse"]
Scheme = Literal["lecun", "xavier", "he"]
Distribution = Literal["normal", "uniform"]

LARGE = 1000.0
"""Beyond +-LARGE every sigmoid, tanh and Phi is 0, 1 or -1 in float64."""


@kernel(fields=("z", "y"))
def dense_forward(x: ArrayLike, W: ArrayLike, b: ArrayLike, act: DenseActivation = "identity") -> Record:
    r"""One layer of a network: each unit weighs its inputs, adds a bias and bends the sum.

    $$z=Wx+b,\qquad y=\phi(z)$$

    Args:
        x: the input, shape (d,).
        W: the weights, (out, in) as in PyTorch: one row per unit, shape (m, d).
        b: the biases, shape (m,).
        act: phi, entry by entry; "identity" is the layer without activation, as PyTorch's Linear.

    Returns:
        z: the pre-activations, shape (m,).
        y: the outputs phi(z), shape (m,).

    Raises:
        ValueError: the shapes do not fit, a size is 0, an entry is NaN or infinite, act is unknown.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.3.

    >>> layer = dense_forward([1, 2, -1], W=[[1, -2, 0], [2, 1, 1]], b=[1, -2], act="relu")
    >>> layer.z.tolist(), layer.y.tolist()
    ([-2.0, 1.0], [0.0, 1.0])
    """
    x, W, b = checks.vector(x, "x"), checks.matrix(W, "W"), checks.vector(b, "b")
    checks.shape(W, "W", (None, len(x)))
    checks.shape(b, "b", W.shape[:1])
    checks.word(act, "act", get_args(DenseActivation))
    z = W @ x + b
    return Record(z=z, y=z.copy() if act == "identity" else activation(z, act).y)


@kernel(fields=("z1", "h", "y"))
def mlp_forward(x: ArrayLike, W1: ArrayLike, b1: ArrayLike, W2: ArrayLike, b2: ArrayLike, act: HiddenActivation = "relu") -> Record:
    r"""A network of two layers: the first bends, the second adds up.

    $$z_1=W_1x+b_1,\qquad h=\phi(z_1),\qquad y=W_2h+b_2$$

    Vectors are columns and W is (out, in), as in PyTorch; in the row form $x W^\top$ every shape is transposed.

    Args:
        x: the input, shape (d,).
        W1: the weights of the hidden layer, shape (h, d).
        b1: its biases, shape (h,).
        W2: the weights of the output layer, shape (o, h).
        b2: its biases, shape (o,).
        act: phi, the activation of the hidden layer.

    Returns:
        z1: the pre-activations of the hidden layer, shape (h,).
        h: its outputs phi(z1), shape (h,); exactly 0 for dead ReLU units.
        y: the output, without activation, shape (o,).

    Raises:
        ValueError: the shapes do not fit, a size is 0, an entry is NaN or infinite, act is unknown.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.1 (the XOR network).

    >>> net = mlp_forward([1, 2], W1=[[0.5, -0.5], [0.5, 0.5]], b1=[0, 0], W2=[[1, 1]], b2=[0])
    >>> net.z1.tolist(), net.h.tolist(), net.y.tolist()
    ([-0.5, 1.5], [0.0, 1.5], [1.5])
    """
    x, W1, b1 = checks.vector(x, "x"), checks.matrix(W1, "W1"), checks.vector(b1, "b1")
    W2, b2 = checks.matrix(W2, "W2"), checks.vector(b2, "b2")
    checks.shape(W1, "W1", (None, len(x)))
    checks.shape(b1, "b1", W1.shape[:1])
    checks.shape(W2, "W2", (None, len(b1)))
    checks.shape(b2, "b2", W2.shape[:1])
    checks.word(act, "act", get_args(HiddenActivation))
    hidden = dense_forward(x, W1, b1, act)
    output = dense_forward(hidden.y, W2, b2)
    return Record(z1=hidden.z, h=hidden.y, y=output.y)


@kernel(fields=("loss", "dW1", "db1", "dW2", "db2", "dx"))
def mlp_backward(
    x: ArrayLike,
    W1: ArrayLike,
    b1: ArrayLike,
    W2: ArrayLike,
    b2: ArrayLike,
    target: ArrayLike,
    loss: SquaredLoss = "sse",
) -> Record:
    r"""Backpropagation through a network of two layers with ReLU and a squared loss: the chain rule from the output back.

    $$\delta_y=c\,(y-t),\quad c=2\ (\text{sse}),\ 1\ (\text{half\_sse}),\ \tfrac2o\ (\text{mse})$$
    $$dW_2=\delta_yh^\top,\quad \delta_h=W_2^\top\delta_y,\quad \delta_z=\delta_h\odot\mathbf 1_{z_1>0},\quad
    dW_1=\delta_zx^\top,\quad dx=W_1^\top\delta_z$$

    Vectors are columns and W is (out, in); with rows the same gradients read $h^\top\delta$ and $x^\top\delta$. At exactly
    z1 = 0 the derivative of ReLU is taken as 0, as in PyTorch. ``mlp_backward_trace`` gives every step on the way.

    Args:
        x: the input, shape (d,).
        W1: the weights of the hidden layer, shape (h, d).
        b1: its biases, shape (h,).
        W2: the weights of the output layer, shape (o, h).
        b2: its biases, shape (o,).
        target: what the output should be, shape (o,).
        loss: "sse" adds up the squared errors, "half_sse" halves the sum, "mse" is their mean over the o outputs. The default
            is the sum, in which a gradient by hand has no further constant; PyTorch's MSELoss is "mse".

    Returns:
        loss: the loss, a number.
        dW1: dL/dW1, shape (h, d).
        db1: dL/db1, shape (h,).
        dW2: dL/dW2, shape (o, h).
        db2: dL/db2, shape (o,).
        dx: dL/dx, shape (d,).

    Raises:
        ValueError: the shapes do not fit, a size is 0, an entry is NaN or infinite, loss is unknown.

    Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323 (1986);
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5.4.

    >>> grad = mlp_backward([1, 2], [[0.5, -0.5], [0.5, 0.5]], [0, 0], [[1, 1]], [0], target=[1])
    >>> grad.loss, grad.dW1.tolist(), grad.dW2.tolist()
    (0.25, [[0.0, 0.0], [1.0, 2.0]], [[0.0, 1.5]])
    """
    steps = mlp_backward_trace(x, W1, b1, W2, b2, target, loss)
    return Record(loss=steps.loss, dW1=steps.dW1, db1=steps.db1, dW2=steps.dW2, db2=steps.db2, dx=steps.dx)


def mlp_backward_trace(
    x: ArrayLike,
    W1: ArrayLike,
    b1: ArrayLike,
    W2: ArrayLike,
    b2: ArrayLike,
    target: ArrayLike,
    loss: SquaredLoss = "sse",
) -> Record:
    """Every value of ``mlp_backward``, in the order in which it is computed by hand: forwards, the loss, and back.

    Args:
        x, W1, b1, W2, b2, target, loss: as in ``mlp_backward``.

    Returns:
        z1, h, y: the pre-activations, the hidden outputs, both of shape (h,), and the output, shape (o,).
        loss: the loss, a number.
        dy: its gradient at the output, delta_y, shape (o,).
        dW2, db2, dh: the gradients through the output layer, shapes (o, h), (o,) and (h,).
        dz1: the gradient before the ReLU, delta_z, shape (h,): dh where z1 > 0, else 0.
        dW1, db1, dx: the gradients through the hidden layer, shapes (h, d), (h,) and (d,).

    Raises:
        ValueError: as ``mlp_backward``.

    >>> steps = mlp_backward_trace([1, 2], [[0.5, -0.5], [0.5, 0.5]], [0, 0], [[1, 1]], [0], target=[1])
    >>> steps.dy.tolist(), steps.dh.tolist(), steps.dz1.tolist()
    ([1.0], [1.0, 1.0], [0.0, 1.0])
    """
    z1, h, y = mlp_forward(x, W1, b1, W2, b2).values()
    t = checks.vector(target, "target")
    checks.same_shape(y, t, "the output", "target")
    o = len(y)
    word = checks.word(loss, "loss", get_args(SquaredLoss))
    share, c = {"sse": (1, 2), "half_sse": (1 / 2, 1), "mse": (1 / o, 2 / o)}[word]
    value = share * float(((y - t) ** 2).sum())
    dy = c * (y - t)
    dW2, dh, db2 = affine_backward(W2, h, dy).values()
    dz1 = np.where(z1 > 0, dh, 0.0)
    dW1, dx, db1 = affine_backward(W1, x, dz1).values()
    return Record(z1=z1, h=h, y=y, loss=value, dy=dy, dW2=dW2, db2=db2, dh=dh, dz1=dz1, dW1=dW1, db1=db1, dx=dx)


@kernel(fields=("gain", "log10_gain"))
def gradient_chain_gain(act_derivative: float, weight_gain: float, depth: int) -> Record:
    r"""How much a gradient can grow or shrink on its way through many layers: each multiplies it by the same factor at most.

    $$\left\|\prod_{l=1}^L\frac{\partial h_l}{\partial h_{l-1}}\right\|\le(\gamma\,\|W\|)^L$$

    A factor of 1 is the critical point: below it gradients vanish with depth, above it they may explode.

    Args:
        act_derivative: gamma, the largest slope of the activation, at least 0: 0.25 for the sigmoid, 1 for tanh and ReLU.
        weight_gain: the spectral norm of the weights of a layer, at least 0.
        depth: L, the number of layers (or steps in time), at least 0.

    Returns:
        gain: the bound (gamma ||W||)^L; 0 or inf where float64 cannot hold it.
        log10_gain: its decimal logarithm, from logarithms, so that it neither underflows nor overflows; -inf for a gain of 0.

    Raises:
        ValueError: a factor is negative, NaN or infinite; depth is not an integer >= 0.

    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (ICML 2013), section 2.1.

    >>> sigmoid_chain = gradient_chain_gain(act_derivative=0.25, weight_gain=2, depth=10)
    >>> sigmoid_chain.gain, round(sigmoid_chain.log10_gain, 4)
    (0.0009765625, -3.0103)
    """
    gamma, norm = checks.number(act_derivative, "act_derivative", least=0), checks.number(weight_gain, "weight_gain", least=0)
    depth = checks.count(depth, "depth", least=0)
    if depth == 0:
        return Record(gain=1.0, log10_gain=0.0)
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        log10_gain = depth * float(np.log10(gamma) + np.log10(norm))
        gain = float(np.power(gamma * norm, float(depth)))
    return Record(gain=gain, log10_gain=log10_gain)


@kernel(fields=("var", "std", "bound"))
def init_std(fan_in: int, fan_out: int, scheme: Scheme, dist: Distribution = "normal") -> Record:
    r"""How widely to draw the first weights of a layer so that signals keep their size from layer to layer.

    $$\mathrm{Var}:\quad \text{LeCun }\frac1{n_{in}},\quad \text{Xavier }\frac2{n_{in}+n_{out}},\quad \text{He }\frac2{n_{in}}$$
    $$U(-a,a):\quad a=\sqrt{3\,\mathrm{Var}}$$

    Args:
        fan_in: the inputs of a unit, at least 1; for a convolution $C_{in}k^2$.
        fan_out: the units that an input feeds, at least 1; only Xavier looks at it.
        scheme: "lecun" keeps the variance of linear units, "xavier" balances forward and backward, "he" doubles it for ReLU.
        dist: the distribution that is drawn from, normal or uniform on (-a, a). PyTorch's Linear layer itself uses neither
            scheme but a uniform one of variance 1/(3 fan_in).

    Returns:
        var: the variance of a weight.
        std: its standard deviation.
        bound: a for the uniform distribution, None for the normal one.

    Raises:
        ValueError: a fan is not an integer >= 1, scheme or dist is unknown.

    Source: LeCun et al., Efficient BackProp (1998), section 4.6; Glorot and Bengio, Understanding the difficulty of training deep
        feedforward neural networks (AISTATS 2010), equation 12; He et al., Delving Deep into Rectifiers (ICCV 2015), equation 10.

    >>> init_std(512, 256, "he")
    Record(var=0.00390625, std=0.0625, bound=None)
    >>> init_std(4, 2, "xavier", "uniform").bound
    1.0
    """
    n_in, n_out = checks.count(fan_in, "fan_in"), checks.count(fan_out, "fan_out")
    checks.word(scheme, "scheme", get_args(Scheme))
    checks.word(dist, "dist", get_args(Distribution))
    var = {"lecun": 1 / n_in, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}[scheme]
    return Record(var=var, std=math.sqrt(var), bound=math.sqrt(3 * var) if dist == "uniform" else None)


@kernel(fields=("y", "dy"))
def activation(x: ArrayLike, kind: Activation, alpha: float = 0.01) -> Record:
    r"""An activation function and its derivative.

    $$\mathrm{ReLU}=\max(x,0),\qquad \mathrm{LeakyReLU}=x\ (x>0),\ \alpha x\ (x\le0)$$
    $$\mathrm{GELU}=x\,\Phi(x),\quad \mathrm{GELU}'=\Phi(x)+x\varphi(x),\qquad
    \mathrm{GELU}_{\tanh}=\tfrac x2\bigl(1+\tanh(\sqrt{2/\pi}\,(x+0.044715x^3))\bigr)$$
    $$\mathrm{SiLU}=x\,\sigma(x),\quad \mathrm{SiLU}'=\sigma(x)\,(1+x(1-\sigma(x)))$$
    $$\sigma'=\sigma(1-\sigma)\le\tfrac14,\qquad \tanh'=1-\tanh^2$$

    The derivatives at the kinks are PyTorch's: ReLU'(0) = 0, LeakyReLU'(0) = alpha. What would be lost by subtracting from 1 is
    computed without it: $1-\sigma(x)=\sigma(-x)$, $\tfrac12(1+\tanh u)=\sigma(2u)$ and $1-\tanh^2x=4\,\sigma(2x)\,\sigma(-2x)$.

    Args:
        x: the pre-activations, shape (n,).
        kind: which function. "gelu" is exact, with the normal distribution function, PyTorch's default; "gelu_tanh" is its usual
            approximation, at most 4.74e-4 away (near |x| = 2.7).
        alpha: the slope of "leaky_relu" for x <= 0, in [0, 1); the others ignore it.

    Returns:
        y: the function at x, shape (n,).
        dy: its derivative at x, shape (n,).

    Raises:
        ValueError: kind is unknown, alpha outside [0, 1), n = 0, an entry is NaN or infinite.

    Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), section 2; Maas, Hannun and Ng (2013) for LeakyReLU;
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.3.

    >>> relu = activation([-2, 0, 3], "relu")
    >>> relu.y.tolist(), relu.dy.tolist()
    ([0.0, 0.0, 3.0], [0.0, 0.0, 1.0])
    >>> activation([0.5], "gelu").y.round(6).tolist(), activation([0.5], "gelu_tanh").y.round(6).tolist()
    ([0.345731], [0.345714])
    """
    x, alpha = checks.vector(x, "x"), checks.probability(alpha, "alpha", one=False)
    t = np.clip(x, -LARGE, LARGE)  # so that no square or cube overflows
    match checks.word(kind, "kind", get_args(Activation)):
        case "relu":
            return Record(y=np.where(x > 0, x, 0.0), dy=np.where(x > 0, 1.0, 0.0))
        case "leaky_relu":
            return Record(y=np.where(x > 0, x, alpha * x), dy=np.where(x > 0, 1.0, alpha))
        case "gelu":
            Phi, phi = _normal(t)
            return Record(y=x * Phi, dy=Phi + x * phi)
        case "gelu_tanh":
            u, du = math.sqrt(2 / math.pi) * (t + 0.044715 * t**3), math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * t**2)
            return Record(y=x * sigmoid(2 * u), dy=sigmoid(2 * u) * (1 + 2 * t * du * sigmoid(-2 * u)))
        case "silu":
            return Record(y=x * sigmoid(x), dy=sigmoid(x) * (1 + x * sigmoid(-x)))
        case "sigmoid":
            return Record(y=sigmoid(x), dy=sigmoid(x) * sigmoid(-x))
        case _:
            return Record(y=np.tanh(x), dy=4 * sigmoid(2 * t) * sigmoid(-2 * t))


def _normal(x: Array) -> tuple[Array, Array]:
    """The standard normal's distribution function (by erfc, which keeps its digits in the left tail) and density."""
    Phi = np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in x])
    phi: Array = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return Phi, phi


@kernel(fields=("X", "spread"))
def gnn_mean_aggregate(adj: ArrayLike, X: ArrayLike, steps: int) -> Record:
    r"""Message passing without weights: at every step each node takes the mean of its own features and its neighbours'.

    $$X\leftarrow\tilde D^{-1}(A+I)X,\qquad \tilde D=\mathrm{diag}\bigl((A+I)\mathbf 1\bigr)$$

    On a connected graph all rows converge to one vector, at the rate $|\lambda_2|^s$ after s steps: over-smoothing.

    Args:
        adj: A, the adjacency matrix: 0 or 1, symmetric, with a zero diagonal (the formula adds the loops), shape (n, n).
        X: the features, one row per node, shape (n, f).
        steps: how many rounds, at least 0.

    Returns:
        X: the features after the last round, shape (n, f); an isolated node keeps its own.
        spread: the largest distance between two rows in the maximum norm, a number; it never grows with steps, up to rounding.

    Raises:
        ValueError: adj is not square, not 0/1, not symmetric or has a nonzero diagonal; X has another number of rows, is empty or
            has an entry that is NaN or infinite; steps is not an integer >= 0.

    Source: Li, Han and Wu, Deeper Insights into Graph Convolutional Networks (AAAI 2018), section 3 (Laplacian smoothing).

    >>> path = [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    >>> mean = gnn_mean_aggregate(path, [[1.0], [0.0], [-1.0]], steps=1)
    >>> mean.X.tolist(), mean.spread
    ([[0.5], [0.0], [-0.5]], 1.0)
    """
    A, X, steps = checks.square(adj, "adj"), checks.matrix(X, "X"), checks.count(steps, "steps", least=0)
    if not np.isin(A, (0, 1)).all():
        raise ValueError(f"adj must hold 0 and 1 only, got {A.tolist()}")
    if (A.T != A).any():
        raise ValueError(f"adj must be symmetric, got {A.tolist()}")
    if A.diagonal().any():
        raise ValueError(f"adj must have a zero diagonal, got {A.tolist()}")
    checks.shape(X, "X", (len(A), None))
    loops = A + np.eye(len(A))
    mean = loops / loops.sum(axis=1, keepdims=True)
    for _ in range(steps):
        X = mean @ X
    return Record(X=X, spread=float(np.ptp(X, axis=0).max()))
