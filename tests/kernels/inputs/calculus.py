"""Random arguments for the kernels of calculus."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, matrices, plain, vectors

sizes = st.integers(1, 3)
weights = st.floats(-30, 30, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-6 else x)
"""Wide enough to saturate every tanh."""


@dataclass(frozen=True)
class Polynomial:
    """A function of +, * and whole powers of exact numbers, which any kind of number can pass through."""

    coefficients: tuple[int, ...]
    powers: tuple[tuple[int, ...], ...]

    def __call__(self, x: Any) -> Any:
        total = 0 * x[0]
        for coefficient, row in zip(self.coefficients, self.powers, strict=True):
            term = coefficient
            for entry, exponent in zip(x, row, strict=True):
                term = term * entry**exponent
            total = total + term
        return total


def polynomials(n: int) -> st.SearchStrategy[Polynomial]:
    """In n variables, of degree at most 4 in each."""
    rows = st.tuples(*[st.integers(0, 4)] * n)
    return st.lists(st.tuples(st.integers(-5, 5), rows), min_size=1, max_size=3).map(
        lambda terms: Polynomial(tuple(c for c, _ in terms), tuple(row for _, row in terms))
    )


def layers(shape: tuple[int, int, int]) -> st.SearchStrategy[dict[str, Any]]:
    """Weights, inputs and gradients, for one sample or (B > 0) for a batch."""
    m, n, batch = shape
    if batch:
        return st.fixed_dictionaries({"W": matrices(m, n, extreme), "x": matrices(batch, n), "g": matrices(batch, m)})
    return st.fixed_dictionaries({"W": matrices(m, n, extreme), "x": vectors(n), "g": vectors(m)})


INPUTS = {
    "affine_backward": st.tuples(sizes, sizes, st.integers(0, 2)).flatmap(layers),
    "tanh_mlp_jacobian": st.tuples(sizes, sizes, sizes).flatmap(
        lambda s: st.fixed_dictionaries(
            {"W": matrices(s[0], s[1], weights), "b": vectors(s[0]), "V": matrices(s[2], s[0]), "x": vectors(s[1])}
        )
    ),
    "least_squares_gradient": st.tuples(sizes, sizes).flatmap(
        lambda s: st.fixed_dictionaries(
            {"X": matrices(*s, extreme), "w": vectors(s[1]), "y": vectors(s[0], extreme)}, optional={"mean": st.booleans()}
        )
    ),
    "quadratic_form_gradient": sizes.flatmap(
        lambda n: st.fixed_dictionaries({"A": matrices(n, n, extreme), "w": vectors(n, extreme)})
    ),
    "finite_difference_gradient": sizes.flatmap(
        lambda n: st.fixed_dictionaries(
            {"f": polynomials(n), "x": vectors(n, plain)}, optional={"h": st.sampled_from([1e-7, 1e-4, 1e-3, 0.1, 0.5])}
        )
    ),
    "polynomial_gradient": st.tuples(st.integers(1, 3), sizes).flatmap(
        lambda s: st.fixed_dictionaries(
            {
                "coeffs": vectors(s[0]),
                "powers": st.lists(st.lists(st.integers(0, 5), min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0]).map(
                    np.array
                ),
                "x": vectors(s[1]),
            }
        )
    ),
}
