"""Random arguments for the kernels of classical machine learning."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import matrices, plain, positive, unit, vectors

small = st.integers(-8, 8).map(lambda q: q / 2)
"""Halves: sums and products of them are exact, so that nothing lies just beside a boundary."""
signs = st.sampled_from([-1.0, 1.0])


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    """X of full column rank, far from losing it, and y."""
    d = draw(st.integers(1, 3))
    n = draw(st.integers(d, 6))
    X = draw(matrices(n, d))
    if draw(st.booleans()):
        X[:, draw(st.integers(0, d - 1))] = 1
    if np.linalg.svd(X)[1].min() < 1e-2:
        X[:d] += 40 * np.eye(d)
    return {"X": X, "y": draw(vectors(n))}


@st.composite
def penalised(draw: st.DrawFn) -> dict[str, Any]:
    arguments = draw(designs())
    free = draw(st.none() | st.integers(0, arguments["X"].shape[1] - 1))
    return {**arguments, "lam": draw(st.just(0.0) | positive), **({} if free is None else {"bias_col": free})}


@st.composite
def splits(draw: st.DrawFn) -> dict[str, Any]:
    """Counts of the classes in each child, and their sum."""
    K, c = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    children = draw(st.lists(st.lists(st.integers(0, 20), min_size=K, max_size=K), min_size=c, max_size=c))
    children[0][0] += 1
    base = draw(st.sampled_from([{}, {"base": 2.0}, {"base": 10.0}, {"base": float(np.e)}, {"base": 0.5}]))
    return {"parent": [sum(column) for column in zip(*children, strict=True)], "children": children, **base}


@st.composite
def labelled(draw: st.DrawFn) -> dict[str, Any]:
    n, d = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    y = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=n, max_size=n))
    word = draw(st.sampled_from([{}, {"reduction": "sum"}, {"reduction": "mean"}]))
    return {"X": draw(matrices(n, d)), "w": draw(vectors(d)), "y": y, **word}


@st.composite
def separable(draw: st.DrawFn) -> dict[str, Any]:
    """Points on a grid of halves, labelled by the side of a hyperplane on which they lie."""
    n, d = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    X = draw(matrices(n, d, small))
    normal = np.array(draw(st.lists(st.integers(1, 3), min_size=d, max_size=d))) * draw(vectors(d, signs))
    side = X @ normal
    X[int(side.argmax())] += 2 * normal  # so that both classes have a point
    side = X @ normal
    return {"X": X, "y": np.where(side > (side.max() + side.min()) / 2, 1, -1).tolist()}


@st.composite
def machines(draw: st.DrawFn) -> dict[str, Any]:
    """As many samples of one class as of the other, in pairs of one weight."""
    pairs, d = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    alpha = np.repeat([a / 4 for a in draw(st.lists(st.integers(0, 12), min_size=pairs, max_size=pairs))], 2)
    poly = st.fixed_dictionaries({"kernel": st.just("poly")}, optional={"degree": st.integers(1, 3), "c": st.just(0.5)})
    rbf = st.fixed_dictionaries({"kernel": st.just("rbf"), "gamma": st.floats(0.01, 2)})
    kernel = draw(st.sampled_from([{}, {"kernel": "linear"}]) | poly | rbf)
    return {
        "alpha": alpha,
        "y": [1, -1] * pairs,
        "X": draw(matrices(2 * pairs, d, small)),
        "b": draw(small) + 1 / 64,  # never 0, lest rbf terms that cancel leave the sign to rounding; other scores are exact
        "x": draw(vectors(d, small)),
        **kernel,
    }


def two_sets(n: int, m: int, d: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"X": matrices(n, d), "Y": matrices(m, d)})


sets = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)).flatmap(lambda sizes: two_sets(*sizes))
widths = st.fixed_dictionaries({"gamma": st.floats(1e-3, 10)}) | st.fixed_dictionaries({"sigma": st.floats(0.1, 100)})
powers = st.fixed_dictionaries({"degree": st.integers(1, 4)}, optional={"c": unit})
sizes = st.integers(2, 60)

INPUTS = {
    "ols_fit": designs(),
    "ridge_fit": penalised(),
    "bias_variance_shrinkage": st.fixed_dictionaries(
        {"mu": plain, "sigma2": positive, "n": st.integers(1, 80), "c": plain}, optional={"noise": positive | st.just(0.0)}
    ),
    "ols_prediction_variance": st.integers(1, 12).flatmap(
        lambda n: st.fixed_dictionaries({"sigma2": positive | st.just(0.0), "n": st.just(n), "p": st.integers(1, n)})
    ),
    "kfold_train_size": sizes.flatmap(lambda n: st.fixed_dictionaries({"n": st.just(n), "k": st.integers(2, n)})),
    "information_gain": splits(),
    "logistic_gradient": labelled(),
    "hard_margin_svm": separable(),
    "svm_dual_decision": machines(),
    "rbf_kernel": st.tuples(sets, widths).map(lambda both: {**both[0], **both[1]}),
    "polynomial_kernel": st.tuples(sets, powers).map(lambda both: {**both[0], **both[1]}),
}
