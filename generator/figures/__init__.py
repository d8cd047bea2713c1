"""Figures: from a ``figure`` block to pictures that show the card's own values.

``read_figure`` reads the block, ``draw`` makes the pictures of a build, ``prune`` clears the cache of what nothing needs any more;
``names`` and ``get`` are the catalogue. Importing this package imports no matplotlib. ``docs/figures.md`` is the reference for
authors.
"""

from generator.figures import (
    agents,
    attention,
    calculus,
    classical_ml,
    clustering,
    decoding,
    efficient_attention,
    embeddings,
    estimation,
    generative,
    information_theory,
    language_modeling,
    linear_algebra,
    losses,
    neural_nets,
    normalization,
    optimization,
    probability,
    regularization,
    sequence_models,
    tokenization,
    transformers,
    vision,
)
from generator.figures.drawing import Picture, Request, draw, make, paint, prune, to_svg
from generator.figures.palette import MODES
from generator.figures.registry import Argument, Entry, catalogue_table, get, names
from generator.figures.spec import FigureSpec, read_figure
from generator.figures.style import SHOWN

__all__ = [
    "MODES",
    "SHOWN",
    "Argument",
    "Entry",
    "FigureSpec",
    "Picture",
    "Request",
    "agents",
    "attention",
    "calculus",
    "catalogue_table",
    "classical_ml",
    "clustering",
    "decoding",
    "draw",
    "efficient_attention",
    "embeddings",
    "estimation",
    "generative",
    "get",
    "information_theory",
    "language_modeling",
    "linear_algebra",
    "losses",
    "make",
    "names",
    "neural_nets",
    "normalization",
    "optimization",
    "paint",
    "probability",
    "prune",
    "read_figure",
    "regularization",
    "sequence_models",
    "to_svg",
    "tokenization",
    "transformers",
    "vision",
]
