"""What stands in the figures of sequences, words and tokens is what the formulas say."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.figures.support import arrow, bars, block, box, boxes, by_name, curve, drawn, example, line, proves, words


@proves("unrolled-rnn")
def test_unrolled_rnn() -> None:
    figure, arguments = example("unrolled-rnn", 1)
    h, left = 0.0, 1.0
    for index, x in enumerate(arguments["x"]):
        h = math.tanh(1.5 * h + 0.5 * x)
        left *= 1.5 * (1 - h * h)
        assert block(figure, f"h-{index}") == f"{h:.2f}"
        assert by_name(figure, f"felt-{index}") == f"{left:.2g}"


@proves("rnn-memory")
def test_rnn_memory() -> None:
    figure, _ = example("rnn-memory")
    for gain in (0.9, 1, 1.1):
        lag, logs = curve(figure, f"gain-{gain:g}")
        assert_allclose(logs, lag * math.log10(gain), atol=1e-9)


@proves("lstm-cell")
def test_lstm_cell() -> None:
    figure, arguments = example("lstm-cell")
    i, f, o = (1 / (1 + math.exp(-arguments["gates"][spot])) for spot in (0, 1, 3))
    g = math.tanh(arguments["gates"][2])
    for name, value in (("i", i), ("f", f), ("g", g), ("o", o)):
        assert block(figure, name) == f"{name}\n{value:.2f}"
    new = f * arguments["c"] + i * g
    assert {f"c′\n{new:.2f}", f"h′\n{o * math.tanh(new):.2f}"} <= set(words(figure))


@proves("bottleneck")
def test_bottleneck() -> None:
    figure, _ = example("bottleneck")
    assert [len(boxes(figure, f"state-{side}")) for side in (0, 1)] == [6, 6]
    assert "one context vector: 256 numbers" in words(figure)


@proves("merge-tree")
def test_merge_tree() -> None:
    found = words(example("merge-tree", 0)[0])
    assert {"es", "est", "est_", "lo", "low", "after 8 merges: low  est_"} <= set(found)
    assert [text for text in found if text.startswith("merge ")] == [f"merge {rank}" for rank in (1, 2, 3, 4, 5)]
    assert "after 4 merges: n  e  w  est_" in words(example("merge-tree", 1)[0])


@proves("token-granularity")
def test_token_granularity() -> None:
    figure = example("token-granularity", 1)[0]
    found = words(figure)
    assert {"characters: 18 tokens", "words: 3 tokens; never seen: wide", "newest_", "lower_", "unknown"} <= set(found)
    assert "wide_" not in found
    known, strange = (box(figure, f"words-{index}") for index in (1, 2))
    assert known.get_facecolor() != strange.get_facecolor()
    assert known.get_linestyle() != strange.get_linestyle()
    # n e w est_ | low e r _ | w i d e _
    assert "byte pairs: 13 tokens" in found


@proves("surprise")
def test_surprise() -> None:
    figure, _ = example("surprise")
    assert_allclose(bars(figure, "bits"), [[1, 2, 3, 2]])
    assert_allclose(line(figure, "mean")[:, 1], 2)
    assert "mean 2 bits (1.39 nats)\nperplexity 4" in words(figure)


@proves("perplexity")
def test_perplexity() -> None:
    figure, _ = example("perplexity")
    loss, values = curve(figure, "perplexity")
    assert_allclose(values, np.exp(loss))
    assert line(figure, "here")[0] == pytest.approx([2, math.exp(2)])


@proves("exposure")
def test_exposure() -> None:
    figure, _ = example("exposure", 1)
    for step in range(5):
        assert float(by_name(figure, f"right-{step}")) == pytest.approx(0.8 ** (step + 1), abs=5e-4)


@proves("shifted-targets")
def test_shifted_targets() -> None:
    figure, arguments = example("shifted-targets")
    losses = [-math.log(p) for p in arguments["probs"]]
    for index, loss in enumerate(losses):
        assert float(by_name(figure, f"loss-{index}")) == pytest.approx(loss, abs=0.005)
        assert block(figure, f"target-{index}") == ("cat", "sat", "on", "the")[index]
    assert f"loss, the mean: {np.mean(losses):.3g} nats" in words(figure)


@proves("one-hot-or-embedding")
def test_one_hot_or_embedding() -> None:
    figure, arguments = example("one-hot-or-embedding")
    a, b = np.array(arguments["a"]), np.array(arguments["b"])
    assert f"cat and dog: {a @ b / np.hypot(*a) / np.hypot(*b):.2f}" in words(figure)
    assert_allclose(arrow(figure, "learned-cat")[1], a / np.hypot(*a))
    assert "cosine of any two: 0" in words(figure)
    assert sorted(word for word in words(figure) if len(word) < 5) == ["auto", "auto", "cat", "cat", "dog", "dog"]


@proves("word-window")
def test_word_window() -> None:
    assert "on → cat, sat, my, mat" in words(drawn("word-window"))
    assert "the → cat, sat" in words(drawn("word-window", centre=1, window=2))


@proves("analogy")
def test_analogy() -> None:
    figure, arguments = example("analogy")
    man, woman, king, queen = (np.array(arguments[name]) for name in ("man", "woman", "king", "queen"))
    found = king - man + woman
    assert_allclose(line(figure, "found"), [found])
    cosine = found @ queen / np.hypot(*found) / np.hypot(*queen)
    assert f"king - man + woman (cross):\ncosine {cosine:.3g} to queen" in words(figure)


@proves("two-senses")
def test_two_senses() -> None:
    figure, _ = example("two-senses")
    one, other = (np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))]) for angle in (20, 110))
    between = arrow(figure, "between")[1]
    assert_allclose(between, 0.6 * one + 0.4 * other)
    assert f"first sense: cosine {between @ one / np.hypot(*between):.2f}" in words(figure)


@proves("glove-weight")
def test_glove_weight() -> None:
    figure, _ = example("glove-weight")
    count, weight = curve(figure, "weight")
    assert_allclose(weight, np.minimum(1, (count / 100) ** 0.75))
    assert line(figure, "here")[0] == pytest.approx([10, 0.1**0.75])
