"""Expected values: of polynomials by moments, of the rest by sums and integrals. Random variables are independent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy

from generator.verify.claims.values import Expr, Refusal

HIGHEST = 8
"""The highest moment that is computed."""


@dataclass(frozen=True)
class Law:
    """The distribution of a random variable."""

    name: str
    params: tuple[Expr, ...]

    def moment(self, order: int) -> Expr:
        """The expected value of the variable to the power ``order``.

        Raises:
            Refusal: it is not known.
        """
        if order == 0:
            return sympy.Integer(1)
        if order > HIGHEST:
            raise Refusal(f"a moment of order {order} is asked for", f"up to {HIGHEST} are computed")
        return _MOMENTS[self.name](order, *self.params)

    def mean_of(self, body: Expr, variable: Expr) -> Expr:
        """The expected value of ``body`` in ``variable``."""
        polynomial = sympy.expand(body)
        if polynomial.is_polynomial(variable) and not polynomial.has(sympy.Piecewise):
            terms = sympy.Poly(polynomial, variable).terms()
            return sympy.Add(*(coefficient * self.moment(power) for (power,), coefficient in terms))
        if self.name == "random":
            message = f"{variable} is known by its mean and variance alone, and this is no polynomial of it"
            raise Refusal(message, "give it a distribution, such as normal(0, 1)")
        return self._over_support(body, variable)

    def _over_support(self, body: Expr, variable: Expr) -> Expr:
        if self.name in ("bernoulli", "categorical"):
            return sympy.Add(*(weight * body.subs(variable, point) for point, weight in self.outcomes()))
        if self.name == "binomial" and self.params[0].is_Integer:
            n, p = self.params
            points = range(int(n) + 1)
            return sympy.Add(*(sympy.binomial(n, k) * p**k * (1 - p) ** (n - k) * body.subs(variable, k) for k in points))
        if self.name in ("binomial", "poisson"):
            k = sympy.Dummy("k", integer=True, nonnegative=True)
            high = self.params[0] if self.name == "binomial" else sympy.oo
            return sympy.Sum(self.density(k) * body.subs(variable, k), (k, 0, high))
        x = sympy.Dummy("x", real=True)
        return sympy.Integral(self.density(x) * body.subs(variable, x), (x, *self.support))

    def outcomes(self) -> list[tuple[Expr, Expr]]:
        """The values of a finite variable with their probabilities."""
        if self.name == "bernoulli":
            return [(sympy.Integer(1), self.params[0]), (sympy.Integer(0), 1 - self.params[0])]
        return [(sympy.Integer(index), weight) for index, weight in enumerate(self.params, start=1)]

    @property
    def support(self) -> tuple[Expr, Expr]:
        if self.name == "uniform":
            return self.params[0], self.params[1]
        return {"exponential": (0, sympy.oo), "beta": (0, 1)}.get(self.name, (-sympy.oo, sympy.oo))

    def density(self, x: Expr) -> Expr:
        return _DENSITIES[self.name](x, *self.params)


def expectation(body: Expr, laws: Mapping[Expr, Law]) -> Expr:
    """The expected value of ``body``, one variable after the other: they are independent."""
    for variable in sorted(body.free_symbols & set(laws), key=str):
        body = laws[variable].mean_of(body, variable)
    return body


def variance(body: Expr, laws: Mapping[Expr, Law]) -> Expr:
    return covariance(body, body, laws)


def covariance(one: Expr, other: Expr, laws: Mapping[Expr, Law]) -> Expr:
    return expectation(sympy.expand(one * other), laws) - expectation(one, laws) * expectation(other, laws)


def _normal(order: int, mu: Expr, variance: Expr) -> Expr:
    """The binomial theorem on mu + s Z: odd moments of Z vanish, E Z^(2k) = (2k-1)!!."""
    return sympy.Add(
        *(
            sympy.binomial(order, 2 * k) * mu ** (order - 2 * k) * variance**k * sympy.factorial2(2 * k - 1)
            for k in range(order // 2 + 1)
        )
    )


def _random(order: int, mu: Expr, variance: Expr) -> Expr:
    if order > 2:
        raise Refusal(
            f"the moment of order {order} of a variable known by mean and variance is asked for", "give it a distribution"
        )
    return mu if order == 1 else variance + mu**2


def _by_factorials(factorial_moment: Callable[[int], Expr], order: int) -> Expr:
    """A moment from the factorial moments E[X (X-1) … (X-j+1)], by Stirling's numbers of the second kind."""
    from sympy.functions.combinatorial.numbers import stirling

    return sympy.Add(*(stirling(order, j) * factorial_moment(j) for j in range(order + 1)))


_MOMENTS: Mapping[str, Callable[..., Expr]] = {
    "bernoulli": lambda order, p: p,
    "binomial": lambda order, n, p: _by_factorials(lambda j: sympy.Mul(*(n - i for i in range(j))) * p**j, order),
    "poisson": lambda order, rate: _by_factorials(lambda j: rate**j, order),
    "categorical": lambda order, *p: sympy.Add(*(index**order * weight for index, weight in enumerate(p, start=1))),
    "normal": _normal,
    "uniform": lambda order, a, b: sympy.Add(*(a**i * b ** (order - i) for i in range(order + 1))) / (order + 1),
    "exponential": lambda order, rate: sympy.factorial(order) / rate**order,
    "beta": lambda order, a, b: sympy.Mul(*((a + i) / (a + b + i) for i in range(order))),
    "random": _random,
}
_DENSITIES: Mapping[str, Callable[..., Expr]] = {
    "binomial": lambda k, n, p: sympy.binomial(n, k) * p**k * (1 - p) ** (n - k),
    "poisson": lambda k, rate: sympy.exp(-rate) * rate**k / sympy.factorial(k),
    "normal": lambda x, mu, s2: sympy.exp(-((x - mu) ** 2) / (2 * s2)) / sympy.sqrt(2 * sympy.pi * s2),
    "uniform": lambda x, a, b: 1 / (b - a),
    "exponential": lambda x, rate: rate * sympy.exp(-rate * x),
    "beta": lambda x, a, b: x ** (a - 1) * (1 - x) ** (b - 1) * sympy.gamma(a + b) / (sympy.gamma(a) * sympy.gamma(b)),
}
