"""What stands in the figures of losses, estimates, descents, fine-tuning and generation is what the formulas say."""

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.figures.support import arrow, bars, block, box, by_name, curve, drawn, example, line, proves, tiles, words


def softmax(z: np.ndarray) -> np.ndarray:
    chances = np.exp(z - np.max(z))
    return np.asarray(chances / chances.sum())


@proves("exp-range")
def test_exp_range() -> None:
    figure, arguments = example("exp-range")
    assert line(figure, "z − max z")[:, 0].tolist() == [0, -1, -3]
    found = " ".join(words(figure))
    assert "3 overflow" in found
    assert ", ".join(f"{one:.3f}" for one in softmax(np.array(arguments["logits"]))) in found
    assert f"logsumexp {1000 + math.log(sum(math.exp(one) for one in (0, -1, -3))):.6g}" in found


@proves("underflow")
def test_underflow() -> None:
    figure, _ = example("underflow")
    count, logs = curve(figure, "sum")
    assert_allclose(logs, -count, atol=1e-9)
    count, _ = curve(figure, "product")
    assert 0.1 ** count[-1] > 0
    assert 300 < count[-1] < 324


@proves("double-softmax")
def test_double_softmax() -> None:
    figure, _ = example("double-softmax")
    K, floor = curve(figure, "floor")
    assert_allclose(floor, np.log(1 + (K - 1) / math.e))
    assert_allclose(curve(figure, "uniform")[1], np.log(K))
    assert_allclose(curve(figure, "ceiling")[1], np.log(math.e + K - 1))


@proves("smoothed-loss")
def test_smoothed_loss() -> None:
    figure, _ = example("smoothed-loss")
    gap, loss = curve(figure, "smoothed")
    log = np.log(np.exp(gap) + 3)
    assert_allclose(loss, 0.925 * (log - gap) + 0.075 * log)
    assert_allclose(curve(figure, "hard")[1], log - gap)
    best = line(figure, "best")[0]
    assert loss.min() >= best[1]
    assert best[0] == pytest.approx(gap[np.argmin(loss)], abs=0.13)


@proves("softmax-stages")
def test_softmax_stages() -> None:
    figure, _ = example("softmax-stages")
    powers = np.exp([2, 1, -1])
    assert_allclose(bars(figure, f"exp z: sum {powers.sum():.3g}"), [powers])
    assert_allclose(bars(figure, "divided by it: sum 1"), [powers / powers.sum()])


@proves("loss-graph")
def test_loss_graph() -> None:
    figure, _ = example("loss-graph")
    s = softmax(np.array([2, 1, 0]))
    assert block(figure, "s") == "\n".join(f"{one:.2f}" for one in s)
    assert block(figure, "loss") == f"{-math.log(s[1]):.3g}"
    assert block(figure, "gradient") == f"together: s - t = ({s[0]:.2f}, {s[1] - 1:.2f}, {s[2]:.2f})"
    assert block(example("loss-graph", 1)[0], "gradient").startswith("together: s - y = (")


@proves("soft-targets")
def test_soft_targets() -> None:
    figure, _ = example("soft-targets")
    assert_allclose(bars(figure, "smoothed, ε = 0.1"), [[0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3]])
    assert_allclose(bars(figure, "teacher at T = 2"), [softmax(np.array([2.5, 1.5, -1]))])


@proves("norm-paths")
def test_norm_paths() -> None:
    assert f"straight {math.hypot(3, 2):.3g} (2-norm), along the axes 5 (1-norm)" in words(example("norm-paths", 0)[0])
    figure, _ = example("norm-paths", 1)
    assert f"|a + b| = {math.hypot(2, 4):.3g} ≤ {math.sqrt(10):.3g} + {math.sqrt(10):.3g} = |a| + |b|" in words(figure)
    assert_allclose(arrow(figure, "b"), [[3, 1], [2, 4]])


@proves("matrix-product")
def test_matrix_product() -> None:
    figure, arguments = example("matrix-product")
    product = np.array(arguments["A"]) @ np.array(arguments["B"])
    places = {text.get_position(): text.get_text().replace("−", "-") for text in figure.axes[0].texts}
    for (i, j), value in np.ndenumerate(product):
        assert float(places[3.4 + j + 0.47, 3.4 + i + 0.47]) == value
    assert "(1)(2) + (2)(0) + (0)(-1)" in words(figure)


@proves("likelihood-surface")
def test_likelihood_surface() -> None:
    figure, arguments = example("likelihood-surface")
    x = np.array(arguments["x"])

    def likelihood(mu: float, variance: float) -> float:
        return float(np.sum(-((x - mu) ** 2) / 2 / variance - np.log(variance) / 2))

    assert line(figure, "maximum")[0] == pytest.approx([x.mean(), x.var()])
    for level in (0.5, 2):
        for mu, variance in line(figure, f"level-{level:g}")[5:-5:7]:
            assert likelihood(x.mean(), x.var()) - likelihood(mu, variance) == pytest.approx(level, abs=1e-6)


@proves("posterior-shrinks")
def test_posterior_shrinks() -> None:
    figure, _ = example("posterior-shrinks")
    for n, k in ((5, 2), (50, 15), (500, 150)):
        assert line(figure, f"peak-{n}")[0, 0] == pytest.approx((k + 4) / (n + 8))
        theta, height = curve(figure, f"n-{n}")
        assert theta[np.argmax(height)] == pytest.approx((k + 4) / (n + 8), abs=0.005)


@proves("natural-frequencies")
def test_natural_frequencies() -> None:
    figure, _ = example("natural-frequencies")
    leaves = ("ill, found", "ill, missed", "well, alarmed", "well, cleared")
    assert [block(figure, name) for name in leaves] == ["90", "10", "495", "9,405"]
    assert "90 of 585 alarmed are ill: 15.38%" in words(figure)


@proves("lora")
def test_lora() -> None:
    figure, _ = example("lora")
    assert {"4,096 × 4,096\n16.8M fixed", "rank 8: 65,536\ntrained (0.39%)"} <= set(words(figure))
    assert box(figure, "W").get_height() == box(figure, "B").get_height()


@proves("lora-first-steps")
def test_lora_first_steps() -> None:
    figure, _ = example("lora-first-steps")
    assert bars(figure, "∂L/∂A-0") == [[0, 0]]
    x, g, A = np.array([1, 2]), np.array([1, -1]), np.array([0.5, 1])
    first = 2 * g * (A @ x)
    assert_allclose(bars(figure, "∂L/∂B-0"), [first])
    assert_allclose(bars(figure, "∂L/∂A-1"), [2 * (-0.1 * first @ g) * x])


@proves("federated-lora")
def test_federated_lora() -> None:
    figure, arguments = example("federated-lora", 1)
    B1, A1, B2, A2 = (np.array(arguments[name]) for name in ("B1", "A1", "B2", "A2"))
    mean = (np.outer(B1, A1) + np.outer(B2, A2)) / 2
    product = np.outer((B1 + B2) / 2, (A1 + A2) / 2)
    for name, wanted in (("mean", mean), ("factors", product)):
        for place, text in tiles(figure, name).items():
            assert float(text) == pytest.approx(wanted[place], abs=0.005)
    assert f"apart by {np.linalg.norm(mean - product):.3g}; the mean has rank 2" in words(figure)


@proves("update-spectrum")
def test_update_spectrum() -> None:
    figure, arguments = example("update-spectrum")
    squares = np.array(arguments["values"]) ** 2
    wanted = f"rank 2 holds {squares[:2].sum() / squares.sum():.3g} of the squared norm,\nand misses {squares[2:].sum() ** 0.5:.3g}"
    assert wanted in words(figure)


@proves("reward-frontier")
def test_reward_frontier() -> None:
    figure, _ = example("reward-frontier")
    ref, reward = np.array([0.5, 0.3, 0.2]), np.array([0, 1, 2])
    policy = ref * np.exp(reward)
    policy /= policy.sum()
    assert_allclose(bars(figure, "policy"), [policy])
    assert line(figure, "here")[0] == pytest.approx([policy @ np.log(policy / ref), policy @ reward])
    cost, gain = curve(figure, "frontier")
    assert np.all(np.diff(cost) < 0)
    assert np.all(np.diff(gain) < 0)


@proves("preference-loss")
def test_preference_loss() -> None:
    figure, _ = example("preference-loss")
    margin, loss = curve(figure, "loss")
    assert_allclose(loss, np.log1p(np.exp(-margin)))
    assert_allclose(curve(figure, "pull")[1], 1 / (1 + np.exp(margin)))


@proves("reparameterization")
def test_reparameterization() -> None:
    figure, _ = example("reparameterization")
    assert block(figure, "sum") == "z = μ + σε\n= 1.6"
    assert by_name(figure, "slopes") == "∂z/∂μ = 1\n∂z/∂σ = 1.2"


@proves("noising")
def test_noising() -> None:
    figure, _ = example("noising")
    kept = np.r_[1, np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))]
    t, mean = curve(figure, "mean")
    assert_allclose(mean, 2 * np.sqrt(kept[t.astype(int)]))
    assert_allclose(curve(figure, "above")[1] - mean, np.sqrt(1 - kept[t.astype(int)]))
    even = int(line(figure, "even")[0, 0])
    assert abs(kept[even] - 0.5) <= min(abs(kept[even - 1] - 0.5), abs(kept[even + 1] - 0.5)) + 1e-3


@proves("code-divergence")
def test_code_divergence() -> None:
    figure, _ = example("code-divergence")
    mu, cost = curve(figure, "mean μ, at σ = 1")
    assert_allclose(cost, mu**2 / 2, atol=1e-12)
    sigma, cost = curve(figure, "deviation σ, at μ = 0")
    assert_allclose(cost, (sigma**2 - 1) / 2 - np.log(sigma), atol=1e-12)


@proves("parabola-steps")
def test_parabola_steps() -> None:
    figure, _ = example("parabola-steps", 1)
    walk = line(figure, "weights")
    for before, after in pairwise(walk):
        assert after[0] == pytest.approx(before[0] - 0.22 * 2 * 2 * (2 * before[0] - 2))
    assert_allclose(walk[:, 1], (2 * walk[:, 0] - 2) ** 2)
    with pytest.raises(ValueError, match="run away"):
        drawn("parabola-steps", w0=4, lr=5)


@proves("convexity-chord")
def test_convexity_chord() -> None:
    figure = drawn("convexity-chord")
    for name, above in (("convex", True), ("not convex", False)):
        x, y = curve(figure, name)
        ends, heights = curve(figure, f"{name} chord")
        inside = (x > ends[0]) & (x < ends[1])
        assert np.all(y[inside] <= np.interp(x[inside], ends, heights) + 1e-9) == above
    assert {"convex:\nchord above", "not convex:\nchord cut"} <= set(words(figure))


@proves("adam-scale")
def test_adam_scale() -> None:
    figure, _ = example("adam-scale")
    size, step = curve(figure, "adam")
    assert_allclose(step, 0.01 * size / (size + 1e-8))
    assert_allclose(curve(figure, "sgd")[1], 0.01 * size)


@proves("noisy-descent")
def test_noisy_descent() -> None:
    figure = drawn("noisy-descent")
    best = line(figure, "best")[0]
    full, single = (np.hypot(*(line(figure, name) - best).T) for name in ("full", "single"))
    assert np.all(np.diff(full) < 0)
    assert np.any(np.diff(single) > 0)
    assert len(full) == len(single) == 26


@proves("saddle")
def test_saddle() -> None:
    figure = drawn("saddle", curvatures=(2, -1))
    for index in range(8):
        tail, head = arrow(figure, f"down-{index}")
        way = -np.array([2, -1]) * tail
        assert_allclose((head - tail) / 0.55, way / np.hypot(*way))
    assert "curvatures 2 across, -1 up: saddle" in words(figure)
    assert "curvatures 2 across, 1 up: minimum" in words(drawn("saddle", curvatures=(2, 1)))
