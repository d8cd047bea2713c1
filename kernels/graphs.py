"""Trees and graphs: level order, topological order and shortest paths."""

from collections import deque
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from kernels import checks
from kernels.registry import kernel


@kernel()
def level_order(tree: Sequence[int | None]) -> list[list[int]]:
    r"""The values of a binary tree, level by level from the root, by breadth-first search.

    $$L_0=[\text{root}],\qquad L_{t+1}=\text{the children of }L_t\text{ from left to right}\qquad O(n)$$

    Args:
        tree: the nodes in LeetCode's order, shape (n,), n >= 0: the root, then for every node that is there its left and its
            right child, None for a missing one. A missing node has no children in the list (so this is not the heap's
            numbering, 2i + 1 and 2i + 2), and None at the end may be left out.

    Returns:
        The levels, each from left to right; [] for the empty tree.

    Raises:
        ValueError: the first entry is None, there are more entries than children, an entry is neither an integer nor None.

    Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms (4th ed., 2022), section 20.2; the list is
    LeetCode's, problem 102.

    >>> level_order([5, 2, 8, None, 3, None, 9])
    [[5], [2, 8], [3, 9]]
    """
    entries = [None if v is None else checks.integer(v, f"tree[{i}]") for i, v in enumerate(checks.items(tree, "tree", empty=True))]
    if not entries:
        return []
    root, *rest = entries
    if root is None:
        raise ValueError("tree must start with its root, got None")
    levels = [[root]]
    while rest:
        slots = 2 * len(levels[-1])  # two children for each node of the level above
        children, rest = [value for value in rest[:slots] if value is not None], rest[slots:]
        if not children:
            break
        levels.append(children)
    if rest:
        raise ValueError(f"tree must not have more entries than children, got {rest} below an empty level")
    return levels


def _edges(edges: Any, n: int) -> list[list[int]]:
    """Pairs of nodes 0 to n - 1."""
    pairs = [checks.integer_list(edge, f"edges[{i}]") for i, edge in enumerate(checks.items(edges, "edges", empty=True))]
    for pair in pairs:
        if len(pair) != 2:
            raise ValueError(f"edges must be pairs of nodes, got {pair}")
        for end in pair:
            _node(end, "edges", n)
    return pairs


def _node(value: Any, name: str, n: int) -> int:
    node = checks.integer(value, name)
    if not 0 <= node < n:
        raise ValueError(f"{name} must name nodes in 0..{n - 1}, got {node}")
    return node


@kernel()
def topological_order_kahn(n: int, edges: Sequence[Sequence[int]]) -> list[int] | None:
    r"""An order of the nodes in which every edge points forward, by Kahn's method.

    $$\text{take a node without incoming edges, remove it, repeat: }O(V+E);\qquad|\text{order}|<V\iff\text{cycle}$$

    Args:
        n: the number of nodes, at least 0.
        edges: pairs [u, v] that want u before v, shape (e, 2), e >= 0; repeated pairs are allowed.

    Returns:
        The order that takes the smallest free node first, and so the lexicographically smallest of all; None where
        there is a cycle, for instance an edge from a node to itself.

    Raises:
        ValueError: n < 0, an edge names a node outside 0..n-1 or is not a pair of integers.

    Source: Kahn, Topological sorting of large networks, Communications of the ACM 5 (1962).

    >>> topological_order_kahn(4, [[3, 1], [1, 0], [3, 2]])
    [3, 1, 0, 2]
    >>> topological_order_kahn(2, [[0, 1], [1, 1]]) is None
    True
    """
    n = checks.count(n, "n", least=0)
    successors: list[list[int]] = [[] for _ in range(n)]
    incoming = [0] * n
    for u, v in _edges(edges, n):
        successors[u].append(v)
        incoming[v] += 1
    free = [node for node in range(n) if incoming[node] == 0]
    heapify(free)
    order = []
    while free:
        node = heappop(free)
        order.append(node)
        for successor in successors[node]:
            incoming[successor] -= 1
            if incoming[successor] == 0:
                heappush(free, successor)
    return order if len(order) == n else None


@kernel()
def bfs_shortest_path(n: int, edges: Sequence[Sequence[int]], s: int, t: int, directed: bool = False) -> int | None:
    r"""How many edges the shortest path between two nodes has, by breadth-first search.

    $$d(s)=0,\qquad d(v)=d(u)+1\ \text{ when }u\text{ is the first to reach }v\qquad O(V+E)$$

    Args:
        n: the number of nodes, at least 1.
        edges: pairs [u, v] of nodes, shape (e, 2), e >= 0.
        s: the start.
        t: the goal.
        directed: False lets every edge be walked both ways, True only from u to v.

    Returns:
        The number of edges; 0 for s = t, None where there is no path.

    Raises:
        ValueError: n < 1, a node outside 0..n-1, an edge is not a pair of integers, directed is not True or False.

    Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms (4th ed., 2022), section 20.2.

    >>> bfs_shortest_path(5, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0]], s=0, t=3)
    2
    >>> bfs_shortest_path(5, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0]], s=0, t=3, directed=True)
    3
    """
    n = checks.count(n, "n")
    s, t = _node(s, "s", n), _node(t, "t", n)
    neighbours: list[list[int]] = [[] for _ in range(n)]
    both = not checks.flag(directed, "directed")
    for u, v in _edges(edges, n):
        neighbours[u].append(v)
        if both:
            neighbours[v].append(u)
    distance = {s: 0}
    queue = deque([s])
    while queue and t not in distance:
        u = queue.popleft()
        for v in neighbours[u]:
            if v not in distance:
                distance[v] = distance[u] + 1
                queue.append(v)
    return distance.get(t)
