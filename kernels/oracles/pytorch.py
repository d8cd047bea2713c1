"""Second ways to the kernel of tensor views."""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

from kernels.oracles.registry import oracle


def _offsets(shape: Sequence[int], strides: Sequence[int]) -> list[int]:
    """Where in memory each element lies, in row-major order."""
    return [sum(i * step for i, step in zip(index, strides, strict=True)) for index in product(*map(range, shape))]


def _inner(sizes: Sequence[int]) -> list[int]:
    """How many elements in row-major order one step along each axis passes over."""
    return [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]


# The strides of axes of size 1 are arbitrary, and so are all of them where there is nothing to step to.
@oracle("view_compatible", applies=lambda shape, strides, new_shape: 1 not in new_shape and 0 not in new_shape)
def view_compatible_offsets(shape: Sequence[int], strides: Sequence[int], new_shape: Sequence[int]) -> dict[str, Any]:
    """List the place of every element in memory; read the new strides off the list, and see whether they reproduce it."""
    places = _offsets(shape, strides)
    wanted = [places[step] for step in _inner(new_shape)]
    viewable = _offsets(new_shape, wanted) == places
    return {"contiguous": places == list(range(len(places))), "viewable": viewable, "new_strides": wanted if viewable else None}


@oracle("view_compatible")
def view_compatible_offsets_any(shape: Sequence[int], strides: Sequence[int], new_shape: Sequence[int]) -> dict[str, Any]:
    """The same for any sizes, without the strides."""
    places = _offsets(shape, strides)
    wanted = [places[step] if size > 1 else 0 for step, size in zip(_inner(new_shape), new_shape, strict=True)] if places else []
    viewable = not places or _offsets(new_shape, wanted) == places
    return {"contiguous": places == list(range(len(places))), "viewable": viewable}


@oracle("view_compatible", needs=("torch",))
def view_compatible_torch(shape: Sequence[int], strides: Sequence[int], new_shape: Sequence[int]) -> dict[str, Any]:
    """``torch.as_strided`` lays the tensor out, ``view`` succeeds or fails; the strides are compared where a size is above 1."""
    import torch

    size = sum((n - 1) * step for n, step in zip(shape, strides, strict=True)) + 1 if prod(shape) else 0
    tensor = torch.as_strided(torch.arange(size), tuple(shape), tuple(strides))
    try:
        view = tensor.view(tuple(new_shape))
    except RuntimeError:
        return {"contiguous": tensor.is_contiguous(), "viewable": False, "new_strides": None}
    found: dict[str, Any] = {"contiguous": tensor.is_contiguous(), "viewable": True}
    if all(n > 1 for n in new_shape):
        found["new_strides"] = list(view.stride())
    return found
