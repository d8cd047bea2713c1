"""Second ways to the kernels of agents."""

import itertools
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

from kernels.oracles.registry import at_most, oracle


@oracle("exact_product")
def exact_product_fractions(a: str, b: str) -> str:
    """A product of two fractions, its digits written by shifting the decimal point until a whole number stands there."""
    product, places = Fraction(a) * Fraction(b), 0
    while product.denominator != 1:
        product, places = product * 10, places + 1
    digits = str(abs(product.numerator)).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if product < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


@oracle("ucb_score", needs=("mpmath",))
def ucb_score_mpmath(value_sum: float, visits: int, parent_visits: int, c: float = 1.4) -> float:
    """The closed form with 50 digits, the bonus as c times the square root of the logarithm of N to the power 1/n."""
    import mpmath

    if visits == 0:
        return float("inf")
    with mpmath.workdps(50):
        bonus = mpmath.sqrt(mpmath.log(mpmath.root(parent_visits, visits)))
        return float(mpmath.mpf(value_sum) / visits + mpmath.mpf(c) * bonus)


@oracle("mcts_backup")
def mcts_backup_rewards(path: Sequence[Mapping[str, Any]], reward: float) -> list[dict[str, Any]]:
    """Recomputed from a list of rewards for each node: n equal ones that sum to W, and the new one; in exact arithmetic."""
    updated = []
    for node in path:
        n, W = int(node["n"]), Fraction(node["W"])
        rewards = [W / n for _ in range(n)] or [W]
        rewards = [*rewards, Fraction(reward)]
        updated.append({"W": float(sum(rewards)), "n": n + 1, "mean": float(sum(rewards) / (n + 1))})
    return updated


@oracle("mcts_search")
def mcts_search_history(children: Sequence[Sequence[int]], value: Any, iterations: int, c: float = 1.4) -> dict[str, Any]:
    """No statistics are kept: each round recounts them from the list of all earlier rounds, in decimals of 50 digits."""
    with localcontext(Context(prec=50)):
        rounds: list[tuple[list[int], Decimal]] = []

        def rewards(node: int) -> list[Decimal]:
            return [reward for path, reward in rounds if node in path]

        def score(node: int, parent: int) -> Decimal:
            mine, all_of_them = rewards(node), rewards(parent)
            if not mine:
                return Decimal("inf")
            n = Decimal(len(mine))
            return sum(mine, Decimal(0)) / n + Decimal(float(c)) * (Decimal(len(all_of_them)).ln() / n).sqrt()

        def descend(node: int) -> list[tuple[int, list[Decimal]]]:
            if not children[node] or (node != 0 and not rewards(node)):
                return [(node, [])]
            scores = {int(child): score(int(child), node) for child in children[node]}
            best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[0][0]
            return [(node, list(scores.values())), *descend(best)]

        trace = []
        for _ in range(iterations):
            steps = descend(0)
            path = [node for node, _ in steps]
            reward = Decimal(repr(float(value[path[-1]])))
            rounds.append((path, reward))
            scores = [[float(s) for s in level] for _, level in steps if level]
            trace.append({"path": path, "reward": float(reward), "scores": scores})
        visits = [len(rewards(node)) for node in range(len(children))]
        return {
            "visits": visits,
            "value_sum": [float(sum(rewards(node), Decimal(0))) for node in range(len(children))],
            "best_child": min(children[0], key=lambda child: (-visits[child], child)),
            "trace": trace,
        }


@oracle("majority_vote")
def majority_vote_sorted(answers: Sequence[str]) -> dict[str, Any]:
    """Sort the votes and measure the runs; a tie is settled by the position of the first vote."""
    runs = {answer: len(list(run)) for answer, run in itertools.groupby(sorted(answers))}
    winner = sorted(runs, key=lambda answer: (-runs[answer], list(answers).index(answer)))[0]
    return {"winner": winner, "counts": {answer: runs[answer] for answer in answers}}


@oracle("majority_vote_accuracy", applies=at_most(51, "n"))
def majority_vote_accuracy_walk(p: float, n: int) -> float:
    """One voter at a time, in fractions: the distribution of the number of right votes is carried along, no binomials."""
    q = Fraction(p)
    distribution = [Fraction(1)]
    for _ in range(n):
        gained = [Fraction(0), *(mass * q for mass in distribution)]
        stayed = [*(mass * (1 - q) for mass in distribution), Fraction(0)]
        distribution = [a + b for a, b in zip(gained, stayed, strict=True)]
    return float(sum(mass for k, mass in enumerate(distribution) if 2 * k > n))


@oracle("majority_vote_accuracy", needs=("scipy",), steps=lambda p, n: n)
def majority_vote_accuracy_scipy(p: float, n: int) -> float:
    """The survival function of ``scipy.stats.binom``, an incomplete beta integral, whose expansions run over about n terms."""
    from scipy.stats import binom

    return float(binom.sf(n // 2, n, p))
