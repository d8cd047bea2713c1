"""Second ways to the kernels of decoding and sampling: exact fractions, enumeration, torch."""

import heapq
import itertools
import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle

Table = Mapping[str, Mapping[str, float]]


@oracle("top_k_filter")
def top_k_filter_fractions(probs: Any, k: int) -> list[float]:
    """A token is kept if fewer than k are ahead of it (likelier, or as likely with a lower index); exact fractions."""
    p = [Fraction(float(entry)) for entry in probs]
    kept = [sum((-q, j) < (-p[i], i) for j, q in enumerate(p)) < k for i in range(len(p))]
    total = sum(entry for entry, keep in zip(p, kept, strict=True) if keep)
    return [float(entry / total) if keep else 0.0 for entry, keep in zip(p, kept, strict=True)]


@oracle("top_k_filter", needs=("torch",), applies=lambda probs, k: len(set(map(float, probs))) == len(probs))
def top_k_filter_torch(probs: Any, k: int) -> Any:
    """``torch.topk``, normalised by ``torch.nn.functional.normalize``; where no two are equal, as it leaves ties open."""
    import torch

    p = torch.tensor(np.asarray(probs, dtype=float))
    values, indices = torch.topk(p, min(k, len(p)))
    return torch.nn.functional.normalize(torch.zeros_like(p).scatter(0, indices, values), p=1, dim=0).numpy()


@oracle("top_p_filter")
def top_p_filter_decimals(probs: Any, p: float, boundary: str = "ge") -> dict[str, Any]:
    """A token is kept if those ahead of it do not reach p (gt: do not exceed it); exact sums of the decimals as written."""
    written = [Decimal(repr(float(entry))) for entry in probs]
    target, kept = Decimal(repr(float(p))), []
    for i, entry in enumerate(written):
        ahead = sum(Fraction(q) for j, q in enumerate(written) if (-q, j) < (-entry, i))
        if entry > 0 and (p == 1 or ahead < target or (boundary == "gt" and ahead == target)):
            kept.append(i)
    total = sum(Fraction(written[i]) for i in kept)
    return {"probs": [float(Fraction(q) / total) if i in kept else 0.0 for i, q in enumerate(written)], "kept": kept}


def _off_the_boundary(probs: Any, p: float, boundary: str = "ge") -> bool:
    """Whether sums in binary floats cannot land on the wrong side of p."""
    return bool((np.abs(np.cumsum(np.sort(np.asarray(probs, dtype=float))[::-1]) - p) > 1e-9).all())


@oracle("top_p_filter", needs=("torch",), applies=_off_the_boundary)
def top_p_filter_torch(probs: Any, p: float, boundary: str = "ge") -> dict[str, Any]:
    """``torch.sort`` and ``torch.cumsum``, as programs with torch do it."""
    import torch

    values, order = torch.sort(torch.tensor(np.asarray(probs, dtype=float)), descending=True, stable=True)
    kept = order[(values.cumsum(0) - values < p) & (values > 0)].sort().values
    result = torch.zeros_like(values).scatter(0, kept, torch.tensor(np.asarray(probs, dtype=float))[kept])
    return {"probs": (result / result.sum()).numpy(), "kept": kept.numpy()}


def _chance(table: Table, sequence: tuple[str, ...]) -> Fraction:
    """The exact probability of a sequence, start symbol included."""
    return math.prod((Fraction(str(float(table[a].get(b, 0)))) for a, b in itertools.pairwise(sequence)), start=Fraction(1))


def _judged(table: Table, sequence: tuple[str, ...], alpha: float) -> dict[str, Any]:
    """A sequence with its log probability and its score."""
    logprob = math.fsum(math.log(table[a][b]) for a, b in itertools.pairwise(sequence))
    return {"sequence": list(sequence), "logprob": logprob, "score": logprob / (len(sequence) - 1) ** alpha}


def _winner(table: Table, pool: list[tuple[str, ...]], alpha: float) -> dict[str, Any]:
    """The best of the pool, the first of equals: by score, but exactly where lengths are equal or scores tie."""
    best, *others = sorted(pool)
    for sequence in others:
        old, new = _chance(table, best), _chance(table, sequence)
        if alpha == 0 or len(sequence) == len(best):
            better = new > old
        else:
            better = not _tie(old, len(best) - 1, new, len(sequence) - 1, alpha) and (
                _judged(table, sequence, alpha)["score"] > _judged(table, best, alpha)["score"]
            )
        best = sequence if better else best
    return _judged(table, best, alpha)


def _tie(P: Fraction, m: int, Q: Fraction, n: int, alpha: float) -> bool:
    """Whether ln P / m**alpha = ln Q / n**alpha, without a logarithm.

    The quotient of two logarithms of fractions is rational or transcendental (Gelfond and Schneider), and (m/n)**alpha is algebraic
    for a rational alpha. So they can only be equal where (m/n)**alpha is a fraction r/s, and then they are where P**s = Q**r. If P
    and Q are not 1, that makes P an r-th power, so r is not above the bits of P; nor s above those of Q.
    """
    if P == 1 or Q == 1:
        return P == Q
    power, ratio = Fraction(str(float(alpha))), Fraction(m, n)
    bits = max(P.denominator.bit_length(), Q.denominator.bit_length())
    roots = [_root(part, power.denominator) for part in (ratio.numerator, ratio.denominator)]
    if None in roots or any(root != 1 and power.numerator > bits for root in roots):
        return False
    r, s = (int(root or 0) ** power.numerator for root in roots)
    return max(r, s) <= bits and bool(P**s == Q**r)


def _root(number: int, degree: int) -> int | None:
    """The whole root of that degree; None where there is none."""
    able = range(1, number + 1) if degree <= number.bit_length() else (1,)
    return next((root for root in able if root**degree == number), None)


def _enumerable(table: Table, beam: int, max_len: int, **_: Any) -> bool:
    """Whether all strings can be looked at, and looked for among the live ones."""
    strings = (len(set().union(*table.values())) + 1) ** min(max_len, 64)
    return bool(strings * min(beam, strings) <= 1_000_000)


@oracle("beam_search", applies=_enumerable)
def beam_search_by_length(
    table: Table, beam: int, max_len: int, bos: str = "<s>", eos: str = "</s>", length_penalty: float = 0
) -> dict[str, Any]:
    """For each length all strings over the vocabulary; those whose beginning is alive are ranked by exact chance."""
    vocabulary = sorted({bos, eos}.union(*table.values()))
    live: list[tuple[str, ...]] = [(bos,)]
    pool: list[tuple[str, ...]] = []
    trace = []
    for length in range(1, max_len + 1):
        strings: list[tuple[str, ...]] = [(bos, *tail) for tail in itertools.product(vocabulary, repeat=length)]
        able = [string for string in strings if string[:-1] in live and _chance(table, string) > 0]
        if not able:
            break
        kept = heapq.nsmallest(beam, able, key=lambda string: (-_chance(table, string), string))
        trace.append(
            [
                {"tokens": list(string), "logprob": _judged(table, string, 0)["logprob"], "finished": string[-1] == eos}
                for string in kept
            ]
        )
        pool += [string for string in kept if string[-1] == eos]
        live = [string for string in kept if string[-1] != eos]
    return {**_winner(table, pool or live, length_penalty), "trace": trace}


def _whole(table: Table, beam: int, max_len: int, **_: Any) -> bool:
    """Whether the beam holds every string, and they are not too many."""
    return bool(min(beam, 100_000) >= len(set().union(*table.values())) ** min(max_len, 64))


@oracle("beam_search", applies=_whole)
def beam_search_exhaustive(
    table: Table, beam: int, max_len: int, bos: str = "<s>", eos: str = "</s>", length_penalty: float = 0
) -> dict[str, Any]:
    """A beam that holds everything finds the best of all strings that end; depth first."""
    finished: list[tuple[str, ...]] = []
    unfinished: list[tuple[str, ...]] = []
    stack: list[tuple[str, ...]] = [(bos,)]
    while stack:
        string = stack.pop()
        if len(string) > 1 and string[-1] == eos:
            finished.append(string)
        elif len(string) > max_len:
            unfinished.append(string)
        else:
            stack += [(*string, token) for token, p in table[string[-1]].items() if p > 0]
    return _winner(table, finished or unfinished, length_penalty)


@oracle("beam_search", applies=lambda beam, **_: beam == 1)
def beam_search_greedy(
    table: Table, beam: int, max_len: int, bos: str = "<s>", eos: str = "</s>", length_penalty: float = 0
) -> dict[str, Any]:
    """A beam of 1 takes the likeliest token each time."""
    string: tuple[str, ...] = (bos,)
    while len(string) <= max_len and (len(string) == 1 or string[-1] != eos):
        row = table[string[-1]]
        string = (*string, min(token for token in row if row[token] == max(row.values())))
    return _judged(table, string, length_penalty)


@oracle("length_normalized_score", needs=("mpmath",))
def length_normalized_score_digits(logprob: float, length: int, alpha: float, kind: str) -> float:
    """Through the logarithm of the penalty, with 30 digits."""
    import mpmath

    with mpmath.workdps(30):
        base = mpmath.mpf(length) if kind == "power" else mpmath.mpf(5 + length) / 6
        return float(logprob * mpmath.exp(-mpmath.mpf(alpha) * mpmath.log(base)))


@oracle("length_normalized_score", needs=("torch",))
def length_normalized_score_torch(logprob: float, length: int, alpha: float, kind: str) -> float:
    """``torch.pow`` in float64 with the exponent negated."""
    import torch

    base = torch.tensor(length if kind == "power" else (5 + length) / 6, dtype=torch.float64)
    return float(logprob * torch.pow(base, -alpha))
