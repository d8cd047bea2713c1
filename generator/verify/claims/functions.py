"""The functions of claims, over sympy expressions."""

from collections.abc import Callable, Mapping

import sympy

from generator.verify.claims import values
from generator.verify.claims.values import Expr, Refusal, Value, both, each, number, shape, vector

LARGEST_FACTORIAL = 1_000
Apply = Callable[..., Value]


def _entrywise(function: Callable[[Expr], Expr], name: str) -> Apply:
    return lambda value: each(lambda leaf: function(number(leaf, name)), value)


def _factorial(n: Expr) -> Expr:
    if n.is_number and not abs(n) <= LARGEST_FACTORIAL:
        raise Refusal(f"the factorial of {n} is too large", f"up to {LARGEST_FACTORIAL:,}")
    return sympy.factorial(n)


def _comb(n: Value, k: Value) -> Expr:
    n, k = number(n, "comb"), number(k, "comb")
    if any(part.is_number and not abs(part) <= LARGEST_FACTORIAL for part in (n, k)):
        raise Refusal("this binomial coefficient is too large", f"up to {LARGEST_FACTORIAL:,}")
    return sympy.binomial(n, k)


def _best(function: Callable[..., Expr], name: str) -> Apply:
    def best(*arguments: Value) -> Expr:
        items = vector(arguments[0], name) if len(arguments) == 1 else arguments
        return function(*(number(item, name) for item in items))

    return best


def sigmoid(x: Expr) -> Expr:
    return 1 / (1 + sympy.exp(-x))


def softmax(value: Value) -> Value:
    """The softmax of a vector, or of each row of a matrix."""
    if len(shape(value)) == 2:
        return tuple(softmax(row) for row in value)
    powers = [sympy.exp(entry) for entry in vector(value, "softmax")]
    total = sympy.Add(*powers)
    return tuple(power / total for power in powers)


def logsumexp(value: Value) -> Expr:
    return sympy.log(sympy.Add(*(sympy.exp(entry) for entry in vector(value, "logsumexp"))))


def mean(value: Value) -> Expr:
    items = [leaf for _, leaf in values.entries(value)]
    return sympy.Add(*items) / len(items)


def total(value: Value) -> Expr:
    return sympy.Add(*(leaf for _, leaf in values.entries(value)))


def product(value: Value) -> Expr:
    return sympy.Mul(*(leaf for _, leaf in values.entries(value)))


def dot(left: Value, right: Value) -> Expr:
    """The sum of the products of entries, of vectors or of matrices of one shape."""
    if not shape(left) or shape(left) != shape(right):
        raise Refusal(f"dot does not go with {values.describe(left)} and {values.describe(right)}")
    return total(both(lambda a, b: a * b, left, right))


def outer(left: Value, right: Value) -> Value:
    return tuple(tuple(a * b for b in vector(right, "outer")) for a in vector(left, "outer"))


def norm(value: Value, order: Value = None) -> Expr:
    """The Euclidean norm of a vector (of a matrix, Frobenius'), or its norm of another order."""
    items = [leaf for _, leaf in values.entries(value)]
    if order is None or order == 2:
        return sympy.sqrt(sympy.Add(*(item**2 for item in items)))
    if order == sympy.oo:
        return sympy.Max(*map(sympy.Abs, items))
    if order == 1:
        return sympy.Add(*map(sympy.Abs, items))
    raise Refusal(f"there is no norm of order {order}", "1, 2 or oo")


def _size(value: Value, name: str) -> int:
    if not isinstance(value, sympy.Integer) or not 1 <= int(value) <= 8:
        raise Refusal(f"{name} takes a size from 1 to 8")
    return int(value)


def identity(size: Value) -> Value:
    return values.rows(sympy.eye(_size(size, "identity")))


def ones(size: Value) -> Value:
    return (sympy.Integer(1),) * _size(size, "ones")


def diag(value: Value) -> Value:
    """The diagonal matrix of a vector, or the diagonal of a matrix."""
    if len(shape(value)) == 2:
        return tuple(values.square(value, "diag").diagonal())
    return values.rows(sympy.diag(*vector(value, "diag")))


def inverse(value: Value) -> Value:
    found = values.square(value, "inverse")
    if found.rows > 4:
        raise Refusal("inverse takes a matrix of at most four rows", "a larger one takes minutes")
    determinant = sympy.expand(found.det(method="berkowitz"))
    if determinant == 0:
        raise Refusal("this matrix has no inverse")
    return values.rows(found.adjugate() / determinant)


def delta(first: Value, second: Value) -> Expr:
    return sympy.KroneckerDelta(number(first, "delta"), number(second, "delta"))


FUNCTIONS: Mapping[str, Apply] = {
    **{
        name: _entrywise(function, name)
        for name, function in {
            "exp": sympy.exp,
            "log": sympy.log,
            "log2": lambda x: sympy.log(x) / sympy.log(2),
            "sqrt": sympy.sqrt,
            "abs": sympy.Abs,
            "sign": sympy.sign,
            "floor": sympy.floor,
            "ceil": sympy.ceiling,
            "factorial": _factorial,
            "erf": sympy.erf,
            "sin": sympy.sin,
            "cos": sympy.cos,
            "tan": sympy.tan,
            "sinh": sympy.sinh,
            "cosh": sympy.cosh,
            "tanh": sympy.tanh,
            "atan": sympy.atan,
            "sigmoid": sigmoid,
            "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
            "relu": lambda x: sympy.Max(0, x),
            "gelu": lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
            "normal_cdf": lambda x: (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
        }.items()
    },
    "comb": _comb,
    "max": _best(sympy.Max, "max"),
    "min": _best(sympy.Min, "min"),
    "sum": total,
    "product": product,
    "mean": mean,
    "dot": dot,
    "outer": outer,
    "norm": norm,
    "softmax": softmax,
    "logsumexp": logsumexp,
    "trace": lambda value: values.square(value, "trace").trace(),
    "det": lambda value: values.square(value, "det").det(method="berkowitz"),
    "inverse": inverse,
    "transpose": values.transpose,
    "diag": diag,
    "identity": identity,
    "ones": ones,
    "delta": delta,
}
