"""From next-token probabilities to text: filters, beam search, and how it scores lengths."""

import math
from collections.abc import Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel

Boundary = Literal["ge", "gt"]
LengthPenalty = Literal["power", "gnmt"]


@kernel()
def top_k_filter(probs: ArrayLike, k: int) -> Array:
    r"""Keep the k likeliest tokens and share the probability among them.

    $$p'_i\propto p_i\,\mathbf 1[i\in\mathrm{top}\text{-}k]$$

    Args:
        probs: probabilities of the tokens, shape (V,); logits go through a softmax first.
        k: how many are kept, at least 1; 1 is greedy, V and more change nothing. At a tie the lower index is kept.

    Returns:
        Probabilities, shape (V,), 0 for what is dropped.

    Raises:
        ValueError: k < 1, probs is no probability vector.

    Source: Fan, Lewis and Dauphin, Hierarchical Neural Story Generation (2018), section 5.4.

    >>> top_k_filter([0.1, 0.6, 0.3], k=2).round(4)
    array([0.    , 0.6667, 0.3333])
    """
    p, k = checks.distribution(probs, "probs"), checks.count(k, "k")
    if k >= p.size:
        return p.copy()
    kept = np.argsort(-p, kind="stable")[:k]  # stable: at a tie the lower index stays in front
    return _renormalised(p, kept)


def _renormalised(p: Array, kept: Any) -> Array:
    """The kept probabilities, scaled to sum to 1, and 0 elsewhere."""
    result = np.zeros_like(p)
    result[kept] = p[kept] / p[kept].sum()
    return result


@kernel(fields=("probs", "kept"))
def top_p_filter(probs: ArrayLike, p: float, boundary: Boundary = "ge") -> Record:
    r"""Nucleus sampling: keep the fewest likeliest tokens that together reach the probability p.

    $$S=\text{smallest prefix, likeliest first, with }\sum_{i\in S}p_i\ge p\ (\text{gt}:\ >p),\quad p'_i=\frac{p_i}{\sum_{S}p}$$

    Sums are compared as the decimals that the numbers are written as, since in binary 0.1 + 0.2 exceeds 0.3.

    Args:
        probs: probabilities of the tokens, shape (V,); logits go through a softmax first. Of equals the lower index is first.
        p: the probability to reach, above 0 and at most 1; 1 keeps every token whose probability is not 0.
        boundary: whether the sum must reach p (ge, as in the paper) or exceed it (gt: one token more where the sum hits p).

    Returns:
        probs: probabilities, shape (V,), 0 for what is dropped.
        kept: the indices of what is kept, rising; at least one.

    Raises:
        ValueError: p outside (0, 1], probs is no probability vector.

    Source: Holtzman et al., The Curious Case of Neural Text Degeneration (2020), section 3.1, equations 2 and 3.

    >>> top_p_filter([0.1, 0.2, 0.7], p=0.9)
    Record(probs=array([0.        , 0.22222222, 0.77777778]), kept=array([1, 2]))
    >>> top_p_filter([0.1, 0.2, 0.7], p=0.9, boundary="gt").kept
    array([0, 1, 2])
    """
    q, p = checks.distribution(probs, "probs"), checks.probability(p, "p", zero=False)
    checks.word(boundary, "boundary", get_args(Boundary))
    kept: list[int] = []
    total, target = Fraction(0), _written(p)
    for i in sorted(np.flatnonzero(q), key=lambda i: (-q[i], i)):
        if p < 1 and (total >= target if boundary == "ge" else total > target):
            break
        kept.append(int(i))
        total += _written(q[i])
    return Record(probs=_renormalised(q, sorted(kept)), kept=np.array(sorted(kept)))


def _written(x: float) -> Fraction:
    """The shortest decimal that is read as this float, exactly: 1/10 for 0.1."""
    return Fraction(repr(float(x)))


@kernel(fields=("sequence", "logprob", "score", "trace"))
def beam_search(
    table: Mapping[str, Mapping[str, float]],
    beam: int,
    max_len: int,
    bos: str = "<s>",
    eos: str = "</s>",
    length_penalty: float = 0,
) -> Record:
    r"""Search for the likeliest sequence of a bigram model, keeping a few prefixes at a time.

    Each step extends all live prefixes by one token and keeps the best extensions. The finished ones among them move to a pool, and
    take no place in the next step. It ends with no live prefix, or after max_len tokens; the best in the pool wins, or, if nothing
    finished, the best prefix. A beam of 1 is greedy; a beam of all sequences is exhaustive. Probabilities are multiplied as the
    decimals that they are written as, and scores are compared to fifty digits, so a tie is a tie, also between lengths; it goes to
    the lexicographically first list of tokens.

    $$\text{keep the top }k\text{ of }\log P(y_{<t})+\log P(v\mid y_{<t}),\quad \text{score}=\frac{\log P(y)}{|y|^\alpha}$$

    Args:
        table: for each token the probabilities of the next one, {token: {next: probability}}.
        beam: how many extensions k are kept, at least 1.
        max_len: how many tokens at most follow bos, at least 1.
        bos: the token that every sequence starts with.
        eos: the token that ends a sequence; it needs no row in the table.
        length_penalty: the exponent alpha, at least 0; |y| counts the tokens after bos, eos too. It ranks the pool, not the beam.

    Returns:
        sequence: the tokens of the winner, with bos, and with eos if it finished.
        logprob: its log probability, natural.
        score: logprob / |y|^alpha.
        trace: for each step the list of kept extensions, best first, each a record of tokens, logprob and finished.

    Raises:
        ValueError: beam < 1, max_len < 1, length_penalty < 0, a row does not sum to 1, a token has no row.

    Source: Sutskever, Vinyals and Le, Sequence to Sequence Learning with Neural Networks (2014), section 3.2; Wu et al., Google's
    Neural Machine Translation System (2016), section 7, for lengths.

    >>> table = {"<s>": {"a": 0.6, "b": 0.4}, "a": {"c": 0.5, "d": 0.5}, "b": {"d": 1.0}, "c": {"</s>": 1.0}, "d": {"</s>": 1.0}}
    >>> beam_search(table, beam=1, max_len=3).sequence, beam_search(table, beam=2, max_len=3).sequence
    (['<s>', 'a', 'c', '</s>'], ['<s>', 'b', 'd', '</s>'])
    """
    beam, max_len = checks.count(beam, "beam"), checks.count(max_len, "max_len")
    alpha = checks.number(length_penalty, "length_penalty", least=0)
    _check_table(table, bos, eos)
    live: list[tuple[list[str], Fraction]] = [([bos], Fraction(1))]
    pool: list[tuple[list[str], Fraction]] = []
    trace: list[list[Record]] = []
    while live and len(trace) < max_len:
        grown = [([*y, v], P * _written(p)) for y, P in live for v, p in table[y[-1]].items() if p > 0]
        kept = sorted(grown, key=lambda hypothesis: (-hypothesis[1], hypothesis[0]))[:beam]
        trace.append([Record(tokens=y, logprob=_log(P), finished=y[-1] == eos) for y, P in kept])
        pool += [(y, P) for y, P in kept if y[-1] == eos]
        live = [(y, P) for y, P in kept if y[-1] != eos]
    scored = [(length_normalized_score(_log(P), len(y) - 1, alpha, "power"), y, P) for y, P in pool or live]
    score, sequence, P = min(scored, key=lambda found: (-_exactly(found[2], len(found[1]) - 1, alpha), found[1]))
    return Record(sequence=sequence, logprob=_log(P), score=score, trace=trace)


def _check_table(table: Mapping[str, Mapping[str, float]], bos: str, eos: str) -> None:
    """Every row is a distribution, and every token that can be extended has one."""
    for token, row in table.items():
        checks.distribution(list(row.values()), f"table[{token!r}]")
    for token in sorted({bos} | set().union(*table.values()) - {eos}):
        if token not in table:
            raise ValueError(f"table must have a row for every token but {eos!r}, there is none for {token!r}")


def _exactly(P: Fraction, length: int, alpha: float) -> Decimal:
    """The score ln P / length**alpha to fifty digits: log 0.09 / 2 is log 0.3, which floats need not know."""
    with localcontext(Context(prec=80)):
        score = (Decimal(P.numerator).ln() - Decimal(P.denominator).ln()) / Decimal(length) ** Decimal(repr(float(alpha)))
    return Context(prec=50).plus(score)


def _log(P: Fraction) -> float:
    """ln P, also where P is too small for a float."""
    return math.log(P) if P > 1e-300 else math.log(P.numerator) - math.log(P.denominator)


@kernel()
def length_normalized_score(logprob: float, length: int, alpha: float, kind: LengthPenalty) -> float:
    r"""The score of a hypothesis, mended so that a longer one is not worse for its length alone.

    $$\text{power}:\ \frac{\log P}{|y|^\alpha},\qquad \text{gnmt}:\ \frac{\log P}{\left(\frac{5+|y|}6\right)^\alpha}$$

    Args:
        logprob: the log probability of the sequence, at most 0, natural.
        length: its tokens |y| after the start symbol, the end symbol too, at least 1.
        alpha: the exponent; 0 leaves logprob as it is, and 1 makes power the mean over the tokens.
        kind: which of the two forms.

    Returns:
        The score, at most 0; higher is better.

    Raises:
        ValueError: length < 1, logprob > 0, alpha is so large that the penalty overflows or vanishes.

    Source: Wu et al., Google's Neural Machine Translation System (2016), section 7, equation 14.

    >>> length_normalized_score(-6, 13, 1, "gnmt")
    -2.0
    """
    logprob, length = checks.number(logprob, "logprob", most=0), checks.count(length, "length")
    alpha = checks.number(alpha, "alpha")
    checks.word(kind, "kind", get_args(LengthPenalty))
    with np.errstate(over="ignore", under="ignore"):
        penalty = np.power(float(length) if kind == "power" else (5 + length) / 6, alpha)
    return logprob / checks.number(penalty, "the length penalty", above=0)
