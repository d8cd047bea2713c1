"""Random arguments for the kernels of byte-pair encoding."""

from typing import Any

from hypothesis import strategies as st

words = st.one_of(st.text("ab.", min_size=1, max_size=9), *(st.text("ab", min_size=n, max_size=10) for n in (4, 7)))
"""Few letters, so that pairs repeat and overlap; a dot, which means something else to a regular expression."""
ends = st.sampled_from(["_", "$", "</w>"])
corpora = st.dictionaries(words, st.integers(0, 4), min_size=1, max_size=5).filter(lambda counts: any(counts.values()))


@st.composite
def grown(draw: st.DrawFn) -> list[list[str]]:
    """Merges as they are learned: each joins symbols that are there already."""
    symbols, merges = ["a", "b"], []
    for _ in range(draw(st.integers(3, 8))):
        pair = [draw(st.sampled_from(symbols)), draw(st.sampled_from(symbols))]
        if pair not in merges:
            merges.append(pair)
            symbols.append("".join(pair))
    return merges


pieces = st.sampled_from(["a", "b", "ab", "ba", "aa", "bb", "aab", "_", "b_"])


@st.composite
def codes(draw: st.DrawFn) -> dict[str, Any]:
    """Learned merges, and merges in any order, repeated ones included."""
    merges = draw(st.one_of(grown(), st.lists(st.lists(pieces, min_size=2, max_size=2), min_size=3, max_size=9)))
    return {"word": draw(words), "merges": merges} | draw(st.fixed_dictionaries({}, optional={"eow": ends}))


INPUTS = {
    "bpe_train": st.fixed_dictionaries(
        {"word_counts": corpora, "merges": st.one_of(st.integers(0, 6), st.just(30))}, optional={"eow": ends}
    ),
    "bpe_encode": codes(),
}
