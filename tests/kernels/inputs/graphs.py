"""Random arguments for the kernels of graphs."""

from typing import Any

from hypothesis import strategies as st


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """A tree as a list, level by level, with None for missing children, and perhaps more of them at the end."""
    open_places = draw(st.integers(0, 1))
    tree: list[int | None] = []
    while open_places > 0 and len(tree) < 12:
        value = draw(st.integers(-99, 99)) if not tree else draw(st.none() | st.integers(-99, 99))
        tree.append(value)
        open_places += 1 if value is not None else -1
    if draw(st.booleans()):
        while tree and tree[-1] is None:
            tree.pop()
    return {"tree": tree}


@st.composite
def directed(draw: st.DrawFn) -> dict[str, Any]:
    """Edges that mostly point from a node to a later one of a shuffled order, so that there often is no cycle."""
    n = draw(st.integers(0, 6))
    if n == 0:
        return {"n": 0, "edges": []}
    order = draw(st.permutations(range(n)))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    forward = pairs.filter(lambda pair: pair[0] != pair[1]).map(sorted) if n > 1 else pairs
    edges = draw(st.lists(forward, max_size=9)) + draw(st.lists(pairs, max_size=1))
    return {"n": n, "edges": [[order[u], order[v]] for u, v in edges]}


@st.composite
def journeys(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 8))
    nodes = st.integers(0, n - 1)
    edges = draw(st.lists(st.lists(nodes, min_size=2, max_size=2), max_size=10))
    way = draw(st.fixed_dictionaries({}, optional={"directed": st.booleans()}))
    return {"n": n, "edges": edges, "s": draw(nodes), "t": draw(nodes), **way}


INPUTS = {"level_order": trees(), "topological_order_kahn": directed(), "bfs_shortest_path": journeys()}
