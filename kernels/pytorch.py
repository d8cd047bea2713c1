"""Tensors as PyTorch stores them: shapes, strides, and views of the same memory."""

import math
from collections.abc import Sequence

from kernels import checks
from kernels.registry import Record, kernel


@kernel(fields=("contiguous", "viewable", "new_strides"))
def view_compatible(shape: Sequence[int], strides: Sequence[int], new_shape: Sequence[int]) -> Record:
    r"""Whether a tensor can be seen in another shape without copying, and with which strides.

    $$\text{merging axes }i..j\text{ needs }\mathrm{stride}_k=\mathrm{stride}_{k+1}\,\mathrm{size}_{k+1}\text{ for }i\le k<j$$

    Axes that can be walked with one stride are merged into runs; each new axis must then divide what is left of a run. A tensor
    need not be contiguous for this, only the axes that are merged must be compatible. Axes of size 1 are never walked, so their
    strides do not matter. An expanded axis has stride 0.

    Args:
        shape: the size of each axis, at least 0.
        strides: how many elements of memory lie between neighbours along each axis, at least 0.
        new_shape: the wanted sizes, with the same number of elements; -1 must be filled in.

    Returns:
        contiguous: whether the elements lie one behind another in row-major order.
        viewable: whether ``view`` succeeds; if not, ``reshape`` copies.
        new_strides: the strides of the view, those of axes of size 1 being arbitrary; None if there is none.

    Raises:
        ValueError: shape and strides of different lengths, a size or stride below 0 or not whole, another number of elements.

    Source: PyTorch documentation, torch.Tensor.view, the condition for a view of the tensor's data.

    >>> view_compatible([2, 4, 3], [12, 1, 4], [2, 12])
    Record(contiguous=False, viewable=False, new_strides=None)
    >>> view_compatible([2, 4, 3], [12, 1, 4], [2, 2, 2, 3])
    Record(contiguous=False, viewable=True, new_strides=[12, 2, 1, 4])
    """
    old, steps, new = _naturals(shape, "shape"), _naturals(strides, "strides"), _naturals(new_shape, "new_shape")
    if len(old) != len(steps):
        raise ValueError(f"shape and strides must have one length, got {len(old)} and {len(steps)}")
    if math.prod(old) != math.prod(new):
        raise ValueError(f"new_shape must hold {math.prod(old)} elements as shape does, got {math.prod(new)}")
    dense = _row_major(old)
    contiguous = 0 in old or all(size == 1 or step == need for size, step, need in zip(old, steps, dense, strict=True))
    new_strides = _row_major(new) if 0 in old else _split(_runs(old, steps), new)
    return Record(contiguous=contiguous, viewable=new_strides is not None, new_strides=new_strides)


def _naturals(value: Sequence[int], name: str) -> list[int]:
    return [checks.count(entry, f"{name}[{i}]", least=0) for i, entry in enumerate(checks.items(value, name, empty=True))]


def _row_major(shape: list[int]) -> list[int]:
    """The strides of a contiguous tensor; an axis of size 0 counts as 1, as in PyTorch."""
    return [math.prod(max(size, 1) for size in shape[axis + 1 :]) for axis in range(len(shape))]


def _runs(shape: list[int], strides: list[int]) -> list[tuple[int, int]]:
    """The elements and the stride of each run of axes that merge into one, the last run first."""
    runs: list[tuple[int, int]] = []
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if size == 1:
            continue
        if runs and stride == runs[-1][0] * runs[-1][1]:
            runs[-1] = (runs[-1][0] * size, runs[-1][1])
        else:
            runs.append((size, stride))
    return runs


def _split(runs: list[tuple[int, int]], shape: list[int]) -> list[int] | None:
    """The strides with which axes of these sizes divide the runs up; None if one of them would cross from run to run."""
    strides: list[int] = []
    following = iter(runs)
    left, stride = 1, 1
    for size in reversed(shape):
        if left == 1 and size > 1:
            left, stride = next(following)
        if left % size:
            return None
        strides.insert(0, stride)
        left, stride = left // size, stride * size
    return strides
