"""Random arguments for the kernels of the losses."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import plain, unit, vectors

logits = plain | st.floats(-1e4, 1e4, allow_subnormal=False)
"""Everyday logits, and such that their exponentials overflow or vanish."""
temperatures = st.floats(0.1, 10)
smoothings = st.sampled_from([0.0, 1.0]) | unit
conventions = st.sampled_from(["uniform_all", "uniform_others"])


@st.composite
def along_an_axis(draw: st.DrawFn, entries: st.SearchStrategy[float], possible: bool) -> dict[str, Any]:
    """An array of rank 1 to 3 and one of its axes; where ``possible``, something is finite along it."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3).filter(lambda s: math.prod(s) <= 16))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    arrays = vectors(math.prod(shape), entries).map(lambda v: v.reshape(shape))
    return {"x": draw(arrays.filter(lambda x: not possible or (x.max(axis=axis) > -math.inf).all())), "axis": axis}


@st.composite
def examples(draw: st.DrawFn, reductions: tuple[str, ...]) -> dict[str, Any]:
    """Logits with labels, some of them ignored."""
    B, C = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    reduction = draw(st.sampled_from(reductions))
    ignored = draw(st.sampled_from([None, -100, 0]))
    labels = st.integers(0, C - 1) | st.just(0 if ignored is None else ignored)
    kept = st.lists(labels, min_size=B, max_size=B).filter(lambda y: reduction != "mean" or any(label != ignored for label in y))
    return {
        "logits": draw(vectors(B * C, logits)).reshape(B, C),
        "labels": draw(kept),
        "reduction": reduction,
        "label_smoothing": draw(smoothings),
        "ignore_index": ignored,
        "convention": draw(conventions),
    }


@st.composite
def targets(draw: st.DrawFn) -> dict[str, Any]:
    K = draw(st.integers(2, 12))
    return {"y": draw(st.integers(0, K - 1)), "K": K, "eps": draw(smoothings), "convention": draw(conventions)}


def with_temperature(arguments: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: st.just(value) for name, value in arguments.items()} | {"temperature": temperatures | st.just(math.inf)}
    )


INPUTS = {
    "logsumexp": along_an_axis(logits | st.sampled_from([-math.inf, math.inf]), possible=False),
    "softmax": along_an_axis(logits | st.just(-math.inf), possible=True).flatmap(with_temperature),
    "log_softmax": along_an_axis(logits | st.just(-math.inf), possible=True),
    "softmax_jacobian": st.integers(1, 5).flatmap(
        lambda n: st.fixed_dictionaries({"z": vectors(n, logits), "temperature": temperatures})
    ),
    "label_smoothing_targets": targets(),
    "cross_entropy_from_logits": examples(("mean", "sum", "none")),
    "softmax_cross_entropy_grad": examples(("mean", "sum")),
    "double_softmax_loss_floor": st.fixed_dictionaries({"K": st.integers(2, 300)}),
    "sigmoid": st.lists(logits | st.sampled_from([-math.inf, math.inf]), min_size=1, max_size=6).map(lambda z: {"z": np.array(z)})
    | logits.map(lambda z: {"z": z}),
    "logit": st.fixed_dictionaries({"p": smoothings}),
    "binary_cross_entropy_with_logits": st.integers(1, 5).flatmap(
        lambda n: st.fixed_dictionaries(
            {"z": vectors(n, logits), "y": vectors(n, smoothings), "reduction": st.sampled_from(["mean", "sum", "none"])}
        )
    ),
    "distillation_loss": st.integers(1, 5).flatmap(
        lambda n: st.fixed_dictionaries(
            {"student_logits": vectors(n, logits), "teacher_logits": vectors(n, logits), "T": temperatures}
        )
    ),
}
