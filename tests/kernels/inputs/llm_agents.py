"""Random arguments for the kernels of agents."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain, unit

literals = st.builds(
    "{}{}.{}{}".format,
    st.sampled_from(["", "-", "+"]),
    st.text("0123456789", min_size=1, max_size=9),
    st.text("0123456789", min_size=1, max_size=6),
    st.sampled_from(["", "", "e3", "E-4", "e+12"]),
)
"""Decimal literals as people write them, zero and leading and trailing zeros included."""

constants = st.sampled_from([0.0, 0.5, 1.0, 1.4, 2.0])


def _ucb(n: int, more: int, total: float, c: float) -> dict[str, Any]:
    return {"value_sum": total, "visits": n, "parent_visits": max(n + more, 1), "c": c}


def _node(W: float, n: int, mean: bool) -> dict[str, Any]:
    W = W if n else 0.0
    return {"W": W, "n": n} | ({"mean": W / n} if mean and n else {})


@st.composite
def trees(draw: st.DrawFn) -> list[list[int]]:
    """The lists of children of a tree: every node but the root hangs on one of lower index."""
    size = draw(st.one_of(st.integers(2, 8), st.just(8)))
    children: list[list[int]] = [[] for _ in range(size)]
    for node in range(1, size):
        children[draw(st.integers(0, node - 1))].append(node)
    return children


@st.composite
def searches(draw: st.DrawFn) -> dict[str, Any]:
    """Tenths, among which means tie often, and values of any kind."""
    children = draw(trees())
    entries = draw(st.sampled_from([st.integers(0, 10).map(lambda k: k / 10), unit, plain]))
    value = draw(st.lists(entries, min_size=len(children), max_size=len(children)).map(np.array))
    return {
        "children": children,
        "value": value,
        "iterations": draw(st.one_of(st.integers(1, 14), st.just(14))),
        "c": draw(constants),
    }


INPUTS = {
    "exact_product": st.fixed_dictionaries({"a": literals, "b": literals}),
    "ucb_score": st.builds(_ucb, st.integers(0, 1000), st.integers(0, 10**6), extreme, st.floats(0, 10)),
    "mcts_backup": st.fixed_dictionaries(
        {"path": st.lists(st.builds(_node, extreme, st.integers(0, 9), st.booleans()), min_size=1, max_size=5), "reward": extreme}
    ),
    "mcts_search": searches(),
    "majority_vote": st.fixed_dictionaries(
        {"answers": st.lists(st.sampled_from(["408", "400", "48", ""]), min_size=1, max_size=9)}
    ),
    "majority_vote_accuracy": st.fixed_dictionaries({"p": unit, "n": st.integers(0, 20).map(lambda k: 2 * k + 1)}),
}
