"""Second ways to the kernels of linear algebra."""

from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@oracle("dot_product")
def dot_product_exact(a: Any, b: Any) -> float:
    """Exact arithmetic with fractions, rounded once at the end."""
    return float(sum(Fraction(x) * Fraction(y) for x, y in zip(map(float, a), map(float, b), strict=True)))


@oracle("dot_product", needs=("torch",))
def dot_product_torch(a: Any, b: Any) -> float:
    """``torch.dot`` in float64."""
    import torch

    return float(torch.dot(torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)))


@oracle("vector_projection", needs=("sympy",), scale=lambda a, b: float(np.max(np.abs(a))))
def vector_projection_sympy(a: Any, b: Any) -> dict[str, Any]:
    """``sympy.Matrix.project`` on exact rationals."""
    import sympy

    u, v = (sympy.Matrix([sympy.Rational(Fraction(float(entry))) for entry in side]) for side in (a, b))
    projection = u.project(v)
    return {
        "scalar": float(u.dot(v) / v.norm()),
        "vector": [float(entry) for entry in projection],
        "rejection": [float(entry) for entry in u - projection],
    }
