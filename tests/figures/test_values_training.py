"""What stands in the figures of training, classical learning, decoding and the rest is what the formulas say."""

import math

import numpy as np
import pytest
from matplotlib.lines import Line2D
from numpy.testing import assert_allclose

import kernels
from tests.figures.support import arrow, box, boxes, curve, drawn, example, line, proves, words


@proves("momentum-valley")
def test_momentum_valley() -> None:
    figure, _ = example("momentum-valley")
    for memory in (0.0, 0.7):
        walk, w, v = line(figure, f"walk-{memory:g}"), np.array([-4.0, 1.0]), np.zeros(2)
        for point in walk:
            assert_allclose(point, w)
            v = memory * v + np.array([1, 16]) * w
            w = w - 0.1 * v


@proves("learning-rates")
def test_learning_rates() -> None:
    figure, arguments = example("learning-rates")
    for rate in arguments["rates"]:
        steps, weights = curve(figure, f"lr-{rate:g}")
        assert_allclose(weights, (1 - 2 * rate) ** steps)
    assert "rate 1.05: diverges (factor -1.1)" in words(figure)


@proves("warmup")
def test_warmup() -> None:
    figure, _ = example("warmup")
    step, rate = curve(figure, "cosine")
    late = step >= 200
    assert_allclose(rate[late], 3e-4 * (1 + np.cos(np.pi * (step[late] - 200) / 1800)) / 2, atol=1e-12)
    assert_allclose(rate[~late], 3e-4 * step[~late] / 200)
    step, rate = curve(figure, "noam")
    assert_allclose(rate[step >= 200], 3e-4 * np.sqrt(200 / step[step >= 200]))


@proves("clipping")
def test_clipping() -> None:
    figure, _ = example("clipping")
    assert_allclose(arrow(figure, "norm")[1], [1.2, 1.6])
    assert_allclose(arrow(figure, "value")[1], [2, 2])


@proves("bias-variance")
def test_bias_variance() -> None:
    figure, _ = example("bias-variance")
    c, bias = curve(figure, "squared bias")
    assert_allclose(bias, 4 * (1 - c) ** 2)
    assert_allclose(curve(figure, "variance")[1], 2 * c * c)
    assert_allclose(curve(figure, "total")[1], 4 * (1 - c) ** 2 + 2 * c * c + 0.5)
    assert line(figure, "best")[0, 0] == pytest.approx(2 / 3)


@proves("least-squares")
def test_least_squares() -> None:
    figure, arguments = example("least-squares")
    slope, offset = np.polyfit(arguments["x"], arguments["y"], 1)
    x, y = curve(figure, "line")
    assert_allclose(y, offset + slope * x)
    squares = sum(np.diff(line(figure, f"residual-{index}")[:, 1])[0] ** 2 for index in range(5))
    assert f"y = {offset:.3g} + {slope:.3g} x,  squares {squares:.3g}" in words(figure)


@proves("svm-margin")
def test_svm_margin() -> None:
    figure, _ = example("svm-margin")
    found = kernels.get("hard_margin_svm")([[0, 0], [1, 2], [0, 3], [4, 1], [5, 3], [3, 4]], [-1, -1, -1, 1, 1, 1])
    for level in (-1, 0, 1):
        (drawn_line,) = [one for one in figure.findobj(Line2D) if one.get_gid() == f"line{level}"]
        for point in (drawn_line.get_xy1(), drawn_line.get_xy2()):
            assert np.dot(found.w, point) + found.b == pytest.approx(level)
    assert len(line(figure, "support")) == len(found.on_margin)


@proves("ridge-path")
def test_ridge_path() -> None:
    figure, arguments = example("ridge-path")
    X, y = np.asarray(arguments["X"]), np.asarray(arguments["y"])
    penalties, first = curve(figure, "w1")
    wanted = [np.linalg.solve(X.T @ X + penalty * np.eye(2), X.T @ y) for penalty in penalties]
    assert_allclose(first, [w[0] for w in wanted])
    assert_allclose(curve(figure, "w2")[1], [w[1] for w in wanted])


@proves("nucleus")
def test_nucleus() -> None:
    figure, _ = example("nucleus")
    wanted = np.array([0.4, 0.25, 0.15]) / 0.8
    for name in ("top-k, k = 3", "top-p, p = 0.7"):
        assert_allclose([box(figure, f"{name}-after-{spot}").get_height() for spot in range(3)], wanted)
        assert not boxes(figure, f"{name}-after-3")


@proves("beam-tree")
def test_beam_tree() -> None:
    assert {"beam 1: best is ab", f"ab {math.log(0.42):.3g}"} <= set(words(example("beam-tree", 0)[0]))
    assert {"beam 2: best is ab", f"ba {math.log(0.38):.3g}"} <= set(words(example("beam-tree", 1)[0]))
    figure = example("beam-tree", 2)[0]
    assert "beam 2: best is BA" in words(figure)
    # C is pruned at once, so that nothing leads on from it; the ways bear the chances that the card gives.
    assert {gid for one in figure.findobj(Line2D) if (gid := str(one.get_gid())).startswith("way-C")} == {"way-C"}
    assert sorted(word for word in words(figure) if word[0].isdigit()) == sorted("0.5 0.3 0.2 0.4 0.3 0.3 0.9 0.05 0.05".split())


@proves("diffusion-schedule")
def test_diffusion_schedule() -> None:
    figure, _ = example("diffusion-schedule")
    step, signal = curve(figure, "signal")
    kept = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    assert_allclose(signal, np.sqrt(kept[step.astype(int) - 1]))
    assert_allclose(signal**2 + curve(figure, "noise")[1] ** 2, 1)


def half_square(w: float) -> float:
    return w * w / 2


@proves("shrinkage")
def test_shrinkage() -> None:
    figure, _ = example("shrinkage")
    x, lasso = curve(figure, "L1")
    assert_allclose(lasso, np.sign(x) * np.maximum(np.abs(x) - 1, 0))
    x, ridge = curve(figure, "L2")
    assert_allclose(ridge, x / 2)
    wanted = [
        min(np.linspace(-3, 3, 60_001), key=lambda w: (w + 0.7) ** 2 / 2 + 1.5 * penalty(w)) for penalty in (abs, half_square)
    ]
    other, _ = example("shrinkage", 1)
    assert_allclose([line(other, "L1 here")[0, 1], line(other, "L2 here")[0, 1]], wanted, atol=1e-4)


@proves("dropout")
def test_dropout() -> None:
    figure, _ = example("dropout")
    assert_allclose([box(figure, f"after-{spot}").get_height() for spot in range(4)], np.array([2, 0, 3, 1]) / 0.75)
    assert [box(figure, f"before-{spot}").get_height() for spot in range(4)] == [2, -1, 3, 1]


@proves("receptive-field")
@pytest.mark.parametrize(("index", "widths"), [(0, [5, 3, 1]), (1, [7, 3, 1]), (2, [9, 7, 3, 1])])
def test_receptive_field(index: int, widths: list[int]) -> None:
    figure, _ = example("receptive-field", index)
    assert [len(boxes(figure, f"layer-{level}")) for level in range(len(widths))] == widths


@proves("kmeans-step")
def test_kmeans_step() -> None:
    figure, arguments = example("kmeans-step")
    X = np.asarray(arguments["X"])
    assert_allclose(line(figure, "cluster-0"), X[:3])
    assert_allclose(arrow(figure, "move-0"), [[1, 2], X[:3].mean(axis=0)])
    assert_allclose(arrow(figure, "move-1"), [[3, 4], X[3:].mean(axis=0)])


@proves("soft-assignment")
def test_soft_assignment() -> None:
    figure, _ = example("soft-assignment")
    for variance in (0.1, 1, 4):
        x, share = curve(figure, f"variance-{variance:g}")
        assert_allclose(share, 1 / (1 + np.exp(((x - 5) ** 2 - (x - 1) ** 2) / (2 * variance))), atol=1e-12)


@proves("majority-vote")
def test_majority_vote() -> None:
    figure, _ = example("majority-vote")
    p, right = curve(figure, "voters-3")
    assert_allclose(right, p * p * (3 - 2 * p), atol=1e-12)
    assert_allclose(curve(figure, "voters-1")[1], p)


@proves("search-tree")
def test_search_tree() -> None:
    figure, _ = example("search-tree")
    nodes = {text.get_gid(): text.get_text() for text in figure.axes[0].texts}
    found = kernels.get("mcts_search")([[1, 2], [3, 4], [5, 6], [], [], [], []], [0, 0.35, 0.5, 0.5, 0.2, 0.9, 0.1], 10, 1.4)
    for node in range(7):
        mean = found.value_sum[node] / found.visits[node]
        assert nodes[f"node-{node}"] == f"{found.visits[node]}\n{mean:.2f}"


def test_steps_that_leave_the_valley_are_refused() -> None:
    with pytest.raises(ValueError, match=r"at most 0\.125 is safe"):
        drawn("momentum-valley", lr=0.2)


@proves("split-gain")
def test_split_gain() -> None:
    figure, _ = example("split-gain")
    parent = -0.75 * math.log2(0.75) - 0.25 * math.log2(0.25)
    found = words(figure)
    assert {f"{parent:.3g} bits", "0 bits", "1 bits", f"gain {parent - 0.5:.3g} bits"} <= set(found)
    assert box(figure, "parent-0").get_height() / box(figure, "left-0").get_height() == pytest.approx(6 / 4)
