"""What stands in the figures of linear algebra, calculus, probability and information theory is what the formulas say."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import kernels
from tests.figures.support import arrow, bars, box, curve, drawn, example, line, proves, tiles, words


@proves("projection")
def test_projection() -> None:
    figure, _ = example("projection")
    assert_allclose(arrow(figure, "shadow")[1], np.dot([2, 4], [6, 2]) / 40 * np.array([6, 2]))
    assert_allclose(line(figure, "rejection"), [[3, 1], [2, 4]])


@proves("unit-balls")
def test_unit_balls() -> None:
    figure, _ = example("unit-balls")
    for name, p in (("p = 1", 1), ("p = 2", 2), ("p = 4", 4), ("p = ∞", np.inf)):
        assert_allclose(np.linalg.norm(line(figure, name), ord=p, axis=1), 1)


@proves("principal-axes")
def test_principal_axes() -> None:
    figure, _ = example("principal-axes")
    cloud = line(figure, "cloud")
    variances, vectors = np.linalg.eigh(np.cov(cloud.T))
    tail, head = arrow(figure, "component-0")
    assert_allclose(tail, cloud.mean(axis=0))
    assert_allclose(np.abs((head - tail) @ vectors[:, 1]), 2 * math.sqrt(variances[1]))
    assert f"1: {variances[1] / variances.sum():.0%}" in words(figure)


@proves("condition-ellipse")
def test_condition_ellipse() -> None:
    figure, arguments = example("condition-ellipse")
    matrix = np.asarray(arguments["A"])
    values = np.linalg.svd(matrix, compute_uv=False)
    assert f"condition {values[0] / values[1]:.3g}" in words(figure)
    assert_allclose(line(figure, "image"), line(figure, "circle") @ matrix.T)
    assert_allclose([np.hypot(*arrow(figure, f"axis-{rank}")[1]) for rank in (0, 1)], values)


@proves("outer-product")
def test_outer_product() -> None:
    figure, arguments = example("outer-product")
    for (row, column), text in tiles(figure, "dW").items():
        assert float(text) == arguments["g"][row] * arguments["x"][column]


@proves("low-rank")
def test_low_rank() -> None:
    figure, _ = example("low-rank")
    assert {"240,000\nparameters", "≈"} <= set(words(figure))
    other = words(example("low-rank", 1)[0])
    assert {"=", "A", "U", "V", "200,000\nnumbers"} <= set(other)
    assert "40,000\n0.167 of them" in words(figure)
    assert box(figure, "B").get_width() / box(figure, "W").get_width() == pytest.approx(40 / 600)


@proves("tangent")
def test_tangent() -> None:
    figure, _ = example("tangent")
    x, y = curve(figure, "f")
    assert_allclose(y, x**2)
    for name, slope in (("tangent", 2), ("secant-1.5", 3.5), ("secant-0.75", 2.75)):
        x, y = curve(figure, name)
        assert_allclose(np.diff(y) / np.diff(x), slope)


@proves("gradient-field")
def test_gradient_field() -> None:
    figure, _ = example("gradient-field")
    moves = [arrow(figure, f"gradient-{index}") for index in range(10)]
    ratios = [(head - tail) / (np.array([2, 6]) * tail) for tail, head in moves]
    assert_allclose(ratios, np.full((10, 2), ratios[0][0]))


@proves("chain-graph")
def test_chain_graph() -> None:
    found = words(example("chain-graph")[0])
    assert [text for text in found if text.startswith("×")] == ["×0.5", "×1", "×-1.5", "×-3.5"]
    for number in ("6.12", "2.62", "5.25", "-3.5"):
        assert number in found


@proves("base-rates")
def test_base_rates() -> None:
    figure, _ = example("base-rates")
    found, alarmed = box(figure, "found"), box(figure, "alarmed")
    hits, alarms = found.get_width() * found.get_height(), alarmed.get_width() * alarmed.get_height()
    assert (hits, alarms) == pytest.approx((0.009, 0.0495))
    assert box(figure, "posterior").get_height() == pytest.approx(hits / (hits + alarms))
    assert "15% ill" in words(figure)


@proves("normal-tail")
@pytest.mark.parametrize("index", [0, 1, 2])
def test_normal_tail(index: int) -> None:
    figure, arguments = example("normal-tail", index)
    error = arguments["sigma"] / math.sqrt(arguments["n"])
    x, density = curve(figure, "density")
    z = (x - arguments["mu"]) / error
    assert_allclose(density, np.exp(-z * z / 2) / math.sqrt(2 * math.pi), atol=1e-6)
    cut = (arguments["threshold"] - arguments["mu"]) / error
    tail = math.erfc(abs(cut) / math.sqrt(2)) / (1 if arguments["side"] == "two" else 2)
    assert any(f"tail: {tail:.3g}\n" in text or f"tails: {tail:.3g}\n" in text for text in words(figure))


@proves("sample-size")
def test_sample_size() -> None:
    figure, _ = example("sample-size")
    x, bound = curve(figure, "Hoeffding's bound")
    assert_allclose(bound, np.ceil(math.log(2 / 0.05) / (2 * x * x)))
    x, normal = curve(figure, "normal, chance 0.5")
    assert_allclose(normal, np.ceil((1.959964 * 0.5 / x) ** 2), atol=1)
    assert "738" in words(figure)
    x, normal = curve(example("sample-size", 1)[0], "normal, chance 0.1")
    assert_allclose(normal, np.ceil((2.575829 * 0.3 / x) ** 2), atol=1)


@proves("uniform-density")
def test_uniform_density() -> None:
    figure, _ = example("uniform-density")
    area = box(figure, "area")
    assert area.get_height() == 2
    assert area.get_width() * area.get_height() == pytest.approx(0.4)


@proves("gaussian-fit")
def test_gaussian_fit() -> None:
    figure, arguments = example("gaussian-fit")
    mean, deviation = np.mean(arguments["x"]), np.std(arguments["x"])
    x, density = curve(figure, "density")
    assert_allclose(density, np.exp(-((x - mean) ** 2) / 2 / deviation**2) / deviation / math.sqrt(2 * math.pi), atol=1e-6)
    tail, head = arrow(figure, "deviation")
    assert (tail[0], head[0] - tail[0]) == pytest.approx((mean, deviation))


@proves("beta-update")
def test_beta_update() -> None:
    figure, _ = example("beta-update")
    assert line(figure, "likelihood-peak")[0, 0] == pytest.approx(0.3)
    assert line(figure, "posterior-peak")[0, 0] == pytest.approx(6 / 14)
    x, y = curve(figure, "posterior")
    assert x[np.argmax(y)] == pytest.approx(6 / 14, abs=0.01)


@proves("distribution")
@pytest.mark.parametrize("index", [0, 1, 2])
def test_masses_have_the_mean_and_deviation_that_the_kernel_says(index: int) -> None:
    figure, _ = example("distribution", index)
    chances = np.array(bars(figure, "chances")[0])
    count = np.arange(len(chances))
    mean = float(chances @ count)
    deviation = math.sqrt(float(chances @ (count - mean) ** 2))
    assert line(figure, "mean")[0, 0] == pytest.approx(mean, abs=0.01)
    band = next(patch for patch in figure.axes[0].patches if patch.get_gid() == "band")
    assert band.get_width() == pytest.approx(2 * deviation, abs=0.02)


def test_counts_are_marked_by_whole_numbers() -> None:
    for n in (3, 10, 20, 60):
        ticks = drawn("distribution", kind="binomial", n=n, p=0.5).axes[0].get_xticks()
        assert all(tick == int(tick) for tick in ticks)
        assert len(ticks) <= 13


@pytest.mark.parametrize("index", [3, 4])
def test_densities_have_the_mean_that_the_kernel_says(index: int) -> None:
    figure, _ = example("distribution", index)
    x, density = curve(figure, "density")
    mean = np.trapezoid(density * x, x) / np.trapezoid(density, x)
    assert line(figure, "mean")[0, 0] == pytest.approx(mean, rel=0.06)


@proves("coin-entropy")
def test_coin_entropy() -> None:
    x, bits = curve(drawn("coin-entropy", p=0.2), "entropy")
    inside = (x > 0) & (x < 1)
    x, bits = x[inside], bits[inside]
    assert_allclose(bits, -x * np.log2(x) - (1 - x) * np.log2(1 - x))
    assert line(drawn("coin-entropy", p=0.2), "coin")[0] == pytest.approx([0.2, 0.721928], abs=1e-6)


@proves("cross-entropy-split")
def test_cross_entropy_split() -> None:
    figure, arguments = example("cross-entropy-split")
    p, q = np.array(arguments["p"]), np.array(arguments["q"])
    assert box(figure, "entropy").get_width() == pytest.approx(-p @ np.log2(p))
    assert box(figure, "divergence").get_width() == pytest.approx(p @ np.log2(p / q))
    assert line(figure, "cross-entropy")[1, 0] == pytest.approx(-p @ np.log2(q))
    assert bars(figure, "p") == [[0.5, 0.3, 0.2]]


def test_what_a_kernel_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="zero vector"):
        drawn("projection", a=(1, 2), b=(0, 0))
    assert kernels.get("condition_number")(((1, 1), (1, 1))) == np.inf
    with pytest.raises(ValueError, match="invertible"):
        drawn("condition-ellipse", A=((1, 1), (1, 1)))


@proves("balance")
def test_balance() -> None:
    figure, arguments = example("balance")
    x, p = np.array(arguments["x"]), np.array(arguments["p"])
    assert line(figure, "mean")[0, 0] == pytest.approx(x @ p)
    band = next(patch for patch in figure.axes[0].patches if patch.get_gid() == "band")
    assert band.get_width() == pytest.approx(2 * math.sqrt(p @ (x - x @ p) ** 2))
    assert bars(figure, "chances") == [[0.3, 0.5, 0.2]]
