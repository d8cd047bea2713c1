"""Edge cases, refusals and properties of the kernels of efficient attention."""

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kernels
from kernels import oracles
from kernels.attention import attention_mask, scaled_dot_product_attention
from kernels.efficient_attention import (
    attention_decode_step,
    attention_decode_trace,
    attention_matrix_bytes,
    decode_step_cost,
    flash_io_accesses,
    generation_cost,
    kernel_attention_cost,
    kv_cache_bytes,
    linear_attention,
    online_softmax_attention,
    quadratic_feature_dim,
    quadratic_feature_map,
)
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.common import vectors
from tests.kernels.inputs.efficient_attention import INPUTS
from tests.kernels.rounding import assert_gives

NAN = math.nan
I2 = [[1.0, 0.0], [0.0, 1.0]]
quick = settings(max_examples=25, derandomize=True, database=None)
overflowing = pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")


def normal(stream: int, *shape: int) -> np.ndarray:
    """Standard normal numbers."""
    return np.random.Generator(np.random.Philox(stream)).standard_normal(shape)


def weights(h: int, g: int, d: int = 4, k: int = 2, v: int = 3) -> dict[str, np.ndarray]:
    """Weights of an attention layer with h query heads in g groups."""
    return {"W_q": normal(1, h, d, k), "W_k": normal(2, g, d, k), "W_v": normal(3, g, d, v), "W_o": normal(4, h, v, d)}


def assert_agrees(name: str, **arguments: Any) -> None:
    """All oracles of the kernel that speak about the arguments, torch's among them, give what it gives."""
    assert any(oracle.applies(**arguments) and "torch" in oracle.needs for oracle in oracles.of(name))
    for oracle in oracles.of(name):
        oracles.agree(kernels.get(name), oracle, arguments)


def assert_step_gives(wanted: Any, **arguments: Any) -> None:
    """``assert_gives`` for attention_decode_step, whose argument scale would be taken for another there."""
    known = oracles.Oracle("attention_decode_step", lambda **_: wanted, (), lambda **_: 1, lambda **_: 0, None, lambda **_: True)
    oracles.agree(kernels.get("attention_decode_step"), known, arguments)


# quadratic features


@quick
@given(st.integers(1, 5).flatmap(lambda D: st.tuples(vectors(D), vectors(D))), st.sampled_from([0.0, 1.0, 0.3, 7.5]))
def test_the_features_have_the_dot_product_that_they_are_made_for(pair: tuple[np.ndarray, np.ndarray], c: float) -> None:
    q, k = pair
    exact = (sum(Fraction(a) * Fraction(b) for a, b in zip(q.tolist(), k.tolist(), strict=True)) + Fraction(c)) ** 2
    size = (q @ q + c) * (k @ k + c)  # |phi(q)| |phi(k)|, to which the rounding of the C terms and of their sum is relative
    C = quadratic_feature_dim(len(q), c_nonzero=c > 0)
    assert abs(quadratic_feature_map(q, c) @ quadratic_feature_map(k, c) - float(exact)) <= gamma(C + 16) * size


@pytest.mark.parametrize("D", [1, 2, 5])
@pytest.mark.parametrize("c", [0, 1, 2.5])
def test_there_are_as_many_features_as_the_dimension_says(D: int, c: float) -> None:
    assert quadratic_feature_map(np.ones((2, 3, D)), c).shape == (2, 3, quadratic_feature_dim(D, c_nonzero=c > 0))


def test_rows_have_their_features_independently_of_one_another() -> None:
    x = normal(1, 2, 3, 4)
    together = quadratic_feature_map(x, 2)
    for index in np.ndindex(2, 3):
        assert np.array_equal(together[index], quadratic_feature_map(x[index], 2))


def test_the_order_of_the_features() -> None:
    # powers of two tell the features apart: constant, linear, squares, and the products 01, 02, 12
    features = quadratic_feature_map([2, 8, 64], c=0.5)
    root = math.sqrt(2)
    assert_gives(
        "quadratic_feature_map",
        [0.5, 2, 8, 64, 4, 64, 4096, 16 * root, 128 * root, 512 * root],
        x=np.array([2.0, 8.0, 64.0]),
        c=0.5,
    )
    assert np.array_equal(quadratic_feature_map([2, 8, 64], c=0), features[4:])


def test_the_tensor_product_has_every_mixed_feature_twice() -> None:
    for D in (1, 3, 10):
        assert 2 * quadratic_feature_dim(D, c_nonzero=False) - D == D * D


# memory


def test_weights_of_8192_tokens_in_single_precision_take_256_mib() -> None:
    assert attention_matrix_bytes(8192, bytes_per=4) == {"bytes": 2**28, "MiB": 256}


def test_the_cache_grows_with_the_heads_of_keys_and_not_of_queries() -> None:
    sizes = {"layers": 80, "head_dim": 128, "seq_len": 4096}
    full, grouped, single = (kv_cache_bytes(kv_heads=g, **sizes) for g in (64, 8, 1))
    assert full.total == 8 * grouped.total == 64 * single.total


def test_a_token_of_one_sequence_takes_the_same_in_any_batch() -> None:
    one, many = (kv_cache_bytes(2, 2, 8, 16, batch=b) for b in (1, 5))
    assert one.per_token == many.per_token == 2 * 2 * 2 * 8 * 2
    assert many.total == 5 * one.total == 5 * 16 * one.per_token


def test_four_bits_a_number() -> None:
    assert kv_cache_bytes(1, 1, 1, 3, bytes_per=0.5) == {"per_token": 1, "total": 3, "GiB": 3 / 2**30, "GB": 3e-9}
    assert isinstance(kv_cache_bytes(1, 1, 1, 3, bytes_per=0.5).total, int)


def test_a_billion_bytes_are_a_gigabyte() -> None:
    assert kv_cache_bytes(1, 1, 5**9, 2**8, bytes_per=1).GB == 1


# generation


@pytest.mark.parametrize("n", [1, 2, 9, 100])
def test_a_cache_saves_what_was_done_before(n: int) -> None:
    without, cached = generation_cost(n, cached=False), generation_cost(n, cached=True)
    assert cached.projected_tokens == n
    assert cached.scores == without.projected_tokens == sum(range(n + 1))
    assert without.scores == sum(generation_cost(t, cached=True).scores for t in range(1, n + 1))


def test_with_one_head_all_kinds_of_attention_are_one() -> None:
    assert decode_step_cost(8, 512, 1, 100, kv_heads=1).mem_elements == decode_step_cost(8, 512, 1, 100, 1).mem_elements
    assert len({decode_step_cost(2, 64, 4, 9, g).mem_elements for g in (1, 2, 4)}) == 3


def test_fewer_heads_of_keys_move_less_and_raise_the_intensity() -> None:
    costs = [decode_step_cost(8, 1024, 16, 8192, g) for g in (16, 4, 1)]
    for more, less in pairwise(costs):
        assert more.mem_elements > less.mem_elements
        assert more.intensity < less.intensity
    one, two = decode_step_cost(1, 64, 4, 0, 1), decode_step_cost(1, 64, 4, 1, 1)
    assert (two.flops - one.flops, two.mem_elements - one.mem_elements) == (4 * 64, 2 * 16)


# attention_decode_step and its trace


@pytest.mark.parametrize(("h", "g"), [(4, 4), (4, 2), (4, 1), (6, 3), (6, 2), (1, 1)])
@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_decode_step_is_that_of_torch(h: int, g: int, n: int) -> None:
    cache = {"prev_K": normal(5, 2, g, n, 2), "prev_V": normal(6, 2, g, n, 3)}
    for scale in (None, 1.0):
        assert_agrees("attention_decode_step", x=normal(7, 2, 4), **cache, **weights(h, g), scale=scale)


def test_with_an_empty_cache_the_token_gets_its_own_projected_value() -> None:
    x, W = normal(7, 2, 4), weights(4, 2)
    value = np.stack([x @ W_v for W_v in W["W_v"]], axis=1)  # (b, g, v)
    wanted = sum(value[:, head // 2] @ W["W_o"][head] for head in range(4))
    empty = np.zeros((2, 2, 0, 2)), np.zeros((2, 2, 0, 3))
    assert_step_gives({"y": wanted}, x=x, prev_K=empty[0], prev_V=empty[1], **W)
    written = [[[], []], [[], []]]
    for key, found in attention_decode_step(x, written, written, **W).items():
        assert np.array_equal(found, attention_decode_step(x, *empty, **W)[key])


def test_multi_query_is_multi_head_with_the_keys_and_values_of_every_head_alike() -> None:
    x, K, V, W = normal(7, 2, 4), normal(5, 2, 1, 3, 2), normal(6, 2, 1, 3, 3), weights(4, 1)
    copied = {**W, "W_k": W["W_k"].repeat(4, axis=0), "W_v": W["W_v"].repeat(4, axis=0)}
    many = attention_decode_step(x, K.repeat(4, axis=1), V.repeat(4, axis=1), **copied)
    one = attention_decode_step(x, K, V, **W)
    assert_step_gives({"y": many.y, "K": many.K[:, :1], "V": many.V[:, :1]}, x=x, prev_K=K, prev_V=V, **W)
    assert np.array_equal(many.K, one.K.repeat(4, axis=1))


def causal(X: np.ndarray, W: dict[str, np.ndarray], scale: float | None = None) -> np.ndarray:
    """The whole sequence at once, with a causal mask, by torch."""
    x, W_q, W_k, W_v, W_o = (torch.tensor(A)[:, None] if A is X else torch.tensor(A) for A in (X, *W.values()))
    attend = torch.nn.functional.scaled_dot_product_attention
    out = attend(x @ W_q, x @ W_k, x @ W_v, is_causal=True, enable_gqa=True, scale=scale)
    return (out @ W_o).sum(dim=1).numpy()


@pytest.mark.parametrize(("h", "g"), [(4, 4), (4, 2), (4, 1)])
@pytest.mark.parametrize("scale", [None, 1.0])
def test_decoding_token_by_token_is_causal_attention_over_the_sequence(h: int, g: int, scale: float | None) -> None:
    X, W = normal(8, 2, 5, 4), weights(h, g)
    steps, wanted = attention_decode_trace(X, **W, scale=scale), causal(X, W, scale)
    K, V = np.zeros((2, g, 0, 2)), np.zeros((2, g, 0, 3))
    for t, step in enumerate(steps):
        assert_step_gives({"y": wanted[:, t]}, x=X[:, t], prev_K=K, prev_V=V, **W, scale=scale)
        one = attention_decode_step(X[:, t], K, V, **W, scale=scale)
        K, V = one.K, one.V
        assert np.array_equal(step.y, one.y)
        assert np.array_equal(step.k, K[:, :, -1])
        assert np.array_equal(step.v, V[:, :, -1])
        assert (step.cached_tokens, step.cached_elements) == (t + 1, K.size + V.size)
    assert len(steps) == 5


def test_what_the_trace_shows_of_each_step_fits_together() -> None:
    X, W = normal(8, 2, 4, 4), weights(4, 2)
    steps = attention_decode_trace(X, **W)
    Q, K, V = (np.stack([step[name] for step in steps], axis=2) for name in "qkv")  # (b, heads or groups, T, width)
    K, V = K.repeat(2, axis=1), V.repeat(2, axis=1)
    whole = scaled_dot_product_attention(Q, K, V, attention_mask("causal", 4).mask)
    names = ["q", "k", "v", "scores", "weights", "out", "y", "cached_tokens", "cached_elements"]
    for t, step in enumerate(steps):
        assert list(step) == names
        last, seen = slice(t, t + 1), slice(t + 1)
        assert step.scores.shape == step.weights.shape == (2, 4, t + 1)
        wanted = {"weights": step.weights[:, :, None], "out": step.out[:, :, None]}
        assert_gives("scaled_dot_product_attention", wanted, Q=Q[:, :, last], K=K[:, :, seen], V=V[:, :, seen])
        assert not whole.weights[:, :, t, t + 1 :].any()
        products = (Q[:, :, last] * K[:, :, seen]).sum(axis=-1) / math.sqrt(2)
        sizes = np.abs(Q[:, :, last] * K[:, :, seen]).sum(axis=-1) / math.sqrt(2)
        assert (np.abs(step.scores - products) <= 2 * gamma(5) * sizes).all()  # two products, a sum, a root and a quotient
    assert (steps[0].weights == 1).all()


# online_softmax_attention


@pytest.mark.parametrize("block", [1, 2, 3, 7, 100])
def test_the_result_does_not_depend_on_the_block(block: int) -> None:
    q, K, V = normal(1, 4), normal(2, 7, 4), normal(3, 7, 3)
    dense = scaled_dot_product_attention(q[None], K, V)
    assert_gives("online_softmax_attention", {"out": dense.out[0]}, q=q, K=K, V=V, block=block)
    run = online_softmax_attention(q, K, V, block)
    assert len(run.trace) == math.ceil(7 / block)
    assert np.array_equal(run.out, run.trace[-1].acc / run.trace[-1].l)


def test_the_trace_holds_maximum_sum_and_weighted_sum_so_far() -> None:
    run = online_softmax_attention([1.0], [[0.0], [math.log(2)], [0.0]], [[1.0], [3.0], [4.0]], block=1)
    assert [step.m for step in run.trace] == [0, math.log(2), math.log(2)]
    assert_gives(
        "online_softmax_attention",
        {"trace": [{"l": 1, "acc": [1]}, {"l": 1.5, "acc": [3.5]}, {"l": 2, "acc": [5.5]}], "out": [2.75]},
        q=np.array([1.0]),
        K=np.array([[0.0], [math.log(2)], [0.0]]),
        V=np.array([[1.0], [3.0], [4.0]]),
        block=1,
    )


@pytest.mark.parametrize("block", [1, 2, 3])
def test_scores_far_beyond_the_range_of_exp(block: int) -> None:
    run = online_softmax_attention([1e3], [[-1e3], [1e3], [0]], [[1], [2], [4]], block)
    assert run.out.tolist() == [2]
    assert run.trace[-1] == {"m": 1e6, "l": 1, "acc": np.array([2.0])}


# flash_io_accesses


def test_at_the_ends_of_the_theorem() -> None:
    n, d = 64, 8
    assert flash_io_accesses(n, d, sram_elements=n * d).flash == n * d
    assert flash_io_accesses(n, d, sram_elements=d).flash == n * n * d
    assert flash_io_accesses(n, d, sram_elements=d * d).flash == n * n


@pytest.mark.parametrize(("n", "d", "M"), [(256, 8, 256), (256, 8, 1024), (512, 16, 512), (512, 4, 64)])
def test_the_tiled_algorithm_has_that_many_accesses_up_to_constants(n: int, d: int, M: int) -> None:
    columns = M // (4 * d)
    rows = min(columns, d)
    accesses = 0
    for _ in range(0, n, columns):
        accesses += 2 * columns * d  # a block of keys and values
        for _ in range(0, n, rows):
            accesses += 3 * rows * d + 4 * rows  # queries; the output with its sums and maxima, read and written
    # n / columns = 4 n d / M, so all is (12 + 16 / d) n^2 d^2 / M + 2 n d, and n d is at most n^2 d^2 / M
    flash = flash_io_accesses(n, d, M).flash
    assert accesses == (12 + 16 / d) * flash + 2 * n * d
    assert 12 * flash <= accesses <= 30 * flash


# linear_attention


@quick
@given(INPUTS["linear_attention"])
def test_the_last_causal_row_sums_over_all_keys(arguments: dict[str, Any]) -> None:
    assume(arguments.get("causal"))
    whole = {**arguments, "causal": False, "Q": np.repeat(arguments["Q"][-1:], len(arguments["Q"]), axis=0)}
    last = linear_attention(**arguments)[-1]
    # running sums and sums at once round otherwise; the inputs keep |phi(q)| sum |phi(k)| within 1e3 of the denominator
    error = 2e3 * gamma(8 * arguments["K"].size + 32) * np.abs(arguments["V"]).max()
    assert (np.abs(linear_attention(**whole) - last) <= error).all()


def test_the_first_causal_row_is_the_first_value() -> None:
    V = normal(3, 4, 2)
    first = linear_attention(np.abs(normal(1, 4, 3)), np.abs(normal(2, 4, 3)), V, causal=True)[0]
    assert (np.abs(first - V[0]) <= gamma(64) * np.abs(V[0])).all()  # ten features, all positive, and a quotient of their sums


@pytest.mark.parametrize("phi", ["quadratic", "elu"])
def test_keys_that_are_all_alike_give_the_mean_of_the_values(phi: str) -> None:
    V = np.array([[1.0, 4.0], [3.0, -4.0], [8.0, 9.0]])
    out = linear_attention(np.array([[1.0, 2.0], [0.5, 0.5], [2.0, 0.0]]), np.ones((3, 2)), V, phi)
    assert (np.abs(out - [4, 3]) <= gamma(64) * np.abs(V).max(axis=0)).all()  # positive features: only the values can cancel


def test_the_elu_features_do_not_read_c() -> None:
    Q, K, V = normal(1, 3, 2), normal(2, 3, 2), normal(3, 3, 2)
    assert np.array_equal(linear_attention(Q, K, V, "elu", c=0), linear_attention(Q, K, V, "elu", c=9))
    assert not np.array_equal(linear_attention(Q, K, V, c=0), linear_attention(Q, K, V, c=9))


def test_the_elu_features_of_large_entries_do_not_overflow() -> None:
    with np.errstate(over="raise"):
        assert linear_attention([[800.0]], [[900.0]], [[3.0]], "elu").tolist() == [[3]]


def test_a_denominator_that_is_small_but_not_only_rounding_is_kept() -> None:
    # (q k + 1)^2 = 1e-8 with |phi(q)| |phi(k)| = (1 + 1) (1 + 1), about 2.5e-9 of it
    assert_gives("linear_attention", [[3]], scale=2 * 3 * 4e8, Q=np.array([[1.0]]), K=np.array([[-1.0001]]), V=np.array([[3.0]]))


@pytest.mark.parametrize("arguments", [{}, {"causal": True}])
def test_one_query_without_any_like_key_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the denominator must not be 0"):
        linear_attention([[1, 0], [0, 1]], [[1, 0], [1, 0]], [[1], [2]], c=0, **arguments)


def test_causal_only_needs_the_keys_before() -> None:
    Q, K, V = [[0, 1], [1, 1]], [[1, 0], [0, 1]], [[1], [2]]
    assert linear_attention(Q, K, V, c=0).shape == (2, 1)
    with pytest.raises(ValueError, match="the denominator must not be 0"):
        linear_attention(Q, K, V, c=0, causal=True)


# kernel_attention_cost


@pytest.mark.parametrize(("D", "M", "C"), [(4, 2, None), (4, 8, 16), (2, 2, 8)])
def test_at_the_crossover_both_ways_cost_the_same(D: int, M: int, C: int | None) -> None:
    N = int(kernel_attention_cost(1, D, M, C).crossover_N)
    at, below, above = (kernel_attention_cost(n, D, M, C) for n in (N, N - 1, N + 1))
    assert at.softmax_macs == at.kernel_macs
    assert below.softmax_macs < below.kernel_macs
    assert above.softmax_macs > above.kernel_macs


def test_the_features_are_the_quadratic_ones_unless_said() -> None:
    assert kernel_attention_cost(10, 6, 3) == kernel_attention_cost(10, 6, 3, C=quadratic_feature_dim(6))


# refusals

step = {"x": [[1, 2]], "prev_K": [[[[1]]]], "prev_V": [[[[1]]]], "W_q": [[[1], [1]]], "W_k": [[[1], [1]]], "W_v": [[[1], [1]]]}
step |= {"W_o": [[[1, 1]]]}
one = {"q": [1], "K": [[1]], "V": [[1]], "block": 1}
alike = {"Q": I2, "K": I2, "V": I2}
cache = {"layers": 1, "kv_heads": 1, "head_dim": 1, "seq_len": 1}


@overflowing
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("quadratic_feature_map", {"x": [1], "c": -1}, "c must be at least 0, got -1"),
        ("quadratic_feature_map", {"x": [[], []]}, "x must not be empty"),
        ("quadratic_feature_map", {"x": 3}, "x must have shape"),
        ("quadratic_feature_map", {"x": [NAN]}, "x must not contain NaN"),
        ("quadratic_feature_map", {"x": [1e200]}, "the features must be finite"),
        ("quadratic_feature_dim", {"D": 0}, "D must be at least 1"),
        ("quadratic_feature_dim", {"D": 1, "c_nonzero": 1}, "c_nonzero must be True or False"),
        *[
            ("attention_matrix_bytes", {"n": 1, name: 0}, f"{name} must be at least 1")
            for name in ("n", "heads", "batch", "bytes_per")
        ],
        *[("kv_cache_bytes", {**cache, name: 0}, f"{name} must be at least 1") for name in [*cache, "batch"]],
        ("kv_cache_bytes", {**cache, "bytes_per": 0}, "bytes_per must be greater than 0"),
        ("kv_cache_bytes", {**cache, "bytes_per": 0.3}, "bytes_per must give a whole number of bytes a token, got 0.3"),
        ("generation_cost", {"n": 0, "cached": True}, "n must be at least 1"),
        ("generation_cost", {"n": 1, "cached": "no"}, "cached must be True or False"),
        (
            "decode_step_cost",
            {"b": 1, "d": 10, "h": 4, "n": 1, "kv_heads": 2},
            "h must divide d and kv_heads must divide h, got d = 10",
        ),
        ("decode_step_cost", {"b": 1, "d": 8, "h": 4, "n": 1, "kv_heads": 3}, "kv_heads = 3"),
        ("decode_step_cost", {"b": 0, "d": 8, "h": 4, "n": 1, "kv_heads": 1}, "b must be at least 1"),
        ("decode_step_cost", {"b": 1, "d": 0, "h": 4, "n": 1, "kv_heads": 1}, "d must be at least 1"),
        ("decode_step_cost", {"b": 1, "d": 8, "h": 0, "n": 1, "kv_heads": 1}, "h must be at least 1"),
        ("decode_step_cost", {"b": 1, "d": 8, "h": 4, "n": -1, "kv_heads": 1}, "n must be at least 0"),
        ("decode_step_cost", {"b": 1, "d": 8, "h": 4, "n": 1, "kv_heads": 0}, "kv_heads must be at least 1"),
        ("attention_decode_step", {**step, "x": [1, 2]}, "x must be a matrix"),
        ("attention_decode_step", {**step, "x": [[NAN, 1]]}, "x must not contain NaN"),
        ("attention_decode_step", {**step, "W_q": [[[1]]]}, r"W_q must have shape \(1, 2, 1\), got \(1, 1, 1\)"),
        ("attention_decode_step", {**step, "W_q": I2}, "W_q must be an array of rank 3"),
        ("attention_decode_step", {**step, "W_k": [[[1, 1], [1, 1]]]}, r"W_k must have shape \(1, 2, 1\), got \(1, 2, 2\)"),
        ("attention_decode_step", {**step, "W_k": [[[1], [1]]] * 2}, r"W_k must have shape \(1, 2, 1\), got \(2, 2, 1\)"),
        ("attention_decode_step", {**step, "W_v": [[[1]]]}, r"W_v must have shape \(1, 2, 1\), got \(1, 1, 1\)"),
        ("attention_decode_step", {**step, "W_o": [[[1]]]}, r"W_o must have shape \(1, 1, 2\), got \(1, 1, 1\)"),
        (
            "attention_decode_step",
            {**step, "W_k": [[[1], [1]]] * 2, "W_v": [[[1], [1]]] * 2},
            "the groups of W_k and W_v must divide the heads of W_q, got 2 groups and 1 heads",
        ),
        ("attention_decode_step", {**step, "prev_K": [[[[1, 2]]]]}, r"prev_K must have shape \(1, 1, any, 1\), got \(1, 1, 1, 2\)"),
        (
            "attention_decode_step",
            {**step, "prev_V": [[[[1]], [[2]]]]},
            r"prev_V must have shape \(1, 1, any, 1\), got \(1, 2, 1, 1\)",
        ),
        ("attention_decode_step", {**step, "prev_V": [[[[1], [2]]]]}, "prev_K and prev_V must hold the same tokens, got 1 and 2"),
        ("attention_decode_step", {**step, "prev_K": [[[]]]}, "prev_K and prev_V must hold the same tokens, got 0 and 1"),
        ("attention_decode_step", {**step, "prev_K": [[[], []]]}, "prev_K must be an array of rank 4"),
        (
            "attention_decode_step",
            {**step, "prev_K": [[[[1], [2, 3]]]]},
            "prev_K must be an array of numbers with rows of one length",
        ),
        ("attention_decode_step", {**step, "scale": NAN}, "scale must not contain NaN"),
        ("attention_decode_step", {**step, "prev_K": [[[[1e308]]]], "scale": 10}, "the scaled scores must be finite"),
        ("attention_decode_step", {**step, "prev_V": [[[[1e308]]]], "W_o": [[[1e9, 1]]]}, "the output must be finite"),
        ("online_softmax_attention", {**one, "block": 0}, "block must be at least 1"),
        ("online_softmax_attention", {**one, "K": []}, "K must be a matrix"),
        ("online_softmax_attention", {**one, "K": [[]]}, "K must not be empty"),
        ("online_softmax_attention", {**one, "K": [[1, 2]]}, r"K must have shape \(any, 1\), got \(1, 2\)"),
        ("online_softmax_attention", {**one, "V": [[1], [2]]}, r"V must have shape \(1, any\), got \(2, 1\)"),
        ("online_softmax_attention", {**one, "q": [1e200], "K": [[1e200]]}, "the scaled scores must be finite"),
        ("online_softmax_attention", {**one, "K": [[1], [1]], "V": [[1.5e308], [1.5e308]]}, "the output must be finite"),
        ("flash_io_accesses", {"n": 10, "d": 4, "sram_elements": 3}, "sram_elements must be at least 4, got 3"),
        ("flash_io_accesses", {"n": 10, "d": 4, "sram_elements": 41}, "sram_elements must be at most 40, got 41"),
        ("flash_io_accesses", {"n": 0, "d": 4, "sram_elements": 4}, "n must be at least 1"),
        ("flash_io_accesses", {"n": 1, "d": 0, "sram_elements": 4}, "d must be at least 1"),
        ("linear_attention", {**alike, "K": [[1, 2]]}, r"Q and K must have one shape, got \(2, 2\) and \(1, 2\)"),
        ("linear_attention", {**alike, "V": [[1, 2]]}, r"V must have shape \(2, any\), got \(1, 2\)"),
        ("linear_attention", {**alike, "c": -1}, "c must be at least 0"),
        ("linear_attention", {**alike, "phi": "relu"}, "phi must be one of quadratic, elu"),
        ("linear_attention", {**alike, "causal": 0}, "causal must be True or False"),
        ("linear_attention", {**alike, "V": [[1e308, 0], [1e308, 0]]}, "the output must be finite"),
        ("linear_attention", {**alike, "Q": [[-800, -800], [0, 0]], "phi": "elu"}, "the denominator must not be 0"),
        *[("kernel_attention_cost", {"N": 1, "D": 1, "M": 1, name: 0}, f"{name} must be at least 1") for name in "NDMC"],
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"X": [[1, 2]]}, "X must be an array of rank 3"),
        ({"W_k": [[1, 2]]}, "W_k must be an array of rank 3"),
        ({"W_q": [[[1]]]}, r"W_q must have shape \(1, 2, 1\)"),
    ],
)
def test_the_trace_refuses_what_a_step_refuses(changed: dict[str, Any], message: str) -> None:
    layer = {key: value for key, value in step.items() if key.startswith("W")}
    with pytest.raises(ValueError, match=message):
        attention_decode_trace(**({"X": [[[1, 2]]]} | layer | changed))
