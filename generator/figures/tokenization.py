"""Figures of tokenization, on the corpus of the paper that brought byte-pair encoding to text: low, lower, newest, widest."""

from typing import TYPE_CHECKING, Annotated, Literal

import kernels
from generator.figures.diagrams import block, board, caption
from generator.figures.registry import Range, figure
from generator.figures.style import THIN, WIDTH, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CORPUS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
Merges = Annotated[int, Range(0, 14)]


@figure("bpe_train", "bpe_encode", examples=[{"word": "lowest"}, {"word": "newest", "merges": 4}])
def merge_tree(
    look: Look, *, word: Literal["low", "lower", "lowest", "newest", "newer", "widest", "wider"], merges: Merges = 8
) -> "Figure":
    """How byte-pair encoding builds a word from its characters: each merge, by its rank, joins two neighbours.

    Learned from low (5), lower (2), newest (6) and widest (3 times). Values from ``bpe_train`` and ``bpe_encode``.
    """
    learned = kernels.get("bpe_train")(CORPUS, merges).merges
    stages = [kernels.get("bpe_encode")(word, learned[:count]) for count in range(len(learned) + 1)]
    ranks = [0] + [rank for rank in range(1, len(stages)) if stages[rank] != stages[rank - 1]]
    figure, axes = board(look, 56 + 40 * len(ranks))
    left, unit = 64, (WIDTH - 68) / (len(word) + 1)
    low = 18 + 40 * (len(ranks) - 1)
    spots: dict[tuple[int, int], float] = {}
    for level, rank in enumerate(ranks):
        begin = 0
        for piece in stages[rank]:
            span = (begin, begin + len(piece))
            begin = span[1]
            if span in spots:
                continue
            x, y = left + unit * (span[0] + span[1]) / 2, low - 40 * level
            for child in _children(span, spots):
                axes.plot(
                    [left + unit * sum(child) / 2, x], [spots[child] - 12, y + 12], color=look.quiet, linewidth=THIN, zorder=1
                )
            spots[span] = y
            wide = max(22.0, unit * (span[1] - span[0]) - 6)
            block(look, axes, (x, y), (wide, 24), piece, 1 if level else 0, name=f"{rank}-{piece}")
        look.beside(axes, (4, low - 40 * level), f"merge {rank}" if rank else "letters", color=look.quiet, gap=0)
    look.text(axes, (WIDTH / 2, low + 34), f"after {len(learned)} merges: {'  '.join(stages[-1])}")
    return figure


def _children(span: tuple[int, int], spots: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The two pieces that ``span`` was merged from: those below it that nothing else covers."""
    inside = [one for one in spots if span[0] <= one[0] and one[1] <= span[1]]
    return [one for one in inside if not any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in inside)]


@figure("bpe_train", "bpe_encode", examples=[{}, {"merges": 5}])
def token_granularity(look: Look, *, merges: Merges = 8) -> "Figure":
    """One text cut three ways, into characters, into byte pairs and into words: the finer the cut, the longer the sequence.

    The text is “newest lower wide”, the merges are learned from low, lower, newest and widest. As one token, a word that was not
    among these is unknown: a dashed, empty box. Values from ``bpe_train`` and
    ``bpe_encode``.
    """
    words = ("newest", "lower", "wide")
    learned = kernels.get("bpe_train")(CORPUS, merges).merges
    rows = [
        ("characters", [kernels.get("bpe_encode")(word, []) for word in words], 0),
        ("byte pairs", [kernels.get("bpe_encode")(word, learned) for word in words], 1),
        ("words", [[f"{word}_"] for word in words], 2),
    ]
    figure, axes = board(look, 186)
    unit = (WIDTH - 8) / sum(len(word) + 1 for word in words)
    for row, (name, cut, series) in enumerate(rows):
        y, begin, count, unknown = 42 + 60 * row, 4.0, 0, ""
        for pieces in cut:
            for piece in pieces:
                wide = unit * len(piece)
                strange = name == "words" and piece.removesuffix("_") not in CORPUS
                colour, rim = (look.page, (0, (3, 2))) if strange else (look.shade(series, 0.5), "-")
                look.box(axes, begin + 1, y - 13, wide - 2, 26, colour, linestyle=rim, name=f"{name}-{count}")
                caption(look, axes, (begin + wide / 2, y), "unknown" if strange else piece)
                unknown += f"; never seen: {piece.removesuffix('_')}" if strange else ""
                begin, count = begin + wide, count + 1
        look.beside(axes, (4, y - 25), f"{name}: {count} tokens{unknown}", series, gap=0)
    return figure
