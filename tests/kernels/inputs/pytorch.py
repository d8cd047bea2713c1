"""Random arguments for the kernel of tensor views."""

import math
from typing import Any

from hypothesis import strategies as st

sizes = st.lists(st.sampled_from([1, 2, 2, 3, 4, 6]), max_size=4)


@st.composite
def divided(draw: st.DrawFn, total: int) -> list[int]:
    """Sizes whose product is ``total``."""
    shape = []
    while total > 1:
        size = draw(st.sampled_from([n for n in range(1, total + 1) if total % n == 0]))
        shape.append(size)
        total //= size
    return shape


@st.composite
def views(draw: st.DrawFn) -> dict[str, Any]:
    """Tensors that were permuted, expanded, cut out of larger ones, or laid out anyhow, and tensors with nothing in them."""
    shape = draw(sizes)
    kind = draw(st.sampled_from(["permuted", "cut", "any", "empty"]))
    order = draw(st.permutations(range(len(shape)))) if kind == "permuted" else list(range(len(shape)))[::-1]
    strides, step = [0] * len(shape), 1
    for axis in order:
        strides[axis], step = step, step * shape[axis] + draw(st.sampled_from([0, 0, 0, 1, 2]) if kind == "cut" else st.just(0))
    if kind == "any":
        strides = [draw(st.sampled_from([0, 1, 2, 3, 4, 6])) for _ in shape]
    if kind == "empty":
        shape = [*shape, 0]
        return {"shape": shape, "strides": [*strides, 1], "new_shape": draw(st.permutations([*draw(sizes), 0]))}
    expanded = draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
    if kind == "permuted" and draw(st.booleans()):
        strides = [0 if zero else step for zero, step in zip(expanded, strides, strict=True)]
    return {"shape": shape, "strides": strides, "new_shape": draw(divided(math.prod(shape)))}


INPUTS = {"view_compatible": views()}
