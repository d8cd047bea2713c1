"""Random arguments for the kernels of normalization."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import plain, positive, unit, vectors

grid = st.integers(-80, 80).map(lambda i: i / 8)
"""Numbers that are equal or clearly apart, so that without eps the variance is 0 or well conditioned."""
epsilons = st.sampled_from([1e-5, 1e-6, 1e-3]) | st.floats(1e-8, 1)


def varied(x: np.ndarray) -> bool:
    return bool((x.max(axis=-1) > x.min(axis=-1)).all())


@st.composite
def rows(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """An array and an eps, which is 0 only where each row varies."""
    if draw(st.booleans()):
        return draw(vectors(math.prod(shape), plain)).reshape(shape), draw(epsilons)
    x = draw(vectors(math.prod(shape), grid)).reshape(shape)
    return x, 0.0 if varied(x) and draw(st.booleans()) else draw(epsilons)


@st.composite
def batches(draw: st.DrawFn, least: int, statistics: bool) -> dict[str, Any]:
    B, C = draw(st.integers(least, 4)), draw(st.integers(1, 3))
    columns, eps = draw(rows((C, B)))
    arguments: dict[str, Any] = {"x": columns.T.copy(), "gamma": draw(vectors(C)), "beta": draw(vectors(C))}
    arguments |= {"running_mean": draw(vectors(C)), "running_var": draw(vectors(C, st.just(0.0) | positive)), "eps": eps}
    if not statistics:
        return arguments | {"eps": eps if arguments["running_var"].all() else draw(epsilons)}
    return arguments | {"momentum": draw(st.sampled_from([0.0, 0.1, 1.0]) | unit)}


@st.composite
def features(draw: st.DrawFn, others: tuple[str, ...], ranks: tuple[int, ...] = (1, 2, 3)) -> dict[str, Any]:
    leading = draw(st.sampled_from(ranks)) - 1
    shape = (*(draw(st.integers(1, 2)) for _ in range(leading)), draw(st.integers(1, 4)))
    x, eps = draw(rows(shape))
    if eps == 0 and not x.any(axis=-1).all():
        eps = draw(epsilons)
    return {"x": x, "eps": eps} | {name: draw(vectors(shape[-1])) for name in others}


INPUTS = {
    "batchnorm_train": batches(least=2, statistics=True),
    "batchnorm_eval": batches(least=1, statistics=False),
    "layer_norm": features(("gamma", "beta")),
    "layer_norm_backward": features(("gamma", "grad_y"), ranks=(1,)),
    "rms_norm": features(("gamma",)),
}
