"""What the forward and the backward kernels share: tiles of a matrix, the span of blocks to visit, scores and masks."""

import triton
import triton.language as tl


@triton.jit
def load(matrix, start, stride, T, ROWS: tl.constexpr, D: tl.constexpr, DP: tl.constexpr):
    """Rows start to start + ROWS of a (T, D) matrix as a (ROWS, DP) tile; what lies outside of the matrix is 0."""
    row, column = tl.arange(0, ROWS)[:, None], tl.arange(0, DP)[None, :]
    place = matrix + tl.cast(start, tl.int64) * stride + (row * stride + column)  # a long sequence passes 2^31 elements
    if D == DP:
        return tl.load(place, mask=start + row < T, other=0.0)
    return tl.load(place, mask=(start + row < T) & (column < D), other=0.0)


@triton.jit
def store(matrix, tile, start, stride, T, ROWS: tl.constexpr, D: tl.constexpr, DP: tl.constexpr):
    """Write a (ROWS, DP) tile to rows start to start + ROWS of a (T, D) matrix, rounded to its dtype."""
    row, column = tl.arange(0, ROWS)[:, None], tl.arange(0, DP)[None, :]
    place = matrix + tl.cast(start, tl.int64) * stride + (row * stride + column)
    tl.store(place, tile.to(matrix.dtype.element_ty), mask=(start + row < T) & (column < D))


@triton.jit
def span(first, ROWS: tl.constexpr, T, STEP: tl.constexpr, shift, left, right, HAS_LEFT: tl.constexpr, HAS_RIGHT: tl.constexpr):
    """Which of T columns the rows first to first + ROWS see, when row i sees i + shift - left to i + shift + right.

    In blocks of STEP columns: from ``lo`` some row sees some column; from ``inside`` to ``outside`` every row sees every column, so
    that no mask is needed; to ``hi`` some row sees some column again. With the roles of rows and columns changed (shift -> -shift,
    left <-> right) it says which queries see a block of keys.
    """
    lo, inside, outside, hi = 0, 0, T, T
    if HAS_LEFT:
        lo = tl.minimum(tl.maximum(first + shift - left, 0), T) // STEP * STEP
        inside = tl.cdiv(tl.minimum(tl.maximum(first + ROWS - 1 + shift - left, 0), T), STEP) * STEP
    if HAS_RIGHT:
        hi = tl.minimum(tl.maximum(first + ROWS + shift + right, 0), T)
        outside = tl.minimum(tl.maximum(first + 1 + shift + right, 0), T)
    outside = tl.maximum(outside // STEP * STEP, inside)  # a block that hangs over the end needs a mask
    return lo, tl.minimum(inside, hi), tl.minimum(outside, hi), hi


@triton.jit
def visible(i, j, TK, shift, left, right, HAS_LEFT: tl.constexpr, HAS_RIGHT: tl.constexpr):
    """Whether query i sees key j, for a column of i and a row of j or the other way round."""
    past = j - i - shift  # so far to the right of the query's own place
    keep = past + (i + shift) < TK
    if HAS_LEFT:
        keep &= past >= -left
    if HAS_RIGHT:
        keep &= past <= right
    return keep


@triton.jit
def products(a, b, inner, CAPPED: tl.constexpr):
    """a b, or with a soft cap tanh(inner a b): in both cases a score is a positive factor times this.

    "ieee" keeps float32 from being rounded to TF32; narrower dtypes go to the tensor cores as they are.
    """
    x = tl.dot(a, b, input_precision="ieee")
    if CAPPED:
        x *= inner
        y = x * x  # tanh as in Cephes' tanhf.c: an odd polynomial near 0, where 1 - 2/(e^2x + 1) would cancel
        near = (((-5.70498872745e-3 * y + 2.06390887954e-2) * y - 5.37397155531e-2) * y + 1.33314422036e-1) * y - 3.33332819422e-1
        far = 1 - 2 / (tl.math.exp2(2.8853900817779268 * tl.abs(x)) + 1)
        x = tl.where(tl.abs(x) < 0.625, x + x * y * near, tl.where(x < 0, -far, far))
    return x
