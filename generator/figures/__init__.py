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
    classification,
    clustering,
    decoding,
    depth,
    efficient_attention,
    embeddings,
    estimation,
    generative,
    information_theory,
    language_modeling,
    linear_algebra,
    losses,
    model_selection,
    neural_nets,
    normalization,
    optimization,
    probability,
    regularization,
    sequence_models,
    tokenization,
    training_debugging,
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
    "classification",
    "clustering",
    "decoding",
    "depth",
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
    "model_selection",
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
    "training_debugging",
    "transformers",
    "vision",
]
