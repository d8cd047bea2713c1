"""Vectors, norms, matrices and their spectra."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.registry import Record, kernel


@kernel()
def dot_product(a: ArrayLike, b: ArrayLike) -> float:
    r"""The dot product of two vectors: how far they point the same way, scaled by both lengths.

    $$a\cdot b=\sum_i a_i b_i=\|a\|\,\|b\|\cos\theta$$

    Args:
        a: vector, shape (n,).
        b: vector, shape (n,).

    Returns:
        A number; exactly 0 for orthogonal vectors of integers.

    Raises:
        ValueError: the shapes differ, n = 0, an entry is NaN or infinite.

    Source: Strang, Introduction to Linear Algebra (5th ed., 2016), section 1.2.

    >>> dot_product([3, -1, 2], [1, 4, 0.5])
    0.0
    """
    a, b = checks.vector(a, "a"), checks.vector(b, "b")
    checks.same_shape(a, b, "a", "b")
    return float(a @ b)


@kernel(fields=("scalar", "vector", "rejection"))
def vector_projection(a: ArrayLike, b: ArrayLike) -> Record:
    r"""The shadow of a on the line along b, and what is left of a beside it.

    $$\mathrm{comp}_b(a)=\frac{a\cdot b}{\|b\|},\quad \mathrm{proj}_b(a)=\frac{a\cdot b}{b\cdot b}\,b,\quad
    \mathrm{rej}_b(a)=a-\mathrm{proj}_b(a)$$

    Args:
        a: the vector that is projected, shape (n,).
        b: the vector that it is projected on, shape (n,), not 0.

    Returns:
        scalar: the signed length of the shadow, negative for an obtuse angle.
        vector: the shadow, shape (n,).
        rejection: the part of a orthogonal to b, shape (n,).

    Raises:
        ValueError: b = 0, the shapes differ, n = 0, an entry is NaN or infinite.

    Source: Strang, Introduction to Linear Algebra (5th ed., 2016), section 4.2.

    >>> vector_projection([3, 4], [1, 0]).scalar
    3.0
    """
    a, b = checks.vector(a, "a"), checks.vector(b, "b")
    checks.same_shape(a, b, "a", "b")
    if not b.any():
        raise ValueError("b must not be the zero vector: nothing can be projected on it")
    projection = (a @ b) / (b @ b) * b
    return Record(scalar=float(a @ b / np.linalg.norm(b)), vector=projection, rejection=a - projection)
