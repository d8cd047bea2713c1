"""Recurrent networks: how gradients fade through time, and the cell built against it."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.losses import sigmoid
from kernels.registry import Record, kernel


@kernel(fields=("norms",))
def rnn_jacobian_product(W: ArrayLike, hs: ArrayLike) -> Record:
    r"""How strongly each state of a tanh RNN still depends on the first one: gradients vanish or explode as this does.

    $$J_t=\mathrm{diag}(1-h_t^2)\,W,\qquad\text{norms}_t=\left\|J_t\cdots J_1\right\|_2
    =\left\|\frac{\partial h_t}{\partial h_0}\right\|_2\le(\gamma\,\sigma_{\max}(W))^t$$

    Here gamma = 1 is the largest slope of tanh. A largest singular value of W below 1/gamma suffices for vanishing; above it,
    exploding is possible, not certain.

    Args:
        W: the recurrent weights, shape (h, h), in h_t = tanh(W h_{t-1} + ...).
        hs: the states h_1, ..., h_T after the tanh, shape (T, h), in [-1, 1]; zeros stand for a linear network.

    Returns:
        norms: the spectral norm (the largest singular value) of the derivative of h_t by h_0, for t = 1 to T, shape (T,).

    Raises:
        ValueError: W is not square, hs has another width or an entry outside [-1, 1], an entry is NaN or infinite, the product
            overflows.

    Source: Pascanu, Mikolov and Bengio, On the Difficulty of Training Recurrent Neural Networks (2013), section 2.1.

    >>> rnn_jacobian_product([[0.5, 0], [0, 0.25]], [[0, 0], [0.5, 0]]).norms.tolist()
    [0.5, 0.1875]
    """
    W, hs = checks.square(W, "W"), checks.matrix(hs, "hs")
    checks.shape(hs, "hs", (None, len(W)))
    if (np.abs(hs) > 1).any():
        raise ValueError(f"hs must hold values of tanh, in [-1, 1], got {hs}")
    product, norms = np.eye(len(W)), []
    for h in hs:
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            product = (1 - h**2)[:, None] * W @ product
        if not np.isfinite(product).all():
            raise ValueError(f"W must be small enough for the product of {len(hs)} Jacobians, which overflows")
        norms.append(np.linalg.norm(product, ord=2))
    return Record(norms=np.array(norms))


@kernel(fields=("i", "f", "g", "o", "c_new", "h_new"))
def lstm_cell_step(x: ArrayLike, h: ArrayLike, c: ArrayLike, W_ih: ArrayLike, W_hh: ArrayLike, b: ArrayLike) -> Record:
    r"""One step of an LSTM cell: gates decide what the cell forgets, takes in and shows.

    $$i,f,o=\sigma(\cdot),\quad g=\tanh(\cdot)\quad\text{of}\quad W_{ih}x+W_{hh}h+b,\qquad
    c'=f\odot c+i\odot g,\qquad h'=o\odot\tanh c'$$

    The cell's own path has the derivative dc'/dc = f: with f = 1 and i = 0 it is copied, and gradients with it.

    Args:
        x: the input, shape (d,).
        h: the state before, shape (n,).
        c: the cell before, shape (n,).
        W_ih: the weights of the input, shape (4n, d); the rows are stacked in the order i, f, g, o, as in PyTorch and Keras.
        W_hh: the weights of the state, shape (4n, n), stacked likewise.
        b: the bias, shape (4n,), stacked likewise; PyTorch keeps two, b_ih and b_hh, whose sum it is.

    Returns:
        i: the input gate, shape (n,).
        f: the forget gate, shape (n,).
        g: the candidate, shape (n,); Keras calls it c.
        o: the output gate, shape (n,).
        c_new: the new cell, shape (n,).
        h_new: the new state, shape (n,).

    Raises:
        ValueError: shapes that do not fit, an entry is NaN or infinite.

    Source: Hochreiter and Schmidhuber, Long Short-Term Memory (1997); with the forget gate Gers, Schmidhuber and Cummins, Learning
    to Forget (2000); Goodfellow, Bengio and Courville, Deep Learning (2016), section 10.10.1.

    >>> step = lstm_cell_step(x=[1], h=[0], c=[2], W_ih=[[0], [0], [1], [0]], W_hh=[[0]] * 4, b=[0] * 4)
    >>> step.f.tolist(), step.c_new.round(4).tolist(), step.h_new.round(4).tolist()
    ([0.5], [1.3808], [0.4406])
    """
    x, h, c = checks.vector(x, "x"), checks.vector(h, "h"), checks.vector(c, "c")
    W_ih, W_hh, b = checks.matrix(W_ih, "W_ih"), checks.matrix(W_hh, "W_hh"), checks.vector(b, "b")
    n = len(h)
    checks.same_shape(h, c, "h", "c")
    checks.shape(W_ih, "W_ih", (4 * n, len(x)))
    checks.shape(W_hh, "W_hh", (4 * n, n))
    checks.shape(b, "b", (4 * n,))
    z_i, z_f, z_g, z_o = np.split(W_ih @ x + W_hh @ h + b, 4)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c_new = f * c + i * g
    return Record(i=i, f=f, g=g, o=o, c_new=c_new, h_new=o * np.tanh(c_new))
