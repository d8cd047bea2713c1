"""Claims: statements on a card that sympy proves, or refutes with a counterexample.

``read_claims`` reads a card's blocks, ``formula`` writes what they state as LaTeX (neither needs sympy, so a build stays quick);
``prove`` gives a verdict on every statement and ``report`` turns verdicts into problems, for ``redraw check``.
``docs/claims.md`` is the reference for authors.
"""

from generator.verify.claims.formulas import Unknown, formula
from generator.verify.claims.proofs import prove, prune, report
from generator.verify.claims.read import read_claim, read_claims
from generator.verify.claims.spec import Claim
from generator.verify.claims.verdict import Verdict

__all__ = [
    "Claim",
    "Unknown",
    "Verdict",
    "formula",
    "prove",
    "prune",
    "read_claim",
    "read_claims",
    "report",
]
