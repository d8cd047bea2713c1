"""Reference kernels: the formulas of the cards in numpy float64, one function each.

``names()`` lists them, ``get(name)`` hands one out. Importing this package imports numpy and nothing else.
"""

from kernels import (
    linear_algebra,
)
from kernels.registry import Kernel, Record, get, kernel, names

__all__ = ["Kernel", "Record", "get", "kernel", "linear_algebra", "names"]
