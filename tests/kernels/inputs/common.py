"""Strategies that several topics share."""

import numpy as np
from hypothesis import strategies as st

plain = st.floats(-10, 10, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-6 else x)
"""A number of everyday size."""
extreme = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-6 else x)
"""A number of any size that does not overflow when squared and summed."""
positive = st.floats(1e-3, 1e3, allow_subnormal=False)
unit = st.floats(0, 1, allow_subnormal=False)


def vectors(n: int, entries: st.SearchStrategy[float] = plain) -> st.SearchStrategy[np.ndarray]:
    """Float vectors of shape (n,)."""
    return st.lists(entries, min_size=n, max_size=n).map(np.array)


def matrices(m: int, n: int, entries: st.SearchStrategy[float] = plain) -> st.SearchStrategy[np.ndarray]:
    """Float matrices of shape (m, n)."""
    return vectors(m * n, entries).map(lambda v: v.reshape(m, n))


def distributions(n: int, least: float = 0.0) -> st.SearchStrategy[np.ndarray]:
    """Probability vectors of shape (n,), every entry at least about ``least``."""
    weights = st.lists(st.floats(max(least, 1e-3), 1), min_size=n, max_size=n).map(np.array)
    return weights.map(lambda w: w / w.sum())
