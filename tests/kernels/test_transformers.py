"""Edge cases, refusals and properties of the kernels of transformers."""

import math
from typing import Any

import numpy as np
import pytest

import kernels
from kernels.oracles.agreement import gamma
from kernels.transformers import rope_rotate, sinusoidal_positional_encoding, transformer_param_count

NAN, INF = math.nan, math.inf


def normal(stream: int, *shape: int) -> np.ndarray:
    """Standard normal numbers."""
    return np.random.Generator(np.random.Philox(stream)).standard_normal(shape)


# sinusoidal_positional_encoding


@pytest.mark.parametrize("d", [2, 6, 8])
def test_the_first_row_is_zero_and_one_in_turn(d: int) -> None:
    assert sinusoidal_positional_encoding(3, d)[0].tolist() == [0, 1] * (d // 2)


def test_the_first_columns_turn_by_one_radian_a_token_and_the_last_hardly() -> None:
    table = sinusoidal_positional_encoding(5, 4, base=1e4)
    for p in range(5):
        assert table[p].tolist() == pytest.approx(
            [math.sin(p), math.cos(p), math.sin(p / 100), math.cos(p / 100)], abs=gamma(4 * p + 4)
        )


@pytest.mark.parametrize("base", [100, 10000])
def test_dot_products_depend_on_the_distance_only(base: float) -> None:
    n, d = 20, 8
    table = sinusoidal_positional_encoding(n, d, base)
    for k in range(n):
        wanted = sum(math.cos(k * base ** (-2 * i / d)) for i in range(d // 2))
        for p in range(n - k):
            # an angle of at most n radians is off by a power and a quotient, and so are its sine and cosine; then d products
            error = d * (2 * n * gamma(4) + gamma(d + 2))
            assert abs(table[p] @ table[p + k] - wanted) <= error


# rope_rotate


@pytest.mark.parametrize("layout", ["interleaved", "half"])
def test_rope_at_position_zero_is_the_identity(layout: str) -> None:
    x = normal(1, 6)
    assert np.array_equal(rope_rotate(x, 0, layout=layout), x)


@pytest.mark.parametrize("layout", ["interleaved", "half"])
@pytest.mark.parametrize("base", [100, 10000])
def test_rope_keeps_lengths_and_turns_back(layout: str, base: float) -> None:
    x = normal(1, 6)
    for pos in (1, 7, 100):
        turned = rope_rotate(x, pos, base, layout)
        # sine and cosine of one angle: each product and sum rounds, and cos^2 + sin^2 is 1 to a few units
        assert abs(np.linalg.norm(turned) - np.linalg.norm(x)) <= gamma(16) * np.linalg.norm(x)
        assert np.abs(rope_rotate(turned, -pos, base, layout) - x).max() <= gamma(16) * np.linalg.norm(x)


@pytest.mark.parametrize("layout", ["interleaved", "half"])
def test_dot_products_of_turned_vectors_depend_on_the_distance_only(layout: str) -> None:
    q, k = normal(1, 8), normal(2, 8)
    size = np.linalg.norm(q) * np.linalg.norm(k)
    for m, n in (0, 0), (3, 1), (1, 3), (9, 2):
        apart = rope_rotate(q, m - n, layout=layout) @ k
        for shift in (0, 1, 50):
            moved = rope_rotate(q, m + shift, layout=layout) @ rope_rotate(k, n + shift, layout=layout)
            # angles of at most 60 radians, each off by a power and a product; then the sums
            assert abs(moved - apart) <= (3 * 60 * gamma(4) + gamma(64)) * size


def test_the_layouts_differ_by_the_order_of_the_features() -> None:
    x = normal(1, 8)
    pairs = [0, 4, 1, 5, 2, 6, 3, 7]  # where half has what interleaved puts side by side
    assert np.array_equal(rope_rotate(x, 5, layout="half")[pairs], rope_rotate(x[pairs], 5))
    assert not np.array_equal(rope_rotate(x, 5, layout="half"), rope_rotate(x, 5))


def test_rope_turns_from_the_first_feature_towards_the_second() -> None:
    turned = rope_rotate([1, 0], 1)
    assert np.array_equal(turned, [np.cos(1.0), np.sin(1.0)])


# transformer_param_count

GPT2 = {"L": 12, "d_model": 768, "d_ff": 3072, "vocab": 50257, "heads": 12, "n_ctx": 1024}
TINY = {"L": 3, "d_model": 8, "d_ff": 32, "vocab": 50, "heads": 4}


def test_gpt2_has_124_million_parameters() -> None:
    assert transformer_param_count(**GPT2).total == 124_439_808


@pytest.mark.parametrize("heads", [1, 2, 8])
def test_heads_do_not_count(heads: int) -> None:
    assert transformer_param_count(**{**TINY, "heads": heads}) == transformer_param_count(**TINY)
    assert transformer_param_count(**{**TINY, "heads": heads}, kv_heads=heads) == transformer_param_count(**TINY)


def test_the_rule_of_thumb() -> None:
    counts = transformer_param_count(**TINY, bias=False)
    assert counts.attention + counts.mlp == 12 * 3 * 8**2
    assert counts.embeddings == 50 * 8


def test_what_each_option_adds() -> None:
    plain = transformer_param_count(**TINY)
    assert plain.total == plain.attention + plain.mlp + plain.norms + plain.embeddings
    added = {
        "kv_heads": (2, "attention", -3 * 2 * (8 * 4 + 4)),
        "glu": (True, "mlp", 3 * (8 * 32 + 32)),
        "tied": (False, "embeddings", 50 * 8),
        "n_ctx": (16, "embeddings", 16 * 8),
        "norm": ("rmsnorm", "norms", -7 * 8),
        "norm_bias": (False, "norms", -7 * 8),
        "final_norm": (False, "norms", -2 * 8),
    }
    for option, (value, part, more) in added.items():
        changed = transformer_param_count(**{**TINY, option: value})
        assert changed == {**plain, part: plain[part] + more, "total": plain.total + more}, option
    unbiased = transformer_param_count(**TINY, bias=False)
    assert unbiased.attention == plain.attention - 3 * 4 * 8
    assert unbiased.mlp == plain.mlp - 3 * (32 + 8)
    assert unbiased.norms == plain.norms


def test_rmsnorm_has_no_bias_to_drop() -> None:
    with_bias, without = (transformer_param_count(**TINY, norm="rmsnorm", norm_bias=b) for b in (True, False))
    assert with_bias == without


@pytest.mark.parametrize(("d", "width"), [(512, 1536), (1024, 2816), (2048, 5632), (4096, 11008)])
def test_the_hidden_widths_in_the_docstring(d: int, width: int) -> None:
    assert width == math.ceil(8 * d / 3 / 256) * 256
    doc = kernels.get("transformer_param_count").doc
    assert str(d) in doc
    assert str(width) in doc


# refusals


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("sinusoidal_positional_encoding", {"n": 2, "d": 3}, "d must be even, got 3"),
        ("sinusoidal_positional_encoding", {"n": 0, "d": 2}, "n must be at least 1, got 0"),
        ("sinusoidal_positional_encoding", {"n": 2, "d": 0}, "d must be at least 1, got 0"),
        ("sinusoidal_positional_encoding", {"n": 2, "d": 2, "base": 1}, "base must be greater than 1"),
        ("rope_rotate", {"x": [1, 2, 3], "pos": 1}, "the length of x must be even, got 3"),
        ("rope_rotate", {"x": [], "pos": 1}, "x must not be empty"),
        ("rope_rotate", {"x": [1, INF], "pos": 1}, "x must be finite"),
        ("rope_rotate", {"x": [1, NAN], "pos": 1}, "x must not contain NaN"),
        ("rope_rotate", {"x": [1, 2], "pos": 0.5}, "pos must be an integer, got 0.5"),
        ("rope_rotate", {"x": [1, 2], "pos": 1, "base": 0}, "base must be greater than 0"),
        ("rope_rotate", {"x": [1, 2, 3, 4], "pos": 10**200, "base": 1e-250}, "the angles must be finite"),
        ("rope_rotate", {"x": [1, 2], "pos": 1, "layout": "split"}, "layout must be one of interleaved, half, got 'split'"),
        *[
            ("transformer_param_count", {**TINY, name: 0}, f"{name} must be at least 1, got 0")
            for name in ("L", "d_model", "d_ff", "vocab", "heads", "kv_heads")
        ],
        ("transformer_param_count", {**TINY, "n_ctx": -1}, "n_ctx must be at least 0, got -1"),
        (
            "transformer_param_count",
            {**TINY, "heads": 3},
            "heads must divide d_model and kv_heads must divide heads, got 8, 3 and 3",
        ),
        ("transformer_param_count", {**TINY, "kv_heads": 3}, "got 8, 4 and 3"),
        ("transformer_param_count", {**TINY, "norm": "batchnorm"}, "norm must be one of layernorm, rmsnorm, got 'batchnorm'"),
        *[
            ("transformer_param_count", {**TINY, name: 1}, f"{name} must be True or False, got 1")
            for name in ("bias", "tied", "glu", "norm_bias", "final_norm")
        ],
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)
