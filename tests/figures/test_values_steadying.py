"""What stands in the figures of norms, penalties and failing training is what the formulas say."""

import math

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse
from numpy.testing import assert_allclose

from tests.figures.support import bars, block, boxes, curve, drawn, example, line, proves, words


@proves("norm-phases")
def test_norm_phases() -> None:
    figure, _ = example("norm-phases")
    x = np.array([1, 3, 8])
    assert block(figure, "training-statistics") == f"of the batch:\nmean 4\nvariance {x.var():.3g}"
    assert block(figure, "training-y") == "  ".join(f"{one:.1f}" for one in (x - 4) / x.std())
    assert block(figure, "evaluation-y") == "1.0  3.0  8.0"
    assert block(figure, "stored") == f"mean 0.4, variance {0.9 + 0.1 * x.var(ddof=1):.3g} (unbiased)"


@proves("norm-groups")
def test_norm_groups() -> None:
    figure = drawn("norm-groups")
    assert [len(boxes(figure, f"{name} norm-in")) for name in ("batch", "layer", "instance", "group")] == [4, 6, 1, 3]


@proves("norm-gradient")
def test_norm_gradient() -> None:
    figure, arguments = example("norm-gradient")
    x, g = np.array(arguments["x"]), np.array(arguments["grad"])
    hat = (x - x.mean()) / math.sqrt(x.var() + 1e-5)
    rest = g - g.mean() - hat * (hat @ g) / 4
    assert_allclose(bars(figure, "minus its part along x̂")[0], rest)
    assert_allclose(bars(figure, "over s: ∂L/∂x")[0], rest / math.sqrt(x.var() + 1e-5))


@proves("mean-left-in")
def test_mean_left_in() -> None:
    figure, _ = example("mean-left-in")
    mean, distance = curve(figure, "distance")
    x = np.array([-1.0, 0, 1])
    wanted = [np.hypot.reduce(x / x.std() - (x + m) / math.sqrt(np.mean((x + m) ** 2))) for m in mean]
    assert_allclose(distance, wanted, atol=1e-4)


@proves("norm-placement")
def test_norm_placement() -> None:
    figure = drawn("norm-placement")
    found = [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    post, pre = found[2:8], found[10:16]  # behind the title and the x of each
    assert post == ["attention", "+", "norm", "MLP", "+", "norm"]
    assert pre == ["norm", "attention", "+", "norm", "MLP", "+"]


def whole(figure: Figure) -> list[str]:
    """The names of the ellipses, each of which lies within its axes with all of its rim."""
    found = []
    for axes in figure.axes:
        (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
        for patch in [one for one in axes.patches if isinstance(one, Ellipse)]:
            (x0, y0), (x1, y1) = patch.get_path().get_extents(patch.get_patch_transform()).get_points()
            assert left < x0 < x1 < right, patch.get_gid()
            assert low < y0 < y1 < high, patch.get_gid()
            found += [str(patch.get_gid())] if patch.get_gid() else []
    return found


@proves("sparse-corner")
def test_sparse_corner() -> None:
    figure, _ = example("sparse-corner")
    assert_allclose(line(figure, "L1"), [[1.5, 0]])
    assert_allclose(line(figure, "L2"), [[3 / 2.5, 1 / 2.5]])
    for w in ((1, 3), (-2, 1.5), (0.2, -9)):
        contours = whole(drawn("sparse-corner", w=w))
        assert [name.partition(" ")[0] for name in contours] == ["contour"] * 4


@proves("prior-contours")
def test_prior_contours() -> None:
    figure, arguments = example("prior-contours", 1)
    X, y = np.array(arguments["X"]), np.array(arguments["y"])
    assert_allclose(line(figure, "both")[0], np.linalg.solve(X.T @ X + 4 * np.eye(2), X.T @ y))
    assert_allclose(line(figure, "likelihood")[0], np.linalg.lstsq(X, y, rcond=None)[0])
    for X, tau in (((1, 1), (1, -0.5), (0, 1)), 0.5), (((1, 1), (1, 1.2), (0, 0)), 2):
        assert len(whole(drawn("prior-contours", X=X, y=(3, 1, 1), tau=tau))) == 4
    with pytest.raises(ValueError, match="too nearly the same"):
        drawn("prior-contours", X=((1, 1), (1, 1.001)), y=(3, 3))


@proves("thinned-networks")
def test_thinned_networks() -> None:
    figure, _ = example("thinned-networks")
    names = [str(one.get_gid()) for axes in figure.axes for one in axes.lines]
    kept = sum(name.startswith("unit-") for name in names)
    assert kept + sum(name.startswith("dropped-") for name in names) == 24
    assert 8 <= kept <= 16
    assert "dropped: 0.5; survivors times 2" in words(figure)


@proves("training-curves")
def test_training_curves() -> None:
    for symptom in ("healthy", "rate too low", "leak", "plateau"):
        _, loss = curve(drawn("training-curves", symptom=symptom), "training")
        assert np.all(np.diff(loss) < 0)
    overfit = drawn("training-curves", symptom="overfitting")
    time, valid = curve(overfit, "validation")
    assert line(overfit, "stop")[0, 0] == time[np.argmin(valid)] < 0.9
    assert {"validation rises again", "stop here"} <= set(words(overfit))
    asked = drawn("training-curves", symptom="overfitting", words="hidden")
    assert {word for word in words(asked) if not word[0].isdigit()} == {"time", "loss", "training", "validation"}
    assert not [one for one in asked.findobj(Line2D) if one.get_gid() == "stop"]
    assert np.isnan(curve(drawn("training-curves", symptom="divergence"), "training")[1][-1])
    assert np.ptp(curve(drawn("training-curves", symptom="stuck"), "training")[1]) < 0.05
    leak = drawn("training-curves", symptom="leak")
    assert np.all(curve(leak, "validation")[1] < curve(leak, "training")[1])


@proves("dead-unit")
def test_dead_unit() -> None:
    figure, _ = example("dead-unit")
    x, density = curve(figure, "this unit")
    assert_allclose(density, np.exp(-((x + 4) ** 2) / 2) / math.sqrt(2 * math.pi), atol=1e-6)
    assert f"this unit: mean -4, on for {50 * math.erfc(4 / math.sqrt(2)):.2g}% of the data" in words(figure)
    assert "healthy: mean 0, on for 50% of the data" in words(figure)


@proves("nan-check")
def test_nan_check() -> None:
    figure = drawn("nan-check")
    assert block(figure, "question-0").startswith("NaN or Inf")
    assert block(figure, "answer-3") == "bfloat16, or\nloss scaling"
    assert words(figure).count("yes") == words(figure).count("no") == 4


def test_x_that_has_no_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="not be all the same"):
        drawn("mean-left-in", x=(1, 1))
