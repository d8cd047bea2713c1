"""What agents around a language model compute: exact arithmetic, tree search, votes."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.registry import Record, kernel

LARGEST_EXPONENT = 10_000
"""A literal such as 1e999999999 is short, and its product written out is not."""


@kernel()
def exact_product(a: str, b: str) -> str:
    r"""The product of two decimal numbers, exact to the last digit: what a calculator tool returns to a model.

    $$a\cdot b\text{ in exact decimal arithmetic}$$

    Binary floats cannot hold 17.3 or 284.9, so their product prints as 4928.7699999999995; decimals multiply as on paper.

    Args:
        a: the first factor as a decimal literal, such as "17.3", "-4" or "2.5e3"; its exponent at most 10000 in size.
        b: the second factor, likewise.

    Returns:
        The product as a decimal literal without an exponent and without trailing zeros: "3", not "3.0".

    Raises:
        ValueError: a factor is not a string, not a finite decimal literal, or its exponent is too large to be written out.

    Source: Knuth, The Art of Computer Programming, vol. 2 (3rd ed., 1997), section 4.3.1, algorithm M.

    >>> exact_product("17.3", "284.9")
    '4928.77'
    >>> 17.3 * 284.9
    4928.7699999999995
    """
    x, y = _decimal(a, "a"), _decimal(b, "b")
    digits = len(x.as_tuple().digits) + len(y.as_tuple().digits)
    product = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN).multiply(x, y)
    if not product:
        return "0"
    written = format(product, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def _decimal(value: str, name: str) -> Decimal:
    try:
        number = Decimal(checks.text(value, name))
    except InvalidOperation:
        raise ValueError(f"{name} must be a decimal literal, got {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"{name} must be finite, got {value!r}")
    exponent = number.as_tuple().exponent
    if max(abs(int(exponent)), abs(number.adjusted())) > LARGEST_EXPONENT:
        raise ValueError(f"{name} must have an exponent of at most {LARGEST_EXPONENT} in size, got {value!r}")
    return number


@kernel()
def ucb_score(value_sum: float, visits: int, parent_visits: int, c: float = 1.4) -> float:
    r"""The upper confidence bound by which a tree search picks a child: its average so far plus a bonus for being little tried.

    $$\mathrm{UCB}=\frac Wn+c\sqrt{\frac{\ln N}n}$$

    Args:
        value_sum: W, the SUM of the rewards seen below the child; passing their average is the classic bug.
        visits: n, how often the child was visited.
        parent_visits: N, how often its parent was visited, at least 1 and at least n.
        c: the weight of exploration; sqrt(2), about 1.4, is UCB1's constant for rewards in [0, 1].

    Returns:
        The score; inf for a child that was never visited, and without bonus at N = 1.

    Raises:
        ValueError: N < 1, n < 0, n > N, an argument is NaN or infinite.

    Source: Auer, Cesa-Bianchi and Fischer, Finite-time Analysis of the Multiarmed Bandit Problem (2002), figure 1; for trees
    Kocsis and Szepesvári, Bandit Based Monte-Carlo Planning (2006).

    >>> round(ucb_score(2.7, 3, 10), 4)
    2.1265
    """
    total = checks.number(value_sum, "value_sum")
    N = checks.count(parent_visits, "parent_visits")
    n = checks.count(visits, "visits", least=0)
    c = checks.number(c, "c")
    if n > N:
        raise ValueError(f"visits must be at most parent_visits, got {n} and {N}")
    return _ucb(total, n, N, c)


def _ucb(total: float | Fraction, n: int, N: int, c: float) -> float:
    if n == 0:
        return math.inf
    return float(total / n) + c * math.sqrt(math.log(N) / n)


@kernel()
def mcts_backup(path: Sequence[Mapping[str, Any]], reward: float) -> list[Record]:
    r"""The last step of a round of Monte Carlo tree search: the reward is added to every node on the path, the root included.

    $$n\leftarrow n+1,\qquad W\leftarrow W+r\qquad\text{for every node on the path}$$

    Args:
        path: the nodes from the root to the one that was evaluated, each a dict with ``W``, the sum of rewards so far, and
            ``n``, the visits so far; a ``mean`` may stand beside them and is not read.
        reward: r, the value found at the end of the path; a terminal node visited again counts again.

    Returns:
        The nodes after the update, in the same order, each with ``W``, ``n`` and ``mean`` = W/n.

    Raises:
        ValueError: the path is empty, a node lacks W or n or has another key, n < 0, a number is NaN or infinite.

    Source: Browne et al., A Survey of Monte Carlo Tree Search Methods (2012), algorithm 2, function Backup.

    >>> mcts_backup([{"W": 1.0, "n": 2}, {"W": 0.5, "n": 1}], 0.25)
    [Record(W=1.25, n=3, mean=0.4166666666666667), Record(W=0.75, n=2, mean=0.375)]
    """
    r = checks.number(reward, "reward")
    updated = []
    for index, item in enumerate(checks.items(path, "path")):
        node = checks.mapping(item, f"path[{index}]", required=("W", "n"), optional=("mean",))
        n = checks.count(node["n"], f"path[{index}]['n']", least=0) + 1
        W = checks.number(node["W"], f"path[{index}]['W']") + r
        updated.append(Record(W=W, n=n, mean=W / n))
    return updated


@kernel(fields=("visits", "value_sum", "best_child", "trace"))
def mcts_search(children: Sequence[Sequence[int]], value: ArrayLike, iterations: int, c: float = 1.4) -> Record:
    r"""Monte Carlo tree search with UCB selection on a given tree whose nodes have fixed values, such as a process reward.

    $$\text{from the root: the child with the largest }\frac Wn+c\sqrt{\frac{\ln N_{\text{parent}}}n}\quad(n=0:\ +\infty)$$

    until a node without visits or without children is reached; its value is then added along the path, the root included. A node
    without children is evaluated again at each visit. Every node starts with n = 0 and W = 0. A node whose parent was visited and
    that was itself not scores infinity, so the children of a node are first tried in order.

    The sums are kept exactly, of the values as they print: children whose means tie on paper tie here, too.

    Args:
        children: ``children[i]`` lists the children of node i; node 0 is the root.
        value: shape (n,), the score of each node; that of the root is never used.
        iterations: the number of rounds, at least 1.
        c: the weight of exploration, at least 0.

    Returns:
        visits: how often each node was visited, shape (n,); the root ``iterations`` times.
        value_sum: the sum of the rewards that passed through each node, shape (n,).
        best_child: the most visited child of the root, of equals the one of lowest index.
        trace: one entry a round, with the ``path`` from the root to the node that was evaluated, its ``reward``, and ``scores``:
            for each choice on the path the scores that the children had, in the order of ``children``.

    Raises:
        ValueError: iterations < 1, c < 0, the root has no children, an index is outside 0..n-1, a node has two parents, the root
            has one, ``value`` has another length, a value is NaN or infinite.

    Source: Kocsis and Szepesvári, Bandit Based Monte-Carlo Planning (2006), section 2; Browne et al., A Survey of Monte Carlo
    Tree Search Methods (2012), algorithm 2.

    >>> found = mcts_search([[1, 2], [], []], [0, 0.9, 0.2], iterations=3)
    >>> found.visits.tolist(), found.best_child, found.trace[2].path
    ([3, 2, 1], 1, [0, 1])
    >>> [round(score, 3) for score in found.trace[2].scores[0]]
    [2.066, 1.366]
    """
    tree = _tree(children)
    values = checks.vector(value, "value")
    checks.shape(values, "value", (len(tree),))
    rounds = checks.count(iterations, "iterations")
    c = checks.number(c, "c", least=0)
    n, W = [0] * len(tree), [Fraction(0)] * len(tree)
    trace = []
    for _ in range(rounds):
        path, scores = [0], []
        while tree[path[-1]] and (path == [0] or n[path[-1]] > 0):
            here = path[-1]
            scores.append([_ucb(W[child], n[child], n[here], c) for child in tree[here]])
            best = max(scores[-1])
            path.append(min(child for child, score in zip(tree[here], scores[-1], strict=True) if score == best))
        reward = float(values[path[-1]])
        for node in path:
            n[node] += 1
            W[node] += Fraction(repr(reward))
        trace.append(Record(path=path, reward=reward, scores=scores))
    best_child = max(sorted(tree[0]), key=lambda child: n[child])
    sums = np.array([float(total) for total in W])
    return Record(visits=np.array(n), value_sum=sums, best_child=best_child, trace=trace)


def _tree(children: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = checks.items(children, "children")
    tree = [[int(child) for child in checks.integers(row, f"children[{i}]", empty=True)] for i, row in enumerate(rows)]
    if not tree[0]:
        raise ValueError("children[0] must not be empty: the root needs a child")
    parent: dict[int, int] = {}
    for node, row in enumerate(tree):
        for child in row:
            if not 0 <= child < len(tree):
                raise ValueError(f"children[{node}] must hold indices from 0 to {len(tree) - 1}, got {child}")
            if child == 0:
                raise ValueError(f"children[{node}] must not hold 0: the root has no parent")
            if child in parent:
                raise ValueError(f"children must give each node one parent, got {parent[child]} and {node} for node {child}")
            parent[child] = node
    return tree


@kernel(fields=("winner", "counts"))
def majority_vote(answers: Sequence[str]) -> Record:
    r"""Self-consistency: sample a model several times and keep the answer given most often.

    $$\hat a=\arg\max_a\#\{i:a_i=a\}$$

    Args:
        answers: the sampled answers, compared letter by letter; at least one. Samples from one model are not independent.

    Returns:
        winner: the answer given most often; of equals the one that appears first.
        counts: how often each answer was given, in the order of first appearance.

    Raises:
        ValueError: no answers, an answer is not a string.

    Source: Wang et al., Self-Consistency Improves Chain of Thought Reasoning in Language Models (2023), section 2.

    >>> majority_vote(["408", "400", "408"])
    Record(winner='408', counts={'408': 2, '400': 1})
    """
    votes = [checks.text(a, f"answers[{i}]", empty=True) for i, a in enumerate(checks.items(answers, "answers"))]
    counts = Counter(votes)
    return Record(winner=max(counts, key=lambda answer: counts[answer]), counts=dict(counts))


@kernel()
def majority_vote_accuracy(p: float, n: int) -> float:
    r"""How often the majority of n independent voters is right when each is right with probability p and there are two answers.

    $$P(\text{correct})=\sum_{k>n/2}\binom nkp^k(1-p)^{n-k},\qquad n=3:\ p^2(3-2p)$$

    With p < 1/2 more voters make it worse, at p = 1/2 they change nothing. Samples from one model are not independent, so for them
    this is an upper estimate.

    Args:
        p: the probability that one voter is right, in [0, 1].
        n: the number of voters, odd, so that there is no tie.

    Returns:
        The probability that more than half are right: the exact sum, rounded once.

    Raises:
        ValueError: n is even or below 1, p outside [0, 1].

    Source: Boland, Majority Systems and the Condorcet Jury Theorem, The Statistician 38 (1989).

    >>> round(majority_vote_accuracy(0.6, 5), 5)
    0.68256
    """
    p, n = checks.probability(p, "p"), checks.count(n, "n")
    if n % 2 == 0:
        raise ValueError(f"n must be odd, so that there is no tie, got {n}")
    a, b = p.as_integer_ratio()  # p = a/b exactly: integers neither overflow nor underflow, however many voters there are
    won = sum(math.comb(n, k) * a**k * (b - a) ** (n - k) for k in range(n // 2 + 1, n + 1))
    return float(won / b**n)
