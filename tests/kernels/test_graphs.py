"""The edge cases, refusals and invariants of the kernels of graphs."""

import itertools
from typing import Any

import pytest

import kernels
from kernels.graphs import bfs_shortest_path, level_order, topological_order_kahn

RING = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0]]

REFUSED = [
    ("level_order", {"tree": [None]}, "tree must start with its root, got None"),
    ("level_order", {"tree": [None, 1]}, "tree must start with its root, got None"),
    ("level_order", {"tree": [1, None, None, 2]}, r"must not have more entries than children, got \[2\] below an empty level"),
    ("level_order", {"tree": [1, None, None, None]}, r"must not have more entries than children, got \[None\]"),
    ("level_order", {"tree": [1, 2.5]}, r"tree\[1\] must be an integer, got 2.5"),
    ("level_order", {"tree": 1}, "tree must be a list, got 1"),
    ("topological_order_kahn", {"n": 2, "edges": [[0, 2]]}, r"edges must name nodes in 0..1, got 2"),
    ("topological_order_kahn", {"n": 2, "edges": [[-1, 0]]}, r"edges must name nodes in 0..1, got -1"),
    ("topological_order_kahn", {"n": 2, "edges": [[0, 1, 1]]}, r"edges must be pairs of nodes, got \[0, 1, 1\]"),
    ("topological_order_kahn", {"n": 2, "edges": [[0, 0.5]]}, r"edges\[0\]\[1\] must be an integer, got 0.5"),
    ("topological_order_kahn", {"n": -1, "edges": []}, "n must be at least 0, got -1"),
    ("bfs_shortest_path", {"n": 3, "edges": [], "s": 3, "t": 0}, r"s must name nodes in 0..2, got 3"),
    ("bfs_shortest_path", {"n": 3, "edges": [], "s": 0, "t": -1}, r"t must name nodes in 0..2, got -1"),
    ("bfs_shortest_path", {"n": 3, "edges": [[0, 3]], "s": 0, "t": 1}, r"edges must name nodes in 0..2, got 3"),
    ("bfs_shortest_path", {"n": 0, "edges": [], "s": 0, "t": 0}, "n must be at least 1, got 0"),
    ("bfs_shortest_path", {"n": 1, "edges": [], "s": 0, "t": 0, "directed": 1}, "directed must be True or False, got 1"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


def test_the_empty_tree_has_no_levels() -> None:
    assert level_order([]) == []


def test_missing_nodes_have_no_places_for_children() -> None:
    assert level_order([1, None, 2, None, 3, 4]) == [[1], [2], [3], [4]]
    assert level_order([1, 2, 3, None, None, 4, None, 5]) == [[1], [2, 3], [4], [5]]


def test_none_at_the_end_may_be_left_out() -> None:
    assert level_order([1, 2]) == level_order([1, 2, None]) == level_order([1, 2, None, None, None]) == [[1], [2]]
    assert level_order([1]) == level_order([1, None]) == level_order([1, None, None]) == [[1]]


def test_the_smallest_free_node_comes_first() -> None:
    assert topological_order_kahn(4, []) == [0, 1, 2, 3]
    assert topological_order_kahn(4, [[3, 0], [2, 1]]) == [2, 1, 3, 0]
    assert topological_order_kahn(3, [[2, 0], [2, 0]]) == [1, 2, 0]
    assert topological_order_kahn(0, []) == []


@pytest.mark.parametrize("edges", [[[1, 1]], [[0, 1], [1, 2], [2, 1]], [[0, 1], [1, 2], [2, 0]]])
def test_a_cycle_has_no_order(edges: list[list[int]]) -> None:
    assert topological_order_kahn(3, edges) is None


def test_every_edge_points_forward_in_every_graph_of_four_nodes() -> None:
    forward = list(itertools.combinations(range(4), 2))
    for chosen in itertools.chain.from_iterable(itertools.combinations(forward, size) for size in range(7)):
        edges = [[3 - u, 3 - v] for u, v in chosen]
        order = topological_order_kahn(4, edges)
        assert order is not None
        assert sorted(order) == [0, 1, 2, 3]
        assert all(order.index(u) < order.index(v) for u, v in edges)


def test_paths_to_oneself_and_to_nowhere() -> None:
    assert bfs_shortest_path(3, [[0, 1]], 1, 1) == 0
    assert bfs_shortest_path(3, [[0, 1]], 0, 2) is None
    assert bfs_shortest_path(3, [[0, 1], [1, 1], [0, 1]], 0, 1) == 1


def test_directed_edges_are_one_way_streets() -> None:
    assert [bfs_shortest_path(5, RING, 0, t) for t in range(5)] == [0, 1, 2, 2, 1]
    assert [bfs_shortest_path(5, RING, 0, t, directed=True) for t in range(5)] == [0, 1, 2, 3, 4]


def test_undirected_paths_are_as_long_the_other_way() -> None:
    edges = [[0, 3], [3, 5], [5, 1], [1, 4], [0, 2], [2, 4]]
    for s, t in itertools.product(range(6), repeat=2):
        assert bfs_shortest_path(6, edges, s, t) == bfs_shortest_path(6, edges, t, s)
