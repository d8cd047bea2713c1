"""Second ways to the kernels of graphs: brute force, matrices, sympy and networkx."""

import itertools
from typing import Any

from kernels.oracles.registry import oracle


def _parents(tree: Any) -> dict[int, int | None]:
    """For each node, by its place in the list, the place of its parent: the next two places belong to the next node."""
    parents: dict[int, int | None] = {0: None} if tree else {}
    places = iter(range(1, len(tree)))
    for place, value in enumerate(tree):
        if value is not None:
            parents.update((child, place) for child in itertools.islice(places, 2) if tree[child] is not None)
    return parents


@oracle("level_order")
def level_order_by_depth(tree: Any) -> list[list[int]]:
    """The depth of each node, counted upwards along its parents; nodes of one depth stand in the list in their order."""
    parents = _parents(tree)

    def depth(node: int) -> int:
        parent = parents[node]
        return 0 if parent is None else 1 + depth(parent)

    levels: dict[int, list[int]] = {}
    for node in sorted(parents):
        levels.setdefault(depth(node), []).append(tree[node])
    return [levels[level] for level in sorted(levels)]


@oracle("level_order", needs=("networkx",))
def level_order_networkx(tree: Any) -> list[list[int]]:
    """``networkx.bfs_layers`` on the tree as a graph."""
    import networkx

    graph = networkx.DiGraph()
    parents = _parents(tree)
    graph.add_nodes_from(parents)
    graph.add_edges_from((parent, child) for child, parent in parents.items() if parent is not None)
    return [[tree[node] for node in layer] for layer in networkx.bfs_layers(graph, 0)] if tree else []


@oracle("topological_order_kahn", applies=lambda n, edges: n <= 6)
def topological_order_brute_force(n: int, edges: Any) -> list[int] | None:
    """All orders, which ``itertools.permutations`` gives lexicographically: the first in which every edge points forward."""
    for order in itertools.permutations(range(n)):
        if all(order.index(u) < order.index(v) for u, v in edges):
            return list(order)
    return None


@oracle("topological_order_kahn", needs=("sympy",))
def topological_order_sympy(n: int, edges: Any) -> Any:
    """``sympy.utilities.iterables.topological_sort``, which raises on a cycle."""
    from sympy.utilities.iterables import topological_sort

    try:
        return topological_sort((list(range(n)), sorted({(u, v) for u, v in edges})), key=lambda node: node)
    except ValueError:
        return None


@oracle("topological_order_kahn", needs=("networkx",))
def topological_order_networkx(n: int, edges: Any) -> list[int] | None:
    """``networkx.lexicographical_topological_sort``, where there is no cycle."""
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(map(tuple, edges))
    return list(networkx.lexicographical_topological_sort(graph)) if networkx.is_directed_acyclic_graph(graph) else None


@oracle("bfs_shortest_path")
def bfs_shortest_path_relaxation(n: int, edges: Any, s: int, t: int, directed: bool = False) -> int | None:
    """Bellman and Ford: n rounds in which every edge may shorten the distance of its end."""
    arcs = [(u, v) for u, v in edges] + ([] if directed else [(v, u) for u, v in edges])
    distance = [0 if node == s else n for node in range(n)]
    for _ in range(n):
        for u, v in arcs:
            distance[v] = min(distance[v], distance[u] + 1)
    return distance[t] if distance[t] < n else None


@oracle("bfs_shortest_path", needs=("networkx",))
def bfs_shortest_path_networkx(n: int, edges: Any, s: int, t: int, directed: bool = False) -> int | None:
    """``networkx.shortest_path_length``."""
    import networkx

    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(map(tuple, edges))
    return networkx.shortest_path_length(graph, s, t) if networkx.has_path(graph, s, t) else None
