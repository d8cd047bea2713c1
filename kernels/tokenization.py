"""Byte-pair encoding: learning merges from counted words, and cutting a word with them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from kernels import checks
from kernels.registry import Record, kernel


@kernel(fields=("merges", "segmented"))
def bpe_train(word_counts: Mapping[str, int], merges: int, eow: str = "_") -> Record:
    r"""Byte-pair encoding learns: again and again the pair of neighbouring symbols that is most frequent becomes one symbol.

    $$\text{repeat: merge }\arg\max_{(a,b)}\sum_w c_w\,\#_w(a,b)$$

    Every word begins as its characters and an end-of-word marker, a symbol of its own (some tools attach it to the last letter).
    Counting includes overlaps, as in a a a, where (a, a) counts twice; merging goes from left to right without overlap. It stops
    early when no pair is left.

    Of equally frequent pairs the smallest in the order of code points is merged; subword-nmt takes the largest.

    Args:
        word_counts: how often each word occurs in the corpus.
        merges: how many merges to learn, at most.
        eow: the end-of-word marker, which occurs in no word.

    Returns:
        merges: the merged pairs, in the order in which they were learned.
        segmented: each word as its list of symbols after these merges.

    Raises:
        ValueError: no words or none that occurs, a count below 0 or not whole, an empty word, merges < 0, eow empty or inside a
            word.

    Source: Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units (2016), section 3.2 and
    algorithm 1.

    >>> found = bpe_train({"low": 5, "lower": 2, "newest": 6, "widest": 3}, merges=4)
    >>> found.merges
    [['e', 's'], ['es', 't'], ['est', '_'], ['l', 'o']]
    >>> found.segmented["lower"]
    ['lo', 'w', 'e', 'r', '_']
    """
    counts = _corpus(word_counts)
    words = {word: _symbols(word, "word_counts", eow) for word in counts}
    learned = []
    for _ in range(checks.count(merges, "merges", least=0)):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in words.items():
            for pair in pairwise(symbols):
                pairs[pair] += counts[word]
        frequent = min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
        if frequent is None or pairs[frequent] == 0:
            break
        learned.append(list(frequent))
        words = {word: _merged(symbols, frequent) for word, symbols in words.items()}
    return Record(merges=learned, segmented=words)


@kernel()
def bpe_encode(word: str, merges: Sequence[Sequence[str]], eow: str = "_") -> list[str]:
    r"""Byte-pair encoding cuts a word: the learned merges are applied to it, the one learned first before all others.

    $$\text{while a learned pair is left: merge the pair of lowest rank, wherever it stands}$$

    Not the longest piece wins but the earliest merge. Characters that no merge knows stay as they are; there are no bytes to fall
    back on.

    Args:
        word: the word.
        merges: the learned pairs, the first one first.
        eow: the end-of-word marker, which does not occur in the word.

    Returns:
        The word's symbols; joined they are the word and eow.

    Raises:
        ValueError: the word or eow is empty, eow occurs in the word, a merge is not a pair of strings.

    Source: Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units (2016), section 3.2.

    >>> bpe_encode("lowest", [["e", "s"], ["es", "t"], ["est", "_"], ["l", "o"], ["lo", "w"]])
    ['low', 'est_']
    """
    symbols = _symbols(word, "word", eow)
    rank: dict[tuple[str, str], int] = {}
    for index, item in enumerate(checks.items(merges, "merges", empty=True)):
        parts = [checks.text(part, f"merges[{index}]") for part in checks.items(item, f"merges[{index}]")]
        if len(parts) != 2:
            raise ValueError(f"merges[{index}] must be a pair, got {item!r}")
        rank.setdefault((parts[0], parts[1]), index)
    while known := [pair for pair in pairwise(symbols) if pair in rank]:
        symbols = _merged(symbols, min(known, key=rank.__getitem__))
    return symbols


def _corpus(word_counts: Mapping[str, int]) -> dict[str, int]:
    if not isinstance(word_counts, Mapping):
        raise ValueError(f"word_counts must be a dict of words and counts, got {word_counts!r}")
    counts = {word: checks.count(count, f"word_counts[{word!r}]", least=0) for word, count in word_counts.items()}
    if not any(counts.values()):
        raise ValueError(f"word_counts must hold a word that occurs, got {word_counts!r}")
    return counts


def _symbols(word: str, name: str, eow: str) -> list[str]:
    if checks.text(eow, "eow") in checks.text(word, name):
        raise ValueError(f"eow must not occur in a word, got {eow!r} in {word!r}")
    return [*word, eow]


def _merged(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """The symbols with every occurrence of the pair joined, from left to right, without overlap."""
    result: list[str] = []
    rest = iter(range(len(symbols)))
    for at in rest:
        if tuple(symbols[at : at + 2]) == pair:
            result.append("".join(pair))
            next(rest)
        else:
            result.append(symbols[at])
    return result
