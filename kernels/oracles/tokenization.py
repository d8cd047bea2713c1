"""Second ways to the kernels of byte-pair encoding."""

import itertools
import re
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from kernels.oracles.registry import oracle

GAP = "\x00"
"""What stands between two symbols in a word written as one string."""


def _joined(pair: Sequence[str], word: str) -> str:
    """The word with every occurrence of the pair joined, by a regular expression on whole symbols."""
    pattern = f"(?<={GAP}){re.escape(pair[0])}{GAP}{re.escape(pair[1])}(?={GAP})"
    return re.sub(pattern, lambda match: match.group().replace(GAP, ""), word)


def _spaced(word: str, eow: str) -> str:
    return GAP + "".join(f"{character}{GAP}" for character in word) + eow + GAP


@oracle("bpe_train")
def bpe_train_strings(word_counts: Mapping[str, int], merges: int, eow: str = "_") -> dict[str, Any]:
    """On strings with gaps: each distinct pair is searched for in a corpus that repeats every word as often as it occurs."""
    spelled = {word: _spaced(word, eow) for word in word_counts}
    learned: list[list[str]] = []
    while len(learned) < merges:
        corpus = "".join(spelled[word] * count for word, count in word_counts.items())
        symbols = [[symbol for symbol in spelled[word].split(GAP) if symbol] for word, count in word_counts.items() if count]
        pairs = {pair for word in symbols for pair in itertools.pairwise(word)}
        if not pairs:
            break
        # A look-ahead counts overlapping occurrences, too. Two gaps part two words, so no pair crosses from one to the next.
        found = {pair: len(re.findall(f"(?={GAP}{re.escape(pair[0])}{GAP}{re.escape(pair[1])}{GAP})", corpus)) for pair in pairs}
        most = max(found.values())
        best = sorted(pair for pair in pairs if found[pair] == most)[0]
        learned.append(list(best))
        spelled = {word: _joined(best, text) for word, text in spelled.items()}
    return {"merges": learned, "segmented": {word: text.strip(GAP).split(GAP) for word, text in spelled.items()}}


def _grow(word: str, merges: Sequence[Sequence[str]], eow: str = "_") -> bool:
    """Whether no merge makes a symbol that an earlier or the same one asks for: true of all lists that were learned."""
    return all("".join(merges[j]) not in merges[i] for i in range(len(merges)) for j in range(i, len(merges)))


@oracle("bpe_encode", applies=_grow)
def bpe_encode_passes(word: str, merges: Sequence[Sequence[str]], eow: str = "_") -> list[str]:
    """One pass through the merges in their order, on a string with gaps; enough where no merge prepares an earlier one."""
    text = _spaced(word, eow)
    for pair in merges:
        text = _joined(pair, text)
    return text.strip(GAP).split(GAP)


@oracle("bpe_encode")
def bpe_encode_heap(word: str, merges: Sequence[Sequence[str]], eow: str = "_") -> list[str]:
    """A heap of places, lowest rank and leftmost first, over linked symbols, as fast tokenizers work.

    They would take up a new pair of lower rank at once; here it waits until the merges of the present rank are done.
    """
    rank = {(left, right): index for index, (left, right) in reversed(list(enumerate(merges)))}
    symbols: list[str | None] = [*word, eow]

    def neighbour(at: int, step: int) -> int | None:
        at += step
        while 0 <= at < len(symbols) and symbols[at] is None:
            at += step
        return at if 0 <= at < len(symbols) else None

    def candidate(at: int | None) -> tuple[int, int] | None:
        after = None if at is None else neighbour(at, 1)
        if at is None or after is None:
            return None
        here, there = symbols[at], symbols[after]
        return (rank[here, there], at) if here and there and (here, there) in rank else None

    heap = [place for at in range(len(symbols)) if (place := candidate(at))]
    heapify(heap)
    while heap:
        present, waiting = heap[0][0], []
        while heap and heap[0][0] == present:
            place = heappop(heap)
            at = place[1]
            if symbols[at] is None or candidate(at) != place:
                continue  # overtaken by a merge to the left
            after = neighbour(at, 1)
            assert after is not None
            symbols[at], symbols[after] = f"{symbols[at]}{symbols[after]}", None
            waiting += [place for where in (neighbour(at, -1), at) if (place := candidate(where))]
        for place in waiting:
            heappush(heap, place)
    return [symbol for symbol in symbols if symbol is not None]
