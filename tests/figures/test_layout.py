"""Every example of every figure can be read: nothing cut off, nothing too small, no words over words, no line through words."""

import pytest

from generator.figures import Request, get, make, names
from generator.figures.palette import MODES, PALETTES, Mode
from generator.figures.style import PHONE, SMALL, WIDTH
from generator.model import Plain
from tests.figures.layout import READABLE, faults
from tests.figures.support import drawn
from tests.helpers import contrast

HARD: list[tuple[str, dict[str, Plain]]] = [
    ("projection", {"a": (2, 4), "b": (-12, -20)}),
    ("projection", {"a": (6, 5), "b": (2, 1)}),
    ("sample-size", {"eps": 0.01, "delta": 0.01}),
    ("clipping", {"g": (-6.2, 100), "c": 0.01}),
    ("distribution", {"kind": "binomial", "n": 20, "p": 0.5}),
    ("softmax-temperature", {"logits": (20, 11, -16, 0.91), "temperatures": (0.1, 1, 10)}),
    ("activation", {"kind": "relu", "x": 4}),
    ("projection", {"a": (5, 4), "b": (0, 2)}),
    ("projection", {"a": (1, 6), "b": (12, 5)}),
    ("base-rates", {"prior": 0.5, "sensitivity": 0.9, "false_alarms": 0.01}),
    ("coin-entropy", {"p": 0}),
    ("coin-entropy", {"p": 0.35}),
    ("normal-tail", {"mu": 0.5, "sigma": 0.5, "n": 2500, "threshold": 0.505}),
    ("uniform-density", {"a": 0, "b": 0.5, "low": 0.45, "high": 0.5}),
    ("distribution", {"kind": "binomial", "n": 50, "p": 0.9}),
    ("softmax-gradient", {"logits": (2, -2, 0.5, 1), "y": 1}),
    ("sigmoid", {"z": 0}),
    ("score-variance", {"d": 4, "sigma": 2}),
    ("score-variance", {"d": 256}),
    ("score-scale", {"scores": (0, 1, 2, 3), "factors": (0.5, 2, 10)}),
    ("head-sharing", {"heads": 1, "groups": 1}),
    ("cache-growth", {"layers": 80, "heads": 64, "groups": 64, "head_dim": 128}),
    ("online-softmax", {"scores": (-2, 1.5, 0.5, -1), "block": 2}),
    ("chain-graph", {"x": -3, "w1": -1.5, "b1": 0.25, "w2": 2.5, "b2": -1, "target": 10}),
    ("condition-ellipse", {"A": ((12, 11), (11, 12))}),
    ("momentum-valley", {"curvatures": (2, 40), "lr": 0.04, "beta": 0.9, "steps": 30}),
    ("warmup", {"warmup": 1000, "total": 2000}),
    ("gradient-depth", {"depth": 50, "weight_gain": 1.5}),
    ("layer-or-rms", {"x": (1, -5, 5, 7, 0, 2)}),
    ("bias-variance", {"mu": 4, "variance": 0.5, "c": 0.25}),
    ("ridge-path", {"X": ((1, 0), (0, 1)), "y": (2, 2)}),
    ("beam-tree", {"first": (0.5, 0.5), "then": ((0.5, 0.5), (0.5, 0.5)), "beam": 3}),
    ("receptive-field", {"kernels_of": (5, 3, 3), "strides": (2, 1, 2)}),
    ("search-tree", {"scores": ((1, 0), (0.5, 0.5)), "iterations": 200}),
    ("unrolled-rnn", {"x": (-10, 10, -10, 10, -10), "w": -10, "u": -10, "start": -10}),
    ("lstm-cell", {"gates": (20, 20, -20, 20), "c": -9}),
    ("merge-tree", {"word": "newest", "merges": 14}),
    ("surprise", {"probs": (0.001, 0.0043, 0.999, 0.25, 0.1, 1)}),
    ("shape-chain", {"batch": 9999, "widths": (99999, 99999, 99999, 99999)}),
    ("unet", {"channels": 512, "levels": 4, "side": 4096}),
    ("norm-phases", {"x": (-50, -35, -50, 49), "running_mean": 49, "momentum": 0}),
    ("exp-range", {"logits": (-2000, -1999, -2000, -1999)}),
    ("matrix-product", {"A": ((-15,) * 4,) * 4, "B": ((15,) * 4,) * 4}),
    ("binary-search", {"array": (-99, -98, -97, 996, 997, 998, 999, 999), "target": 999}),
    ("two-pointers", {"array": (-99, -98, -97, 96, 97, 98, 99), "target": -199}),
    ("graph-search", {"nodes": 8, "edges": tuple((0, node) for node in range(1, 8))}),
    ("transformer-stack", {"layers": 1000, "d_model": 100_000, "vocabulary": 10_000_000, "heads": 1000}),
    ("attention-shapes", {"kind": "decode", "batch": 64, "n": 9999, "heads": 64, "d": 999}),
    ("memory-traffic", {"n": 419_881, "d": 512, "sram": 10_000_000}),
    ("product-order", {"n": 1_000_000, "d": 1024, "features": 100_000}),
    ("attention-by-hand", {"Q": ((-20, 20, 20),) * 3, "K": ((20, -20, 20),) * 3, "V": ((-20, 20, 20),) * 3}),
    ("natural-frequencies", {"prior": 0.333, "sensitivity": 0.333, "false_alarms": 0.333, "people": 1_000_000}),
    ("reward-frontier", {"ref": (0.7, 0.2, 0.08, 0.02), "reward": (-20, 20, 0, 1), "beta": 100}),
    ("training-curves", {"symptom": "stuck"}),
    ("training-curves", {"symptom": "plateau"}),
    ("one-hot-or-embedding", {"a": (1, 1), "b": (1, 1), "c": (1, 1.5)}),
    ("low-rank", {"m": 1000, "n": 1000, "r": 50, "called": "log X, U, V", "counted": "numbers"}),
    ("beam-tree", {"first": (0.05, 0.5, 0.45), "then": ((0.001, 0.999, 0), (0.6, 0.4, 0), (0.3, 0.3, 0.4)), "beam": 3}),
    ("seeding", {"X": ((0, 0), (0, 1), (0, -9)), "chosen": ((0, 0),)}),
    ("local-optima", {"X": ((0, 0), (9, 0), (1, 0), (2, 0)), "good": ((0, 0), (9, 0)), "bad": ((0, 0), (1, 0))}),
    ("sparse-corner", {"w": (0.2, -9)}),
    ("prior-contours", {"X": ((1, 1), (1, 1.2)), "y": (3, 3.3), "tau": 2}),
    ("soft-assignment", {"means": (-20, 20), "variances": (0.01, 100), "x": -19}),
    ("adam-scale", {"g": 0.0001, "lr": 0.0003}),
    ("saddle", {"curvatures": (-10, -10)}),
]
"""Arguments at which words have collided, or come close to it."""


@pytest.mark.parametrize(("name", "arguments"), HARD)
def test_hard_arguments_are_laid_out_well(name: str, arguments: dict[str, Plain]) -> None:
    assert faults(drawn(name, **arguments)) == []


@pytest.mark.parametrize("name", names())
def test_examples_are_laid_out_well(name: str) -> None:
    for arguments in get(name).examples:
        assert faults(make(Request.of(name, arguments))) == [], arguments


def test_faults_are_found() -> None:
    figure = drawn("coin-entropy", p=0.2)
    axes = figure.axes[0]
    axes.text(0.9, -0.5, "far out", fontsize=30)
    axes.text(0.4, 0.3, "one", fontsize=8)
    axes.text(0.41, 0.3, "other")
    axes.text(0.5, 1.0, "struck")
    found = " ".join(faults(figure))
    assert all(part in found for part in ("'one' is too small", "'one' overlaps 'other'", "(entropy) strikes 'struck'"))


def test_type_is_readable_on_a_phone() -> None:
    assert SMALL * PHONE / WIDTH >= READABLE


@pytest.mark.parametrize("mode", MODES)
def test_numbers_on_tiles_can_be_read(mode: Mode) -> None:
    palette = PALETTES[mode]
    for series in range(4):
        for step in range(21):
            assert contrast(palette.ink, palette.tint(series, palette.deepest * step / 20)) >= 4.5, (series, step)
