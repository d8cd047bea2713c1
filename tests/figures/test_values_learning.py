"""What stands in the figures of networks, classes, clusters and model selection is what the formulas say."""

import numpy as np
import pytest
from matplotlib.patches import Circle
from numpy.testing import assert_allclose

from generator.figures.style import Look
from tests.figures.support import block, box, boxes, by_name, curve, drawn, example, line, proves, words


@proves("dense-network")
def test_dense_network() -> None:
    figure, arguments = example("dense-network", 1)
    x, W1, b1 = (np.array(arguments[name]) for name in ("x", "W1", "b1"))
    W2, b2 = np.array(arguments["W2"]), np.array(arguments["b2"])
    z = W1 @ x + b1
    h = np.maximum(z, 0)
    y = W2 @ h + b2
    slope = 2 * (y - 2)
    hidden = (W2.T @ slope) * (z > 0)
    for index in range(3):
        assert float(block(figure, f"h-{index}")) == pytest.approx(h[index])
        assert by_name(figure, f"dh-{index}") == f"∂ {hidden[index] + 0.0:.3g}"
    assert by_name(figure, "dx-1") == f"∂ {(W1.T @ hidden)[1]:.3g}"
    assert float(block(figure, "y-0")) == pytest.approx(y[0])


@proves("shape-chain")
def test_shape_chain() -> None:
    figure, _ = example("shape-chain")
    assert [block(figure, f"x-{index}") for index in range(3)] == ["32 × 784", "32 × 128", "32 × 10"]
    assert {"3.21M multiply-adds", f"{32 * 128 * 10:,} multiply-adds"} <= set(words(figure))


@proves("relu-fit")
def test_relu_fit() -> None:
    figure, _ = example("relu-fit")
    x, y = curve(figure, "network")
    knots = np.arange(7) / 6
    assert_allclose(y, np.interp(x, knots, np.sin(2 * np.pi * knots)), atol=1e-12)


@proves("residual-paths")
def test_residual_paths() -> None:
    figure, _ = example("residual-paths", 2)
    heights = [box(figure, f"ways-{passed}").get_height() for passed in range(5)]
    assert_allclose(np.array(heights) / heights[0], [1, 4, 6, 4, 1])
    assert "16 ways from x to y" in words(figure)


@proves("over-smoothing")
def test_over_smoothing() -> None:
    figure, _ = example("over-smoothing")
    step = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]], float)
    step /= step.sum(axis=1, keepdims=True)
    x, spreads = np.array([1.0, 0, 0, -1]), []
    for _ in range(5):
        spreads.append(np.ptp(x))
        x = step @ x
    assert_allclose(curve(figure, "spread")[1], spreads)
    nodes = [text.get_text() for text in figure.axes[1].texts]
    assert nodes[0] == "0.22"


@proves("unet")
def test_unet() -> None:
    figure, _ = example("unet")
    assert [block(figure, f"down-{level}") for level in range(3)] == ["64", "128", "256"]
    assert [block(figure, f"up-{level}") for level in range(2)] == ["64", "128"]
    assert {"skip 64: 128 in", "skip 128: 256 in", "256²", "64²"} <= set(words(figure))


@proves("convolution-coverage")
def test_convolution_coverage() -> None:
    figure, _ = example("convolution-coverage")
    for taps in (5, 9):
        for row in range(5):
            seen = sum(abs(row - column) <= taps // 2 for column in range(5))
            assert sum(one.get_width() for one in boxes(figure, f"taps-{taps}-{row}")) == seen
            assert by_name(figure, f"seen-{taps}-{row}") == str(seen)


@proves("double-descent")
def test_double_descent() -> None:
    features, errors = curve(example("double-descent")[0], "test")
    peak = int(features[np.argmax(errors)])
    assert 19 <= peak <= 21
    assert errors[np.searchsorted(features, 8)] < 0.1 * errors.max()
    assert errors[-1] < 0.1 * errors.max()


@proves("learning-curve")
def test_learning_curve() -> None:
    figure, _ = example("learning-curve")
    n, error = curve(figure, "error")
    assert_allclose(error, 1 + 10 / n)
    assert line(figure, "each model")[0] == pytest.approx([80, 1.125])
    assert line(figure, "in the end")[0] == pytest.approx([100, 1.1])


@proves("ring-lift")
def test_ring_lift() -> None:
    figure, _ = example("ring-lift")
    (_, level), (_, _) = line(figure, "border")
    for series, inside in ((1, True), (0, False)):
        assert_allclose(line(figure, f"lifted-{series}"), line(figure, f"ring-{series}") ** 2)
        assert np.all((line(figure, f"lifted-{series}").sum(axis=1) < level) == inside)


@proves("xor")
def test_xor() -> None:
    figure = drawn("xor")
    (x0, y0), (x1, y1) = line(figure, "border")
    for x in ((0, 0), (0, 1), (1, 0), (1, 1)):
        h = line(figure, f"hidden-{x[0]}{x[1]}")[0]
        assert_allclose(h, [max(sum(x), 0), max(sum(x) - 1, 0)])
        below = (h[1] - y0) * (x1 - x0) < (h[0] - x0) * (y1 - y0)
        assert below == (x[0] != x[1])


@proves("linear-regions")
def test_linear_regions() -> None:
    figure, arguments = example("linear-regions")
    W, b = np.array(arguments["W"]), np.array(arguments["b"])
    for series in range(3):
        for point in line(figure, f"border-{series}"):
            logits = W @ point + b
            assert logits[series] == pytest.approx(logits[(series + 1) % 3])
            assert logits[series] == pytest.approx(logits.max())
    z = np.exp(W @ [0, 1] + b)
    assert f"at (0, 1): {', '.join(f'{one:.2f}' for one in z / z.sum())}" in words(figure)


@proves("elbow")
def test_elbow() -> None:
    figure, arguments = example("elbow", 1)
    X = np.array(arguments["X"])
    _, squares = curve(figure, "squares")
    assert squares[0] == pytest.approx(np.square(X - X.mean(axis=0)).sum())
    assert squares[1] == pytest.approx(sum(np.square(part - part.mean(axis=0)).sum() for part in (X[:3], X[3:])))
    assert "best: 2" in words(figure)
    assert "best: 3" in words(example("elbow", 0)[0])


@proves("seeding")
def test_seeding() -> None:
    figure, arguments = example("seeding", 1)
    X = np.array(arguments["X"])
    away = np.min([np.square(X - centre).sum(axis=1) for centre in arguments["chosen"]], axis=0)
    discs = {str(one.get_gid()): one.radius for one in figure.findobj(Circle)}
    areas = np.array([discs[f"chance-{index}"] ** 2 for index in range(len(X))])
    assert_allclose(areas / areas.sum(), away / away.sum())
    flat = drawn("seeding", X=((0, 0), (-3, 0), (5, 0), (9, 0)), chosen=((0, 0),))
    assert flat.bbox.height < 0.5 * figure.bbox.height  # as flat as what it shows
    for one in (figure, flat):
        (low, high), (left, right) = one.axes[0].get_ylim(), one.axes[0].get_xlim()
        for disc in one.findobj(Circle):
            assert left < disc.center[0] - disc.radius <= disc.center[0] + disc.radius < right
            assert low < disc.center[1] - disc.radius <= disc.center[1] + disc.radius < high


@proves("local-optima")
def test_local_optima() -> None:
    figure = example("local-optima")[0]
    assert {"squares 4", "squares 36"} <= set(words(figure))
    with Look().context():
        figure.draw_without_rendering()
    assert all(axes.bbox.height > figure.bbox.height - 30 for axes in figure.axes)  # but for the titles


@proves("two-moons")
def test_two_moons() -> None:
    figure, _ = example("two-moons")
    groups = [line(figure, f"cluster-{series}") for series in (0, 1)]
    means = [group.mean(axis=0) for group in groups]
    for group, own, other in ((groups[0], *means), (groups[1], *means[::-1])):
        assert np.all(np.hypot(*(group - own).T) < np.hypot(*(group - other).T))
    ends = line(figure, "border")
    assert_allclose((ends[1] - ends[0]) @ (means[1] - means[0]), 0, atol=1e-9)
    assert len(groups[0]) + len(groups[1]) == 32
