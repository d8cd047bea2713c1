"""The node tests of ONNX, and adapters that answer them with our kernels.

ONNX ships a test for every variant of every operator: a node, its inputs, and the outputs that its own numpy reference gives. An
adapter here reshapes, loops over rows and heads, and translates attributes; every number goes through the kernels that stand beside
it in ``OPERATORS``. What ONNX means differently, the adapter translates where one meaning can be turned into the other, and else it
raises ``Unrouted`` with the reason.

Operators of which our kernels know the cost or the shape but not the numbers (Einsum, Conv, pooling) are left out.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from typing import Any

import numpy as np

import kernels

Answer = Sequence[Any]
"""The outputs of a node, in the operator's order; None for one that is never asked for."""


class Unrouted(Exception):
    """A case that our kernels do not answer, with the reason."""


@dataclass(frozen=True)
class Case:
    """One node test."""

    name: str
    operator: str
    attributes: dict[str, Any] = field(repr=False)
    inputs: tuple[Any, ...] = field(repr=False)
    """The node's inputs in order, None for one that is left out."""
    outputs: dict[int, Any] = field(repr=False)
    """What ONNX expects, by position among the operator's outputs."""

    def given(self, index: int) -> Any:
        """An input as it is, or None."""
        return self.inputs[index] if index < len(self.inputs) else None

    def floats(self, index: int) -> Any:
        """An input in float64, exactly, or None."""
        value = self.given(index)
        return None if value is None else np.asarray(value, dtype=np.float64)

    def get(self, attribute: str, default: Any) -> Any:
        """An attribute, words as ``str``."""
        value = self.attributes.get(attribute, default)
        return value.decode() if isinstance(value, bytes) else value

    @property
    def answer(self) -> Answer:
        """Our outputs.

        Raises:
            Unrouted: our kernels do not answer this case.
        """
        return OPERATORS[self.operator].adapter(self)


@dataclass(frozen=True)
class Operator:
    """How an operator of ONNX is answered."""

    module: str
    """The module of ``onnx.backend.test.case.node`` that makes its cases."""
    adapter: Callable[[Case], Answer]
    kernels: tuple[str, ...]
    """The kernels that the numbers go through."""


@cache
def cases() -> tuple[Case, ...]:
    """All cases of the operators in ``OPERATORS``, by name; the same ones in every process, for ONNX seeds each export alike.

    Only the modules of these operators are imported, in 0.6 s; ``load_model_tests`` imports all of them, in 3 s.
    """
    from onnx import helper
    from onnx.backend.test.case import node

    state = np.random.get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ONNX's own 0/0
        for operator in OPERATORS.values():
            import_module(f"{node.__name__}.{operator.module}")
    np.random.set_state(state)
    found = []
    for test in node._NodeTestCases:
        nodes = test.model.graph.node
        if len(nodes) != 1 or nodes[0].op_type not in OPERATORS or "_expanded" in test.name:
            continue  # an expanded case is the same one again, in terms of other operators
        ((inputs, outputs),) = test.data_sets
        by_name = dict(zip([value.name for value in test.model.graph.input], inputs, strict=True))
        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in nodes[0].attribute}
        positions = [position for position, name in enumerate(nodes[0].output) if name]
        found.append(
            Case(
                test.name,
                nodes[0].op_type,
                attributes,
                tuple(by_name[name] if name else None for name in nodes[0].input),
                dict(zip(positions, outputs, strict=True)),
            )
        )
    return tuple(sorted(found, key=lambda case: case.name))


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """The kernel of that name, called."""
    return kernels.get(name)(*args, **kwargs)


def _elementwise(function: Callable[[Any], Any], x: Any) -> Any:
    """A kernel that takes a vector, on an array of any shape."""
    return np.reshape(function(np.ravel(x)), np.shape(x))


# Activations


def _activation(kind: str) -> Callable[[Case], Answer]:
    return lambda case: [_elementwise(lambda x: call("activation", x, kind).y, case.floats(0))]


def _leaky_relu(case: Case) -> Answer:
    slope = case.get("alpha", 0.01)
    return [_elementwise(lambda x: call("activation", x, "leaky_relu", alpha=slope).y, case.floats(0))]


def _gelu(case: Case) -> Answer:
    return _activation("gelu_tanh" if case.get("approximate", "none") == "tanh" else "gelu")(case)


def _swish(case: Case) -> Answer:
    """x s(ax) is silu(ax)/a."""
    slope = case.get("alpha", 1.0)
    return [_elementwise(lambda x: call("activation", slope * x, "silu").y / slope, case.floats(0))]


def _swiglu(case: Case) -> Answer:
    return [_swish(case)[0] * case.floats(1)]


def _sigmoid(case: Case) -> Answer:
    return [call("sigmoid", case.floats(0))]


def _softplus(case: Case) -> Answer:
    """ln(1 + e^x) is the loss of the logit x where the label is 0."""
    loss = partial(call, "binary_cross_entropy_with_logits", reduction="none")
    return [_elementwise(lambda x: loss(x, np.zeros(len(x))), case.floats(0))]


def _shrink(case: Case) -> Answer:
    threshold = case.get("lambd", 0.5)
    if case.get("bias", 0.0) != threshold:
        raise Unrouted("soft_threshold moves by the threshold; hard shrinkage does not")
    return [_elementwise(lambda x: call("soft_threshold", x, threshold), case.floats(0))]


def _clip(case: Case) -> Answer:
    """The interval's middle is moved to 0, where clip_by_value clips alike on both sides."""
    low, high = case.floats(1), case.floats(2)
    if low is None or high is None or low >= high:
        raise Unrouted("clip_by_value clips to an interval [-c, c], c > 0")
    middle, half = float(low + high) / 2, float(high - low) / 2
    return [_elementwise(lambda x: call("clip_by_value", x - middle, half).g + middle, case.floats(0))]


def _dropout(case: Case) -> Answer:
    """While training the mask is the one that the suite's reference draws from the node's seed; else nothing is dropped."""
    x, ratio, training = case.floats(0), case.given(1), case.given(2)
    p = 0.5 if ratio is None else float(ratio)
    if training is None or not training:
        p = 0.0
    mask = np.random.RandomState(case.get("seed", 0)).uniform(0, 1, x.shape) >= p
    return [_elementwise(lambda v: call("inverted_dropout", v, mask.ravel(), p).y, x), mask]


# Choosing


def _positions(function: Callable[[Any], Any], case: Case) -> Answer:
    """The index that a kernel finds in each vector along the axis; for the last of equal ones the vector is turned round."""
    axis = case.get("axis", 0)
    x = case.floats(0)
    if case.get("select_last_index", 0):
        found = x.shape[axis] - 1 - np.apply_along_axis(function, axis, np.flip(x, axis))
    else:
        found = np.apply_along_axis(function, axis, x)
    return [np.expand_dims(found, axis) if case.get("keepdims", 1) else found]


def _hard(sign: float) -> Callable[[Any], Any]:
    """Hard attention with a query of one number: the scores are the entries, or their negatives."""
    return lambda x: call("argmax_attention", [sign], x[:, None], np.eye(len(x)))


def _hardmax(case: Case) -> Answer:
    """Hard attention over the unit vectors as values."""
    return [np.apply_along_axis(lambda x: _hard(1)(x).out, case.get("axis", -1), case.floats(0))]


def _top_k(case: Case) -> Answer:
    """The order of logits is that of their softmax; the k-th largest entry is the one that top-k keeps and top-(k-1) does not."""
    axis, k = case.get("axis", -1), int(case.given(1)[0])
    sign = 1 if case.get("largest", 1) else -1

    def order(x: Any) -> list[int]:
        probabilities, found = call("softmax", sign * x), []
        for count in range(1, k + 1):
            (new,) = set(np.flatnonzero(call("top_k_filter", probabilities, count)).tolist()).difference(found)
            found.append(new)
        return found

    indices = np.apply_along_axis(order, axis, case.floats(0))
    return [np.take_along_axis(case.given(0), indices, axis), indices]


# Reductions and products


def _reduced(function: Callable[[Any], Any]) -> Callable[[Case], Answer]:
    def adapter(case: Case) -> Answer:
        x, axes = case.floats(0), case.given(1)
        if x.size == 0:
            raise Unrouted("the kernels refuse an empty axis")
        along = tuple(range(x.ndim)) if axes is None or len(axes) == 0 else tuple(int(axis) % x.ndim for axis in axes)
        rows = np.moveaxis(x, along, range(-len(along), 0))
        rows = rows.reshape(*rows.shape[: x.ndim - len(along)], -1)
        result = np.apply_along_axis(function, -1, rows)
        return [np.expand_dims(result, along) if case.get("keepdims", 1) else result]

    return adapter


def _lp_normalization(case: Case) -> Answer:
    """A row of zeros has no direction, which unit_normalize refuses and ONNX leaves as it is."""
    unit = partial(call, "unit_normalize", p=case.get("p", 2))
    return [np.apply_along_axis(lambda v: unit(v) if v.any() else v, case.get("axis", -1), case.floats(0))]


def _layer(x: Any, W: Any, b: Any, act: str = "identity") -> Any:
    return call("dense_forward", x, W, b, act).y


def _matmul(case: Case) -> Answer:
    """Every row of the left factor goes through a layer whose weights are the right factor, transposed."""
    A, B = case.floats(0), case.floats(1)
    left, right = (A[None] if A.ndim == 1 else A), (B[:, None] if B.ndim == 1 else B)
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left, right = np.broadcast_to(left, batch + left.shape[-2:]), np.broadcast_to(right, batch + right.shape[-2:])
    result = np.empty((*batch, left.shape[-2], right.shape[-1]))
    for at in np.ndindex(*result.shape[:-1]):
        weights = right[at[:-1]].T
        result[at] = _layer(left[at], weights, np.zeros(len(weights)))
    return [result.squeeze(axis=tuple(axis for axis, ndim in ((-2, A.ndim), (-1, B.ndim)) if ndim == 1))]


def _gemm(case: Case) -> Answer:
    A, B, C = case.floats(0), case.floats(1), case.floats(2)
    A, B = A.T if case.get("transA", 0) else A, B if case.get("transB", 0) else B.T
    bias = np.broadcast_to(0.0 if C is None else case.get("beta", 1.0) * C, (len(A), len(B)))
    return [np.array([_layer(case.get("alpha", 1.0) * row, B, b) for row, b in zip(A, bias, strict=True)])]


def _viewed(shape: Callable[[Case], list[int]]) -> Callable[[Case], Answer]:
    """The elements of a tensor, read in their memory with the strides that view_compatible gives."""

    def adapter(case: Case) -> Answer:
        x = np.ascontiguousarray(case.given(0))
        steps = [stride // x.itemsize for stride in x.strides]
        new = shape(case)
        strides = call("view_compatible", x.shape, steps, new).new_strides
        return [x.ravel()[np.tensordot(strides, np.indices(new), axes=1)]]

    return adapter


def _flat(case: Case) -> list[int]:
    shape = case.given(0).shape
    axis = case.get("axis", 1) % len(shape)
    return [math.prod(shape[:axis]), math.prod(shape[axis:])]


def _reshaped(case: Case) -> list[int]:
    """0 stands for the old size unless allowed, -1 for what is left."""
    old, new = case.given(0).shape, [int(size) for size in case.given(1)]
    if not case.get("allowzero", 0):
        new = [old[axis] if size == 0 else size for axis, size in enumerate(new)]
    rest = math.prod(old) // max(math.prod(size for size in new if size != -1), 1)
    return [rest if size == -1 else size for size in new]


# Losses


def _examples(x: Any) -> Any:
    """Classes or channels on axis 1, positions behind them: one row for each example and position."""
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def _shared(losses: Any, case: Case) -> Any:
    """The reduction of ONNX, with a weight for each class: the mean is divided by the weights of the true classes."""
    labels, weights, ignored = case.given(1), case.floats(2), case.get("ignore_index", None)
    kept = np.ones(labels.shape, dtype=bool) if ignored is None else labels != ignored
    share = kept * (1.0 if weights is None else weights[np.where(kept, labels, 0)])
    losses, reduction = losses * share, case.get("reduction", "mean")
    return losses if reduction == "none" else losses.sum() / (share.sum() if reduction == "mean" else 1)


def _softmax_cross_entropy(case: Case) -> Answer:
    """Class weights are applied to the kernel's losses; without them the reduction is the kernel's, too."""
    x, labels = case.floats(0), case.given(1)
    ignored, reduction = case.get("ignore_index", None), case.get("reduction", "mean")
    loss = partial(call, "cross_entropy_from_logits", _examples(x), labels.ravel(), ignore_index=ignored)
    if case.given(2) is not None:
        result = _shared(loss(reduction="none").reshape(labels.shape), case)
    else:
        result = loss(reduction=reduction)
        result = result.reshape(labels.shape) if reduction == "none" else result
    return [result, call("log_softmax", x, axis=1)]


def _nll(case: Case) -> Answer:
    """The inputs need not be normalised: -x_y is the cross-entropy, LSE(x) - x_y, without its first term."""
    x, labels = case.floats(0), case.given(1)
    ignored = case.get("ignore_index", None)
    rows = _examples(x)
    losses = call("cross_entropy_from_logits", rows, labels.ravel(), reduction="none", ignore_index=ignored)
    return [_shared((losses - call("logsumexp", rows)).reshape(labels.shape), case)]


# Normalisation


def _from(axis: int, x: Any) -> tuple[Any, tuple[int, ...]]:
    """The axes from ``axis`` on made into one, and the shape of a statistic over them."""
    axis %= x.ndim
    return x.reshape(*x.shape[:axis], -1), x.shape[:axis] + (1,) * (x.ndim - axis)


def _layer_norm(case: Case) -> Answer:
    """Mean and variance, which ONNX returns too, are gaussian_mle's."""
    x, gamma, beta = (case.floats(index) for index in range(3))
    eps = case.get("epsilon", 1e-5)
    rows, shape = _from(case.get("axis", -1), x)
    y = call("layer_norm", rows, gamma.ravel(), np.zeros(gamma.size) if beta is None else beta.ravel(), eps)
    mean = np.apply_along_axis(lambda row: call("gaussian_mle", row).mu, -1, rows)
    var = np.apply_along_axis(lambda row: call("gaussian_mle", row).var_mle, -1, rows)
    return [y.reshape(x.shape), mean.reshape(shape), (1 / np.sqrt(var + eps)).reshape(shape)]


def _rms_norm(case: Case) -> Answer:
    x, gamma = case.floats(0), case.floats(1)
    rows, _ = _from(case.get("axis", -1), x)
    return [call("rms_norm", rows, gamma.ravel(), case.get("epsilon", 1e-5)).reshape(x.shape)]


def _group_norm(case: Case, groups: int | None = None) -> Answer:
    """Layer normalisation of each group of channels, with the factors of its channels."""
    x, gamma, beta = (case.floats(index) for index in range(3))
    groups = groups or case.get("num_groups", None)
    parts = x.reshape(len(x), groups, -1)
    pixels = x[0, 0].size
    factors, offsets = (np.repeat(side, pixels).reshape(groups, -1) for side in (gamma, beta))
    eps = case.get("epsilon", 1e-5)
    rows = [call("layer_norm", parts[:, g], factors[g], offsets[g], eps) for g in range(groups)]
    return [np.stack(rows, axis=1).reshape(x.shape)]


def _instance_norm(case: Case) -> Answer:
    return _group_norm(case, groups=case.given(0).shape[1])


def _channels_back(rows: Any, x: Any) -> Any:
    """What ``_examples`` made of x, in the shape of x."""
    return np.moveaxis(rows.reshape(len(x), *x.shape[2:], -1), -1, 1)


def _batch_norm(case: Case) -> Answer:
    """ONNX weighs the old statistics with its momentum and keeps the biased variance: m = 1 - momentum, and m var/(B - 1) less."""
    x, gamma, beta, mean, var = (case.floats(index) for index in range(5))
    rows, eps = _examples(x), case.get("epsilon", 1e-5)
    if not case.get("training_mode", 0):
        return [_channels_back(call("batchnorm_eval", rows, gamma, beta, mean, var, eps), x)]
    m = 1 - case.get("momentum", 0.9)
    found = call("batchnorm_train", rows, gamma, beta, mean, var, m, eps)
    return [_channels_back(found.y, x), found.running_mean, found.running_var - m * found.var_biased / (len(rows) - 1)]


def _mean_variance(case: Case) -> Answer:
    """Every channel of the batch is normalised, without factors."""
    x = case.floats(0)
    if case.get("axes", [0, 2, 3]) != [0, 2, 3]:
        raise Unrouted("batchnorm_train normalises over all axes but the channels'")
    one, zero = np.ones(x.shape[1]), np.zeros(x.shape[1])
    return [_channels_back(call("batchnorm_train", _examples(x), one, zero, zero, one, eps=0).y, x)]


# Attention


def _heads(x: Any, count: int) -> Any:
    """(batch, n, heads * d) as (batch, heads, n, d)."""
    return x.reshape(*x.shape[:2], count, -1).transpose(0, 2, 1, 3)


def _pattern(case: Case, offset: int, queries: int, keys: int) -> Any:
    """Which keys the queries at positions offset, offset + 1, ... see, by causality and window: rows of a square mask."""
    left, right = case.get("left_window_size", -1), case.get("right_window_size", -1)
    size = max(offset + queries, keys)

    def side(window: int) -> Any:
        """From the position itself backwards, so far as the window goes."""
        return call("attention_mask", *(("causal", size) if window < 0 else ("sliding", size, window + 1))).mask

    mask = side(left) | (np.zeros((size, size), dtype=bool) if case.get("is_causal", 0) else side(right).T)
    positions = np.arange(offset, offset + queries)
    return np.where(positions[:, None] < 0, not case.get("is_causal", 0), mask[np.maximum(positions, 0), :keys])


def _visible(case: Case, shape: tuple[int, ...], past: int) -> Any:
    """The mask of (batch, heads, queries, keys) that position, window and padding make."""
    batch, _, queries, keys = shape
    lengths = case.given(6)
    mask = np.empty(shape, dtype=bool)
    for b in range(batch):
        offset = past if lengths is None else int(lengths[b]) - queries
        mask[b] = _pattern(case, offset, queries, keys)
        if lengths is not None:
            mask[b] &= call("attention_mask", "padding", keys, length=int(lengths[b])).mask[0]
    return mask


def _bias(case: Case, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """The attention mask as truth values and as what is added to the scores; keys that it does not reach are hidden."""
    mask = case.given(3)
    if mask is None:
        return np.ones(shape, dtype=bool), np.zeros(shape)
    missing = [(0, 0)] * (mask.ndim - 1) + [(0, shape[-1] - mask.shape[-1])]
    if mask.dtype == bool:
        return np.broadcast_to(np.pad(mask, missing), shape), np.zeros(shape)
    added = np.pad(mask.astype(np.float64), missing, constant_values=-np.inf)
    added = np.broadcast_to(added, shape)
    return added > -np.inf, np.where(added > -np.inf, added, 0)


def _with_bias(Q: Any, K: Any, bias: Any, scale: float) -> tuple[Any, Any]:
    """A bias is a dot product: each query gets a coordinate of its own, in which the keys hold what is added to its scores."""
    own = np.broadcast_to(np.eye(Q.shape[-2]) / scale, (*Q.shape[:-1], Q.shape[-2]))
    return np.concatenate([Q, own], axis=-1), np.concatenate([K, bias.swapaxes(-1, -2)], axis=-1)


def _scores(Q: Any, K: Any, scale: float) -> Any:
    rows = [call("luong_score", scale * Q[at], K[at[:-1]], "dot").scores for at in np.ndindex(*Q.shape[:-1])]
    return np.reshape(rows, (*Q.shape[:-1], K.shape[-2]))


def _attend(case: Case, Q: Any, K: Any, V: Any, past: int = 0) -> tuple[Any, Any]:
    """The output of (batch, heads, queries, d) and what ``qk_matmul_output_mode`` asks for.

    Scores that are capped are computed first (luong_score, activation), and are then dot products with unit vectors.
    """
    K, V = (np.repeat(side, Q.shape[1] // side.shape[1], axis=1) for side in (K, V))
    shape = (*Q.shape[:-1], K.shape[-2])
    allowed, bias = _bias(case, shape)
    mask = allowed & _visible(case, shape, past)
    scale, cap, mode = case.get("scale", None), case.get("softcap", 0.0), case.get("qk_matmul_output_mode", 0)
    factor = 1 / math.sqrt(Q.shape[-1]) if scale is None else scale
    capped = None
    if cap or mode != 3:
        capped = _scores(Q, K, factor)
        if cap:
            capped = cap * _elementwise(lambda x: call("activation", x, "tanh").y, capped / cap)
    if cap:
        Q, K = _with_bias(np.zeros((*shape[:-1], 1)), np.zeros((*K.shape[:-1], 1)), capped + bias, scale := 1.0)
    elif bias.any():
        Q, K = _with_bias(Q, K, bias, scale := factor)
    found = call("scaled_dot_product_attention", Q, K, V, mask, scale)
    shown = {2: lambda: np.where(mask, capped + bias, -np.inf), 3: lambda: found.weights}.get(mode, lambda: capped)()
    return found.out, shown


def _attention(case: Case) -> Answer:
    Q, K, V = (case.floats(index) for index in range(3))
    flat = Q.ndim == 3
    if flat:
        Q = _heads(Q, case.get("q_num_heads", None))
        K, V = (_heads(side, case.get("kv_num_heads", None)) for side in (K, V))
    past = 0
    if case.given(4) is not None:
        past = case.given(4).shape[2]
        K, V = np.concatenate([case.floats(4), K], axis=2), np.concatenate([case.floats(5), V], axis=2)
    out, shown = _attend(case, Q, K, V, past)
    return [out.transpose(0, 2, 1, 3).reshape(len(out), out.shape[2], -1) if flat else out, K, V, shown]


def _flex_attention(case: Case) -> Answer:
    if {"score_mod", "prob_mod"} & set(case.attributes):
        raise Unrouted("scaled_dot_product_attention takes no graph that changes its scores or weights")
    return [_attend(case, *(case.floats(index) for index in range(3)))[0]]


def _turned(pair: Any, cos: float, sin: float, layout: str) -> Any:
    """A pair of features times the complex number (cos, sin): a rotation by its angle, and a scaling by its length.

    RoPE turns the second of two pairs by position / sqrt(base), which at position 1 is the angle for base = angle^-2.
    """
    angle = math.atan2(sin, cos) % (2 * math.pi) or 2 * math.pi
    places = [2, 3] if layout == "interleaved" else [1, 3]
    x = np.zeros(4)
    x[places] = pair
    return math.hypot(cos, sin) * call("rope_rotate", x, pos=1, base=angle**-2, layout=layout)[places]


def _rotary(case: Case) -> Answer:
    """ONNX takes any table of cosines and sines, so each pair is turned by an angle of its own."""
    given = case.floats(0)
    x = _heads(given, case.get("num_heads", None)) if given.ndim == 3 else given
    cos, sin = (table if case.given(3) is None else table[case.given(3)] for table in (case.floats(1), case.floats(2)))
    width = case.get("rotary_embedding_dim", 0) or x.shape[-1]
    interleaved = bool(case.get("interleaved", 0))
    layout = "interleaved" if interleaved else "half"
    result = x.copy()
    for b, h, n, i in np.ndindex(*x.shape[:-1], width // 2):
        at = [2 * i, 2 * i + 1] if interleaved else [i, i + width // 2]
        result[b, h, n, at] = _turned(x[b, h, n, at], cos[b, n, i], sin[b, n, i], layout)
    return [result.transpose(0, 2, 1, 3).reshape(given.shape) if given.ndim == 3 else result]


# Recurrent networks


def _recurrent(case: Case, state: int, step: Callable[..., tuple[Any, ...]]) -> Answer:
    """Runs ``step(x, W, R, b, *states)`` through time, for each direction and example.

    Args:
        state: how many states are carried along: 1 for an RNN, 2 for an LSTM.
        step: returns the new states, of which the first is the output.
    """
    X, W, R, B = (case.floats(index) for index in range(4))
    if case.get("layout", 0):
        X = X.swapaxes(0, 1)
    T, batch, _ = X.shape
    directions, hidden = len(W), R.shape[-1]
    backwards = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[case.get("direction", "forward")]
    if case.given(4) is not None and (case.given(4) != T).any():
        raise Unrouted("the adapter runs sequences of one length")
    Y, last = np.empty((T, directions, batch, hidden)), np.empty((state, directions, batch, hidden))
    for d, n in np.ndindex(directions, batch):
        start = [case.floats(5 + index) for index in range(state)]
        states = tuple(np.zeros(hidden) if side is None else side[d, n] for side in start)
        bias = np.zeros(len(W[d])) if B is None else B[d].reshape(2, -1).sum(axis=0)
        for t in reversed(range(T)) if backwards[d] else range(T):
            states = step(X[t, n], W[d], R[d], bias, *states)
            Y[t, d, n] = states[0]
        last[:, d, n] = states
    if case.get("layout", 0):
        return [Y.transpose(2, 0, 1, 3), *(side.swapaxes(0, 1) for side in last)]
    return [Y, *last]


def _rnn_step(x: Any, W: Any, R: Any, b: Any, h: Any) -> tuple[Any, ...]:
    """A layer of tanh units over input and state."""
    return (_layer(np.concatenate([x, h]), np.concatenate([W, R], axis=1), b, "tanh"),)


def _rnn(case: Case) -> Answer:
    if case.get("activations", ["Tanh"])[0] not in ("Tanh", b"Tanh"):
        raise Unrouted("the adapter knows tanh")
    return _recurrent(case, 1, _rnn_step)


def _lstm_step(x: Any, W: Any, R: Any, b: Any, h: Any, c: Any) -> tuple[Any, ...]:
    """ONNX stacks the gates in the order i, o, f, g."""
    W, R, b = (np.concatenate([np.split(side, 4)[gate] for gate in (0, 2, 3, 1)]) for side in (W, R, b))
    found = call("lstm_cell_step", x, h, c, W, R, b)
    return found.h_new, found.c_new


def _lstm(case: Case) -> Answer:
    if case.given(7) is not None:
        raise Unrouted("lstm_cell_step has no peepholes")
    return _recurrent(case, 2, _lstm_step)


# Optimisers

FAR = 10**9
"""A step so late that nothing is left to correct: ONNX corrects no bias at T = 0, where ours counts from 1."""


def _tensors(case: Case, kinds: int) -> list[list[Any]]:
    """The inputs after rate and step: all weights, then all gradients, then the states; one list for each weight."""
    flat = [case.floats(index) for index in range(2, len(case.inputs))]
    count = len(flat) // kinds
    return [flat[index::count] for index in range(count)]


def _momentum(case: Case) -> Answer:
    """ONNX adds a penalty's gradient, and from the second step on damps all gradients by beta before they enter the velocity."""
    rate, step = float(case.given(0)), int(case.given(1))
    nesterov = case.get("mode", "standard") == "nesterov"
    damping = case.get("beta", 1.0) if step > 0 else 1.0
    if nesterov and damping != 1:
        raise Unrouted("sgd_momentum_step does not damp gradients, as Nesterov's step here does in one of two places")
    results = []
    for w, g, v in _tensors(case, 3):
        g = damping * (g + case.get("norm_coefficient", 0.0) * w)
        found = call("sgd_momentum_step", w, g, v, rate, case.get("alpha", 0.9), nesterov)
        results.append((found.w_new, found.v_new))
    return [side for kind in zip(*results, strict=True) for side in kind]


def _adam(case: Case) -> Answer:
    """ONNX's epsilon stands beside the root before the bias is corrected, so ours is larger by what the root is corrected by."""
    rate, step = float(case.given(0)), int(case.given(1)) or FAR
    beta1, beta2 = case.get("alpha", 0.9), case.get("beta", 0.999)
    if case.get("norm_coefficient_post", 0.0):
        raise Unrouted("adam_step has no shrinkage after the step")
    eps = case.get("epsilon", 0.0) / math.sqrt(1 - beta2**step)
    decay = case.get("norm_coefficient", 0.0)
    results = []
    for tensors in _tensors(case, 4):
        found = [call("adam_step", *entry, step, rate, beta1, beta2, eps, decay, False) for entry in zip(*tensors, strict=True)]
        results.append([np.array([getattr(one, name) for one in found]) for name in ("w", "m", "v")])
    return [side for kind in zip(*results, strict=True) for side in kind]


def _linear_attention(case: Case) -> Answer:
    raise Unrouted("ONNX's is a recurrence with gates and no denominator; ours divides by the sum of the similarities")


def _argmax(case: Case) -> Answer:
    return _positions(lambda x: _hard(1)(x).index, case)


def _argmin(case: Case) -> Answer:
    return _positions(lambda x: _hard(-1)(x).index, case)


OPERATORS = {
    "Adam": Operator("adam", _adam, ("adam_step",)),
    "ArgMax": Operator("argmax", _argmax, ("argmax_attention",)),
    "ArgMin": Operator("argmin", _argmin, ("argmax_attention",)),
    "Attention": Operator("attention", _attention, ("scaled_dot_product_attention", "attention_mask", "luong_score", "activation")),
    "BatchNormalization": Operator("batch_normalization", _batch_norm, ("batchnorm_train", "batchnorm_eval")),
    "Clip": Operator("clip", _clip, ("clip_by_value",)),
    "Dropout": Operator("dropout", _dropout, ("inverted_dropout",)),
    "Flatten": Operator("flatten", _viewed(_flat), ("view_compatible",)),
    "FlexAttention": Operator("flexattention", _flex_attention, ("scaled_dot_product_attention",)),
    "Gelu": Operator("gelu", _gelu, ("activation",)),
    "Gemm": Operator("gemm", _gemm, ("dense_forward",)),
    "GroupNormalization": Operator("groupnormalization", _group_norm, ("layer_norm",)),
    "Hardmax": Operator("hardmax", _hardmax, ("argmax_attention",)),
    "InstanceNormalization": Operator("instance_normalization", _instance_norm, ("layer_norm",)),
    "LayerNormalization": Operator("layernormalization", _layer_norm, ("layer_norm", "gaussian_mle")),
    "LeakyRelu": Operator("leakyrelu", _leaky_relu, ("activation",)),
    "LinearAttention": Operator("linear_attention", _linear_attention, ()),
    "LogSoftmax": Operator(
        "logsoftmax", lambda case: [call("log_softmax", case.floats(0), axis=case.get("axis", -1))], ("log_softmax",)
    ),
    "LpNormalization": Operator("lpnormalization", _lp_normalization, ("unit_normalize",)),
    "LSTM": Operator("lstm", _lstm, ("lstm_cell_step",)),
    "MatMul": Operator("matmul", _matmul, ("dense_forward",)),
    "MeanVarianceNormalization": Operator("meanvariancenormalization", _mean_variance, ("batchnorm_train",)),
    "Momentum": Operator("momentum", _momentum, ("sgd_momentum_step",)),
    "NegativeLogLikelihoodLoss": Operator("negativeloglikelihoodloss", _nll, ("cross_entropy_from_logits", "logsumexp")),
    "ReduceL1": Operator("reducel1", _reduced(lambda v: call("lp_norm", v, 1)), ("lp_norm",)),
    "ReduceL2": Operator("reducel2", _reduced(lambda v: call("lp_norm", v, 2)), ("lp_norm",)),
    "ReduceLogSumExp": Operator("reduce_log_sum_exp", _reduced(lambda v: call("logsumexp", v)), ("logsumexp",)),
    "ReduceMean": Operator("reducemean", _reduced(lambda v: call("gaussian_mle", v).mu), ("gaussian_mle",)),
    "ReduceSumSquare": Operator("reducesumsquare", _reduced(lambda v: call("dot_product", v, v)), ("dot_product",)),
    "Relu": Operator("relu", _activation("relu"), ("activation",)),
    "Reshape": Operator("reshape", _viewed(_reshaped), ("view_compatible",)),
    "RMSNormalization": Operator("rmsnormalization", _rms_norm, ("rms_norm",)),
    "RNN": Operator("rnn", _rnn, ("dense_forward",)),
    "RotaryEmbedding": Operator("rotaryembedding", _rotary, ("rope_rotate",)),
    "Shrink": Operator("shrink", _shrink, ("soft_threshold",)),
    "Sigmoid": Operator("sigmoid", _sigmoid, ("sigmoid",)),
    "Softmax": Operator("softmax", lambda case: [call("softmax", case.floats(0), axis=case.get("axis", -1))], ("softmax",)),
    "SoftmaxCrossEntropyLoss": Operator(
        "softmax_cross_entropy_loss", _softmax_cross_entropy, ("cross_entropy_from_logits", "log_softmax")
    ),
    "Softplus": Operator("softplus", _softplus, ("binary_cross_entropy_with_logits",)),
    "SwiGLU": Operator("swiglu", _swiglu, ("activation",)),
    "Swish": Operator("swish", _swish, ("activation",)),
    "Tanh": Operator("tanh", _activation("tanh"), ("activation",)),
    "TopK": Operator("topk", _top_k, ("top_k_filter", "softmax")),
}
