"""Oracles: for every kernel at least one that runs with the default dependencies, and more with torch, scipy or scikit-learn.

``of(name)`` lists a kernel's oracles, ``available(name)`` those that run here, ``agree`` compares.
"""

from kernels.oracles import (
    linear_algebra,
)
from kernels.oracles.agreement import Disagreement, agree, bound
from kernels.oracles.registry import Oracle, available, of, oracle

__all__ = ["Disagreement", "Oracle", "agree", "available", "bound", "linear_algebra", "of", "oracle"]
