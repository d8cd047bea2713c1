"""Random arguments for the kernels of decoding and sampling."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import distributions


@st.composite
def shares(draw: st.DrawFn, n: int, of: int = 20) -> list[float]:
    """n multiples of 1/of that sum to 1, zeros among them, written as decimals."""
    cuts = sorted(draw(st.lists(st.integers(0, of), min_size=n - 1, max_size=n - 1)))
    return [(b - a) / of for a, b in zip([0, *cuts], [*cuts, of], strict=True)]


lengths = st.integers(1, 6)
vectors_of_shares = lengths.flatmap(shares).map(np.array)
probabilities = st.one_of(lengths.flatmap(distributions), vectors_of_shares)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of beam_search: two or three words, chances from a coarse grid (so that ties happen) or a fine one."""
    bos, eos = draw(st.sampled_from([("<s>", "</s>"), ("[", "]"), ("#", "#")]))
    words = ["a", "b", "c"][: draw(st.integers(1, 3))]
    of = draw(st.sampled_from([4, 20, 1000]))

    def row(options: list[str]) -> dict[str, float]:
        return {token: p for token, p in zip(options, draw(shares(len(options), of)), strict=True) if p > 0 or draw(st.booleans())}

    table = {word: row([*words, eos]) for word in words}
    table[bos] = row([*words, eos] if draw(st.booleans()) else words)
    arguments = {"table": table, "beam": draw(st.sampled_from([1, 2, 3, 64])), "max_len": draw(st.integers(1, 3))}
    if bos != "<s>" or draw(st.booleans()):
        arguments |= {"bos": bos, "eos": eos}
    if draw(st.booleans()):
        arguments["length_penalty"] = draw(st.sampled_from([0.0, 0.5, 0.6, 1.0, 2.0]))
    return arguments


@st.composite
def tied(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of beam_search where a sequence ties with one that is twice as long and has the square of its chance."""
    k, (above, below) = draw(st.integers(1, 60)), draw(st.sampled_from([(1, 4), (1, 2), (4, 5), (1, 1)]))
    short = Fraction(k, 100)
    longer = min(short**2 * below / above, 1 - short)
    row = {"</s>": float(short), "b": float(longer), draw(st.sampled_from("az")): float(1 - short - longer)}
    table = {"<s>": row, "b": {"</s>": above / below, "z": float(1 - Fraction(above, below))}, "a": {"a": 1.0}, "z": {"z": 1.0}}
    return {"table": table, "beam": 64, "max_len": 2, "length_penalty": draw(st.sampled_from([0.5, 1.0, 1.0, 2.0]))}


INPUTS = {
    "top_k_filter": probabilities.flatmap(lambda p: st.fixed_dictionaries({"probs": st.just(p), "k": st.integers(1, len(p) + 2)})),
    "top_p_filter": st.fixed_dictionaries(
        {"probs": probabilities, "p": st.one_of(st.integers(1, 20).map(lambda n: n / 20), st.floats(0.01, 1))},
        optional={"boundary": st.sampled_from(["ge", "gt"])},
    ),
    "beam_search": st.one_of(tables(), tied()),
    "length_normalized_score": st.fixed_dictionaries(
        {
            "logprob": st.one_of(st.just(0.0), st.floats(-1e3, -1e-3)),
            "length": st.integers(1, 1000),
            "alpha": st.one_of(st.sampled_from([0.0, 0.6, 1.0]), st.floats(-2, 2)),
            "kind": st.sampled_from(["power", "gnmt"]),
        }
    ),
}
