"""Whether an expression is a number, a vector or a matrix, as far as its writing depends on it."""

import ast
from collections.abc import Mapping

from generator.verify.claims.spec import RANK, Claim
from generator.verify.claims.vocabulary import indices

_FIXED = {"vector": 1, "softmax": 1, "ones": 1, "identity": 2, "outer": 2, "hessian": 2, "inverse": 2, "diag": 2}
_NUMBERS = frozenset("dot norm trace det logsumexp mean comb delta expectation variance covariance probability".split())


def rank(node: ast.expr, claim: Claim, bound: Mapping[str, int] | None = None) -> int:
    """0 for a number, 1 for a vector, 2 for a matrix.

    Args:
        bound: the ranks of names that an outer function binds.
    """
    bound = bound or {}
    if isinstance(node, ast.Name):
        return _name(node.id, claim, bound)
    if isinstance(node, ast.Subscript):
        return max(rank(node.value, claim, bound) - len(indices(node)), 0)
    if isinstance(node, ast.BinOp):
        left, right = rank(node.left, claim, bound), rank(node.right, claim, bound)
        return max(left + right - 2, 0) if isinstance(node.op, ast.MatMult) else max(left, right)
    if isinstance(node, ast.UnaryOp):
        return rank(node.operand, claim, bound)
    if isinstance(node, ast.List):
        return 1 + max((rank(entry, claim, bound) for entry in node.elts), default=0)
    if isinstance(node, ast.IfExp):
        return rank(node.body, claim, bound)
    if isinstance(node, ast.Attribute):
        return rank(node.value, claim, bound)
    return _call(node, claim, bound) if isinstance(node, ast.Call) else 0


def _name(name: str, claim: Claim, bound: Mapping[str, int]) -> int:
    if name in bound:
        return bound[name]
    if name in claim.symbols:
        return RANK[claim.symbols[name].shape]
    if name in claim.given:
        one = claim.given[name]
        # A sequence is written like the vector of its entries.
        first = next(iter(one.first.values()), one.body)
        return 1 + rank(first.tree, claim) if one.style == "sequence" else rank(one.body.tree, claim)
    return 0


def _call(node: ast.Call, claim: Claim, bound: Mapping[str, int]) -> int:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    ranks = [rank(argument, claim, bound) for argument in node.args]
    if name in claim.given:
        return rank(claim.given[name].body.tree, claim, dict(zip(claim.given[name].params, ranks, strict=False)))
    if name in _FIXED or name in _NUMBERS:
        return _FIXED.get(name, 0)
    if name == "gradient":
        return ranks[1]
    if name == "jacobian":
        return sum(ranks)
    if name in ("sum", "product", "max", "min") and len(ranks) == 1:
        return 0
    return ranks[0] if ranks else 0
