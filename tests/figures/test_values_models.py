"""What stands in the figures of losses, networks, norms, attention and transformers is what the formulas say."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import kernels
from generator.figures.style import Look
from tests.figures.support import arrow, bars, box, boxes, curve, drawn, example, line, proves, tiles, words


def softmax(z: np.ndarray) -> np.ndarray:
    chances = np.exp(z - np.max(z))
    return np.asarray(chances / chances.sum())


@proves("softmax-temperature")
def test_softmax_temperature() -> None:
    figure, arguments = example("softmax-temperature")
    wanted = [softmax(np.array(arguments["logits"]) / t) for t in arguments["temperatures"]]
    assert_allclose(bars(figure, "softmax"), wanted)


@proves("softmax-jacobian")
def test_softmax_jacobian() -> None:
    figure, arguments = example("softmax-jacobian")
    s = softmax(np.array(arguments["logits"]))
    wanted = np.diag(s) - np.outer(s, s)
    found = tiles(figure, "J")
    assert len(found) == 9
    assert all(float(text) == pytest.approx(wanted[at], abs=0.005) for at, text in found.items())


@proves("label-smoothing")
def test_label_smoothing() -> None:
    figure, _ = example("label-smoothing")
    assert_allclose(bars(figure, "uniform_all"), [[0.925, 0.025, 0.025, 0.025]])
    assert_allclose(bars(figure, "uniform_others"), [[0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3]])


@proves("softmax-gradient")
def test_softmax_gradient() -> None:
    figure, arguments = example("softmax-gradient", 1)
    s = softmax(np.array(arguments["logits"]))
    target = 0.8 * np.eye(4)[1] + 0.05
    for name, wanted in (("softmax s", s), ("target t", target), ("gradient s − t", s - target)):
        assert_allclose(bars(figure, name), [wanted])
    with Look().context():
        figure.draw_without_rendering()
    units = [axes.bbox.height / np.ptp(axes.get_ylim()) for axes in figure.axes]
    assert_allclose(units, units[0], rtol=0.01)  # one scale for all rows
    assert {"softmax p", "target y", "gradient p − y".replace("−", "-")} <= set(words(example("softmax-gradient", 2)[0]))


@proves("sigmoid")
def test_sigmoid() -> None:
    figure, _ = example("sigmoid")
    x, y = curve(figure, "sigmoid")
    assert_allclose(y, 1 / (1 + np.exp(-x)))
    assert line(figure, "point-1")[0, 1] + line(figure, "point-2")[0, 1] == pytest.approx(1)


@proves("attention-matrix")
def test_attention_matrix() -> None:
    figure, arguments = example("attention-matrix")
    found = tiles(figure, "weight")
    assert set(found) == {(i, j) for i in range(4) for j in range(i + 1)}
    for row in range(4):
        wanted = softmax(np.array(arguments["scores"][row][: row + 1]))
        assert [float(found[row, column]) for column in range(row + 1)] == pytest.approx(list(wanted), abs=0.005)


@proves("mask-kinds")
def test_mask_kinds() -> None:
    figure, _ = example("mask-kinds")
    seen = {
        kind: [(b.get_x() + 0.5, b.get_width()) for row in range(6) for b in boxes(figure, f"{kind}-{row}")]
        for kind in ("causal", "sliding")
    }
    assert seen["causal"] == [(0, row + 1) for row in range(6)]
    assert seen["sliding"] == [(max(0, row - 1), min(2, row + 1)) for row in range(6)]
    assert (
        sum(b.get_width() for row in range(6) for b in boxes(figure, f"prefix-{row}"))
        == kernels.get("attention_mask")("prefix", 6, p=3).kept
    )


@proves("score-variance")
def test_score_variance() -> None:
    figure, _ = example("score-variance")
    d, spread = curve(figure, "plain")
    assert_allclose(spread, np.sqrt(d))
    assert_allclose(curve(figure, "scaled")[1], 1)
    assert line(figure, "plain-here")[0].tolist() == [64, 8]


@proves("attention-flops")
def test_attention_flops() -> None:
    figure, _ = example("attention-flops")
    n, flops = curve(figure, "products")
    assert_allclose(flops, 4 * n * n * 512)
    assert_allclose(curve(figure, "projections")[1], 8 * n * 512 * 512)
    assert line(figure, "crossing")[0, 0] == 1024


@proves("score-scale")
def test_score_scale() -> None:
    figure, arguments = example("score-scale")
    for factor in (0.5, 1, 4):
        assert_allclose(curve(figure, f"×{factor:g}")[1], softmax(factor * np.array(arguments["scores"])))


@proves("head-sharing")
def test_head_sharing() -> None:
    figure, _ = example("head-sharing")
    assert [len(boxes(figure, f"{name}-kv")) for name in ("multi-head", "grouped-query", "multi-query")] == [8, 2, 1]
    assert {"grouped-query: cache 0.25 of MHA", "multi-query: cache 0.125 of MHA"} <= set(words(figure))


@proves("cache-growth")
def test_cache_growth() -> None:
    figure, _ = example("cache-growth")
    tokens, gib = curve(figure, "MHA")
    assert_allclose(gib, 2 * 32 * 32 * 128 * 2 * tokens / 2**30)
    assert_allclose(curve(figure, "GQA")[1], gib / 4)
    assert_allclose(curve(figure, "MQA")[1], gib / 32)


@proves("online-softmax")
def test_online_softmax() -> None:
    figure, arguments = example("online-softmax")
    scores, total = np.array(arguments["scores"]), 0.0
    for step in range(3):
        so_far = scores[: 2 * step + 2]
        total = np.exp(so_far - so_far.max()).sum()
        assert_allclose(curve(figure, f"m-{step}")[1], so_far.max())
        assert f"m = {so_far.max():.3g}\nℓ = {total:.3g}" in words(figure)


@proves("linear-attention")
def test_linear_attention() -> None:
    figure, _ = example("linear-attention")
    n, macs = curve(figure, "softmax")
    assert_allclose(macs, 8 * n * n)
    here = line(figure, "crossing")[0]
    assert here[1] == pytest.approx(8 * here[0] ** 2, rel=0.02)


@proves("activation")
@pytest.mark.parametrize(("index", "name"), [(0, "tanh"), (1, "sigmoid"), (3, "GELU")])
def test_activation(index: int, name: str) -> None:
    figure, _ = example("activation", index)
    x, y = curve(figure, name)
    formulas = {
        "tanh": np.tanh(x),
        "sigmoid": 1 / (1 + np.exp(-x)),
        "GELU": x * np.array([0.5 * math.erfc(-one / math.sqrt(2)) for one in x]),
    }
    assert_allclose(y, formulas[name], atol=1e-12)
    smooth = np.diff(x) > 1e-6
    slope = (np.diff(y)[smooth] / np.diff(x)[smooth])[1:-1]
    middle = ((curve(figure, "its derivative")[1][1:] + curve(figure, "its derivative")[1][:-1]) / 2)[smooth][1:-1]
    assert_allclose(slope, middle, atol=2e-3)


@proves("gradient-depth")
def test_gradient_depth() -> None:
    figure, _ = example("gradient-depth")
    layers, powers = curve(figure, "sigmoid")
    assert_allclose(powers, layers * math.log10(0.25))
    assert_allclose(curve(figure, "ReLU")[1], 0)
    assert_allclose(curve(figure, "ReLU, gain ×1.3")[1], layers * math.log10(1.3))
    steps = example("gradient-depth", 2)[0]
    assert "steps" in words(steps)
    assert_allclose(curve(steps, "tanh")[1], 0)
    assert_allclose(curve(steps, "tanh, gain ×1.1")[1], np.arange(51) * math.log10(1.1))


@proves("init-scales")
def test_init_scales() -> None:
    figure, _ = example("init-scales")
    layers, powers = curve(figure, "LeCun")
    assert_allclose(powers, layers * math.log10(0.5))
    assert_allclose(curve(figure, "He")[1], 0, atol=1e-12)


@proves("norm-axes")
def test_norm_axes() -> None:
    figure, arguments = example("norm-axes")
    x = np.asarray(arguments["x"])
    for name, axis in (("batch norm", 0), ("layer norm", 1)):
        wanted = (x - x.mean(axis, keepdims=True)) / x.std(axis, keepdims=True)
        found = tiles(figure, name)
        assert len(found) == 9
        assert all(float(text) == pytest.approx(wanted[at], abs=0.051) for at, text in found.items())


@proves("layer-or-rms")
def test_layer_or_rms() -> None:
    figure, arguments = example("layer-or-rms")
    x = np.asarray(arguments["x"])
    assert_allclose(bars(figure, "layer norm"), [(x - x.mean()) / x.std()], rtol=1e-5)
    assert_allclose(bars(figure, "RMS norm"), [x / math.sqrt(np.mean(x * x))], rtol=1e-5)
    assert line(figure, "RMS norm mean")[0, 1] == pytest.approx(np.mean(x) / math.sqrt(np.mean(x * x)))


@proves("positional-encoding")
def test_positional_encoding() -> None:
    found = tiles(example("positional-encoding")[0], "pe")
    assert len(found) == 48
    for (position, column), text in found.items():
        angle = position / 10_000 ** (2 * (column // 2) / 6)
        assert float(text) == pytest.approx(math.sin(angle) if column % 2 == 0 else math.cos(angle), abs=0.051)


@proves("rotary")
def test_rotary() -> None:
    figure, _ = example("rotary")
    for position in (0, 1, 3):
        assert arrow(figure, f"position-{position}")[1] == pytest.approx([math.cos(position), math.sin(position)])


@proves("parameter-share")
def test_parameter_share() -> None:
    figure, _ = example("parameter-share")
    mlp = 12 * (8 * 768**2 + 5 * 768)
    assert f"{mlp / 1e6:.3g}M" in " ".join(words(figure))
    assert sum(box(figure, name).get_width() for name in ("MLP", "attention", "embeddings")) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("head-sharing", {"heads": 8, "groups": 3}, "divide"),
        ("softmax-gradient", {"logits": (1, 2), "y": 4}, "counts the logits"),
        ("attention-matrix", {"scores": ((1, 2, 3), (1, 2, 3))}, "square"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(name: str, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawn(name, **arguments)
