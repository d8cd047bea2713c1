"""Edge cases, refusals and properties of the kernels of attention."""

import math
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels import checks, oracles
from kernels.attention import (
    additive_attention,
    argmax_attention,
    attention_cost,
    attention_head_similarity,
    attention_mask,
    cosine_attention_scores,
    dot_product_moments,
    einsum_output_shape,
    luong_score,
    multi_head_attention,
    scaled_dot_product_attention,
)
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.attention import INPUTS
from tests.kernels.rounding import assert_gives

NAN, INF = math.nan, math.inf
I2 = [[1.0, 0.0], [0.0, 1.0]]
quick = settings(max_examples=25, derandomize=True, database=None)
overflowing = pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")


def normal(stream: int, *shape: int) -> np.ndarray:
    """Standard normal numbers."""
    return np.random.Generator(np.random.Philox(stream)).standard_normal(shape)


def assert_agrees(name: str, **arguments: Any) -> None:
    """All oracles of the kernel that speak about the arguments, torch's among them, give what it gives."""
    assert any(oracle.applies(**arguments) and "torch" in oracle.needs for oracle in oracles.of(name))
    for oracle in oracles.of(name):
        oracles.agree(kernels.get(name), oracle, arguments)


# dot_product_moments


def test_dot_product_moments_follow_from_those_of_any_coordinate() -> None:
    q, k, m, sigma = sympy.symbols("q k m sigma", positive=True)
    half = sympy.sqrt(3) * sigma  # uniform on [m - half, m + half] has the variance sigma^2, and is not normal

    def mean(term: Any) -> Any:
        inner = sympy.integrate(term, (q, m - half, m + half))
        return sympy.integrate(inner, (k, m - half, m + half)) / (2 * half) ** 2

    variance = sympy.factor(mean(sympy.expand((q * k) ** 2)) - mean(q * k) ** 2)
    for d, s, mu in (1, 2, -3), (4, 0.5, 2):
        values = {sigma: sympy.Rational(s), m: mu}
        assert_gives(
            "dot_product_moments",
            {"mean": d * mu**2, "var": float(d * variance.subs(values))},
            d=d,
            sigma=float(s),
            mu=[float(mu)] * d,
        )


def test_dot_product_moments_with_one_mean_for_all_coordinates() -> None:
    assert dot_product_moments(5, mu=[3] * 5).mean == 5 * 3**2


@pytest.mark.parametrize("d", [4, 9, 2500])
def test_the_scale_that_makes_the_variance_one_is_the_standard_deviation(d: int) -> None:
    result = dot_product_moments(d, sigma=3)
    assert result == {"mean": 0, "var": 81 * d, "std": 9 * math.sqrt(d)}
    assert dot_product_moments(d, sigma=3, mu=np.zeros(d)) == result


# scaled_dot_product_attention


def test_a_query_that_sees_no_key_gets_zeros_and_disturbs_no_other() -> None:
    Q, K, V = normal(0, 3, 2), normal(1, 4, 2), normal(2, 4, 5)
    mask = np.array([[True, False, True, True], [False] * 4, [True] * 4])
    result = scaled_dot_product_attention(Q, K, V, mask)
    assert not result.out[1].any()
    assert not result.weights[1].any()
    for row in (0, 2):
        only = slice(row, row + 1)
        together = {"out": result.out[only], "weights": result.weights[only]}
        assert_gives("scaled_dot_product_attention", together, Q=Q[only], K=K, V=V, mask=mask[only])
    assert not scaled_dot_product_attention(Q, K, V, np.zeros((3, 4), dtype=bool)).out.any()


@pytest.mark.parametrize("scale", [None, 0.7])
@pytest.mark.parametrize("mask", ["none", "causal", "random", "one row hidden", "a mask for each head"])
def test_torch_gives_the_same(mask: str, scale: float | None) -> None:
    Q, K, V = normal(1, 2, 3, 5, 4), normal(2, 2, 3, 6, 4), normal(3, 2, 3, 6, 2)
    keep = {
        "none": None,
        "causal": np.tril(np.ones((5, 6), dtype=bool)),
        "random": normal(4, 5, 6) > 0,
        "one row hidden": np.arange(5)[:, None] + np.zeros(6) != 3,
        "a mask for each head": normal(5, 2, 3, 5, 6) > 0.5,
    }[mask]
    assert_agrees("scaled_dot_product_attention", Q=Q, K=K, V=V, mask=keep, scale=scale)


def test_the_mask_means_to_keep_what_is_true_and_is_the_one_of_torch() -> None:
    Q, K, V = np.zeros((1, 1)), np.zeros((2, 1)), np.array([[1.0], [5.0]])
    keep = [[False, True]]
    assert scaled_dot_product_attention(Q, K, V, keep).out == 5
    torch_out = torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (Q, K, V)), attn_mask=torch.tensor(keep))
    assert torch_out.item() == 5


@quick
@given(INPUTS["scaled_dot_product_attention"])
def test_weights_sum_to_one_or_nothing_and_hidden_keys_do_not_matter(arguments: dict[str, Any]) -> None:
    weights = scaled_dot_product_attention(**arguments).weights
    keep = np.broadcast_to(arguments.get("mask", True), weights.shape)
    m = weights.shape[-1]
    assert (np.abs(weights.sum(axis=-1) - keep.any(axis=-1)) <= gamma(2 * m + 2)).all()
    assert not weights[~keep].any()


def test_a_hidden_key_may_be_anything() -> None:
    Q, V, mask = [[1.0, 2.0]], [[1.0], [2.0]], [[True, False]]
    plain = scaled_dot_product_attention(Q, [[0.5, 1.0], [0.0, 0.0]], V, mask)
    for hidden in ([1e300, -1e300], [-3e300, 0.0]):
        found = scaled_dot_product_attention(Q, [[0.5, 1.0], hidden], V, mask)
        assert np.array_equal(found.weights, plain.weights)
        assert np.array_equal(found.out, plain.out)


def test_one_key_returns_its_value() -> None:
    assert np.array_equal(scaled_dot_product_attention(normal(0, 3, 2), normal(1, 1, 2), [[7.0, -2.0]]).out, [[7.0, -2.0]] * 3)


def test_scores_far_beyond_the_range_of_exp() -> None:
    result = scaled_dot_product_attention([[1e6]], [[-1e6], [1e6], [1e6]], [[1.0], [2.0], [4.0]])
    assert result.weights.tolist() == [[0, 0.5, 0.5]]
    assert result.out.tolist() == [[3]]


def test_no_scale_is_one_over_the_root_of_the_width() -> None:
    Q, K, V = normal(1, 2, 4), normal(2, 3, 4), normal(3, 3, 1)
    for key, value in scaled_dot_product_attention(Q, K, V).items():
        assert np.array_equal(value, scaled_dot_product_attention(Q, K, V, scale=0.5)[key])
        assert np.array_equal(value, scaled_dot_product_attention(Q, K, V, mask=np.ones((2, 3), dtype=bool))[key])


# argmax_attention


def test_argmax_attention_takes_the_first_at_a_tie() -> None:
    result = argmax_attention([1, 1], [[0, 1], [2, 0], [0, 2]], [[1], [2], [3]])
    assert (result.index, result.out.tolist()) == (1, [2])
    assert isinstance(result.index, int)


def test_argmax_attention_is_softmax_attention_at_temperature_zero() -> None:
    q, K, V = normal(1, 3), normal(2, 5, 3), normal(3, 5, 2)
    soft = scaled_dot_product_attention(q[None], K, V, scale=1e6)
    assert np.array_equal(soft.out[0], argmax_attention(q, K, V).out)


def test_argmax_attention_gives_a_copy_of_the_value() -> None:
    V = np.array([[1.0], [2.0]])
    argmax_attention([1], [[0], [1]], V).out[0] = 9
    assert V.tolist() == [[1], [2]]


# multi_head_attention


def test_one_head_with_unit_weights_is_attention_itself() -> None:
    x, unit = normal(1, 2, 3, 4), np.eye(4)
    assert np.array_equal(multi_head_attention(x, unit, unit, unit, unit, n_heads=1), scaled_dot_product_attention(x, x, x).out)


@pytest.mark.parametrize(("n_heads", "d_v"), [(1, 4), (2, 2), (4, 1), (2, 4), (2, 3)])
@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_attention_is_that_of_torch(n_heads: int, d_v: int, causal: bool) -> None:
    mask = np.tril(np.ones((5, 5), dtype=bool)) if causal else None
    W_q, W_k, W_v, W_o = normal(2, 4, 4), normal(3, 4, 4), normal(4, n_heads * d_v, 4), normal(5, 4, n_heads * d_v)
    assert_agrees("multi_head_attention", x=normal(1, 2, 5, 4), W_q=W_q, W_k=W_k, W_v=W_v, W_o=W_o, n_heads=n_heads, mask=mask)


def test_a_token_that_sees_none_gets_zero_from_all_heads() -> None:
    W = normal(2, 4, 4)
    mask = np.array([[False] * 3, [True] * 3, [True, False, True]])
    out = multi_head_attention(normal(1, 2, 3, 4), W, W, W, W, n_heads=2, mask=mask)
    assert not out[:, 0].any()
    assert out[:, 1:].all()
    assert_agrees("multi_head_attention", x=normal(1, 2, 3, 4), W_q=W, W_k=W, W_v=W, W_o=W, n_heads=2, mask=mask)


def test_heads_own_neighbouring_rows_of_the_weights() -> None:
    x = normal(1, 1, 3, 4)
    W_v, keep_first = normal(2, 4, 4), np.diag([1.0, 1.0, 0.0, 0.0])
    first = multi_head_attention(x, np.eye(4), np.eye(4), W_v, keep_first, n_heads=2)
    half = scaled_dot_product_attention(x[0, :, :2], x[0, :, :2], (x[0] @ W_v.T)[:, :2]).out
    np.testing.assert_allclose(first[0, :, :2], half, rtol=0, atol=gamma(64) * np.abs(x[0] @ W_v.T).max())
    assert not first[0, :, 2:].any()


# attention_mask


@pytest.mark.parametrize("n", [1, 2, 7])
def test_masks_that_are_equal(n: int) -> None:
    causal, full = attention_mask("causal", n), np.ones((n, n), dtype=bool)
    assert causal.kept == n * (n + 1) // 2
    assert isinstance(causal.kept, int)
    for same in (
        attention_mask("sliding", n, w=n),
        attention_mask("sliding", n, w=n + 3),
        attention_mask("prefix", n, p=0),
        attention_mask("prefix", n, p=n, causal=True),
        attention_mask("padding", n, length=n, causal=True),
        attention_mask("block_diagonal", n, segments=[4] * n, causal=True),
    ):
        assert np.array_equal(same.mask, causal.mask)
    for all_seen in (
        attention_mask("prefix", n, p=n),
        attention_mask("padding", n, length=n),
        attention_mask("block_diagonal", n, segments=[0] * n),
    ):
        assert np.array_equal(all_seen.mask, full)
    for itself in (attention_mask("sliding", n, w=1), attention_mask("block_diagonal", n, segments=range(n))):
        assert np.array_equal(itself.mask, np.eye(n, dtype=bool))


def test_padding_of_length_zero_hides_all_and_attention_gives_zero() -> None:
    mask = attention_mask("padding", 3, length=0)
    assert mask.kept == 0
    assert not scaled_dot_product_attention(normal(1, 3, 2), normal(2, 3, 2), normal(3, 3, 2), mask.mask).out.any()


def test_segments_may_come_back() -> None:
    mask = attention_mask("block_diagonal", 3, segments=[1, 0, 1]).mask
    assert mask.tolist() == [[True, False, True], [False, True, False], [True, False, True]]


@pytest.mark.parametrize(
    ("kind", "missing"), [("sliding", "w"), ("prefix", "p"), ("padding", "length"), ("block_diagonal", "segments")]
)
def test_a_kind_of_mask_needs_its_argument(kind: str, missing: str) -> None:
    with pytest.raises(ValueError, match=f"{missing} must be given for {kind}"):
        attention_mask(kind, 3)


# attention_cost


def test_heads_cost_nothing_but_softmax_and_memory() -> None:
    one, eight = attention_cost(128, 64), attention_cost(128, 64, h=8)
    for same in ("score_flops", "value_flops", "proj_flops"):
        assert one[same] == eight[same]
    for more in ("softmax_elems", "score_bytes"):
        assert 8 * one[more] == eight[more]


@pytest.mark.parametrize("d", [1, 8, 64])
def test_products_overtake_projections_at_twice_the_width(d: int) -> None:
    below, at, above = (attention_cost(n, d) for n in (2 * d - 1, 2 * d, 2 * d + 1))
    assert below.score_flops + below.value_flops < below.proj_flops
    assert at.score_flops + at.value_flops == at.proj_flops
    assert above.score_flops + above.value_flops > above.proj_flops


# einsum_output_shape


@st.composite
def any_equation(draw: st.DrawFn) -> tuple[str, list[list[int]]]:
    """An einsum that may be wrong: sizes that differ, ranks that differ, output letters that are nowhere or twice."""
    letters = st.text("abX", max_size=3)
    operands = draw(st.lists(letters, min_size=1, max_size=3))
    sizes = dict.fromkeys("abX", 2) | {draw(st.sampled_from("abX")): 3}
    shapes = [[sizes[letter] for letter in operand] for operand in operands]
    for shape in draw(st.lists(st.sampled_from(shapes), max_size=1)):
        shape += draw(st.sampled_from([[], [2]]))
        shape[:1] = draw(st.sampled_from([shape[:1], [], [3]]))
    return ",".join(operands) + "->" + draw(letters), shapes


@settings(quick, max_examples=150)
@given(any_equation())
def test_einsum_is_refused_exactly_where_numpy_and_torch_refuse_it(case: tuple[str, list[list[int]]]) -> None:
    equation, shapes = case
    found: list[Any] = []
    for attempt in (
        lambda: einsum_output_shape(equation, shapes),
        lambda: list(np.einsum(equation, *map(np.zeros, shapes)).shape),
        lambda: list(torch.einsum(equation, *map(torch.zeros, shapes)).shape),
    ):
        try:
            found.append(attempt())
        except (ValueError, RuntimeError):
            found.append("refused")
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("equation", "shapes", "message"),
    [
        ("bd,dk->bhk", [[2, 16], [16, 4]], "output letter 'h' must occur in an input"),
        ("bhn,bhv->bhv", [[2, 4, 6], [2, 6, 4]], "letter 'h' must have one size, got 4 and 6"),
        ("ii->i", [[2, 3]], "letter 'i' must have one size, got 2 and 3"),
        ("ij->ii", [[2, 3]], "output letter 'i' must occur once in the output"),
        ("ij->i", [[1, 3]], "the size of i in shapes must be at least 2, got 1"),
        ("ij->i", [[2.5, 3]], "the size of i in shapes must be an integer, got 2.5"),
        ("ij->i", [[2, 3, 4]], r"shapes must have one size for each letter, got \[2, 3, 4\] for 'ij'"),
        ("ij,jk->ik", [[2, 3]], "one operand for each of the 1 shapes"),
        ("ij,jk", [[2, 3], [3, 4]], "must have ->"),
        ("...i->i", [[2, 3]], r"letters, commas and one ->, got '\.'"),
        ("ij->i->j", [[2, 3]], "letters, commas and one ->, got '-'"),
        ("i1->i", [[2, 3]], "letters, commas and one ->, got '1'"),
        ("iπ->i", [[2, 3]], "letters, commas and one ->, got 'π'"),
    ],
)
def test_einsum_names_what_is_wrong(equation: str, shapes: list[list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        einsum_output_shape(equation, shapes)


def test_einsum_of_everything_into_a_number() -> None:
    assert einsum_output_shape("ij,ij->", [[2, 3], [2, 3]]) == []
    assert einsum_output_shape(" i i -> i ", [[4, 4]]) == [4]
    assert einsum_output_shape("->", [[]]) == []


# additive_attention and luong_score


@quick
@given(INPUTS["additive_attention"])
def test_additive_scores_are_bounded_by_v(arguments: dict[str, Any]) -> None:
    v = arguments["v"]
    assert (np.abs(additive_attention(**arguments).scores) <= np.abs(v).sum() * (1 + gamma(len(v) + 1))).all()


def test_additive_attention_is_the_concatenated_score_with_the_weights_side_by_side() -> None:
    s, H, W, U, v = normal(1, 2), normal(2, 3, 2), normal(3, 4, 2), normal(4, 4, 2), normal(5, 4)
    wanted = dict(additive_attention(s, H, W, U, v))
    assert_gives("luong_score", wanted, s=s, H=H, kind="concat", W=np.hstack([W, U]), v=v)


def test_the_general_score_with_the_unit_matrix_is_the_dot_score() -> None:
    s, H = normal(1, 3), normal(2, 4, 3)
    for key, value in luong_score(s, H, "dot").items():
        assert np.array_equal(value, luong_score(s, H, "general", W=np.eye(3))[key])


def test_the_general_score_multiplies_the_decoder_state_from_the_left() -> None:
    assert luong_score([1, 0], I2, "general", W=[[1, 2], [3, 4]]).scores.tolist() == [1, 2]


# cosine_attention_scores


def test_cosine_scores_ignore_lengths_of_any_size() -> None:
    Q, K = normal(1, 3, 4), normal(2, 2, 4)
    scores = cosine_attention_scores(Q, K, 0.1)
    for factor in (0.5, 2.0**600, 2.0**-600):  # the squares of the last two are no floats
        assert np.array_equal(cosine_attention_scores(Q * factor, K / factor, 0.1), scores)


@quick
@given(INPUTS["cosine_attention_scores"])
def test_cosine_scores_are_at_most_one_over_the_temperature(arguments: dict[str, Any]) -> None:
    d = arguments["Q"].shape[1]
    assert (np.abs(cosine_attention_scores(**arguments)) * arguments["tau"] <= 1 + gamma(4 * d + 8)).all()


def test_cosine_weights_are_never_sharper_than_e_to_two_over_tau() -> None:
    scores = cosine_attention_scores([[3, 4]], [[6, 8], [-3, -4]], tau=1)
    np.testing.assert_allclose(np.exp(scores[0, 0] - scores[0, 1]), math.e**2, rtol=gamma(32))


# attention_head_similarity

HEADS = [[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], [[0.6, 0.3, 0.1], [0.1, 0.7, 0.2]], [[1.0, 0.0, 0.0], [0.5, 0.0, 0.5]]]


def test_a_head_is_like_itself() -> None:
    for metric in ("js", "kl"):
        assert np.diag(attention_head_similarity(HEADS, metric)).tolist() == [0, 0, 0]
    assert (np.abs(np.diag(attention_head_similarity(HEADS, "cosine")) - 1) <= gamma(16)).all()


def test_kl_is_infinite_where_a_hidden_key_has_weight_and_not_symmetric() -> None:
    kl = attention_head_similarity(HEADS, "kl")
    assert kl[0, 2] == INF
    assert 0 < kl[2, 0] < INF
    assert kl[0, 1] != kl[1, 0]


def test_kl_of_a_weight_so_small_that_the_quotient_is_no_float() -> None:
    kl = attention_head_similarity([[[1.0, 0.0]], [[5e-324, 1.0]]], "kl")
    np.testing.assert_allclose(kl[0, 1], 1074 * math.log(2), rtol=gamma(4))


def test_js_is_symmetric_and_at_most_ln_2() -> None:
    js = attention_head_similarity(HEADS, "js")
    assert np.array_equal(js, js.T)
    apart = attention_head_similarity([[[1, 0]], [[0, 1]]], "js")
    assert apart.tolist() == [[0, math.log(2)], [math.log(2), 0]]
    assert attention_head_similarity([[[1, 0]], [[0, 1]]], "cosine").tolist() == I2


# refusals

x, W = [[[1.0, 2.0]]], I2
A = [[[0.5, 0.5]]]


@overflowing
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("dot_product_moments", {"d": 0}, "d must be at least 1, got 0"),
        ("dot_product_moments", {"d": 4, "sigma": 0}, "sigma must be greater than 0, got 0"),
        ("dot_product_moments", {"d": 3, "mu": [1, 2]}, r"mu must have shape \(3\), got \(2,\)"),
        ("dot_product_moments", {"d": 3, "mu": []}, "mu must not be empty"),
        ("dot_product_moments", {"d": 1, "sigma": 1e100}, "the variance is too large"),
        ("scaled_dot_product_attention", {"Q": [1, 2], "K": I2, "V": I2}, r"Q must have shape \(..., n, d_k\), got \(2,\)"),
        ("scaled_dot_product_attention", {"Q": I2, "K": [[1]], "V": [[1]]}, r"K must have shape \(any, 2\), got \(1, 1\)"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": [[1]]}, r"V must have shape \(2, any\), got \(1, 1\)"),
        ("scaled_dot_product_attention", {"Q": [I2], "K": I2, "V": I2}, r"K must have shape \(1, any, 2\), got \(2, 2\)"),
        ("scaled_dot_product_attention", {"Q": I2, "K": [[NAN, 1]], "V": I2}, "K must not contain NaN"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": [[INF], [0]]}, "V must be finite"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": I2, "scale": NAN}, "scale must not contain NaN"),
        ("scaled_dot_product_attention", {"Q": [[1e200]], "K": [[1e200]], "V": [[1]]}, "the scaled scores must be finite"),
        (
            "scaled_dot_product_attention",
            {"Q": [[1e200, 1e200]], "K": [[1e200, -1e200]], "V": [[1]]},
            "the scaled scores must not contain NaN",
        ),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": I2, "mask": [[1, 0], [1, 1]]}, "mask must hold True and False"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": I2, "mask": [[True], [True, True]]}, "mask must have rows of one"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": I2, "mask": [[True, True]]}, r"mask must have shape \(2, 2\)"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": I2, "mask": [[True] * 3] * 2}, r"got \(2, 3\)"),
        ("scaled_dot_product_attention", {"Q": I2, "K": I2, "V": I2, "mask": [[[True] * 2] * 2]}, r"got \(1, 2, 2\)"),
        ("argmax_attention", {"q": [1], "K": [[]], "V": [[1]]}, "K must not be empty"),
        ("argmax_attention", {"q": [1], "K": [[1, 2]], "V": [[1]]}, r"K must have shape \(any, 1\), got \(1, 2\)"),
        ("argmax_attention", {"q": [1], "K": [[1]], "V": [[1], [2]]}, r"V must have shape \(1, any\), got \(2, 1\)"),
        ("argmax_attention", {"q": [1e200], "K": [[1e200]], "V": [[1]]}, "the scores must be finite"),
        ("multi_head_attention", {"x": I2, "W_q": W, "W_k": W, "W_v": W, "W_o": W, "n_heads": 1}, "x must be an array of rank 3"),
        (
            "multi_head_attention",
            {"x": x, "W_q": [[1]], "W_k": W, "W_v": W, "W_o": W, "n_heads": 1},
            r"W_q must have shape \(2, 2\)",
        ),
        (
            "multi_head_attention",
            {"x": x, "W_q": W, "W_k": [[1]], "W_v": W, "W_o": W, "n_heads": 1},
            r"W_k must have shape \(2, 2\)",
        ),
        (
            "multi_head_attention",
            {"x": x, "W_q": W, "W_k": W, "W_v": [[1]], "W_o": W, "n_heads": 1},
            r"W_v must have shape \(any, 2\)",
        ),
        (
            "multi_head_attention",
            {"x": x, "W_q": W, "W_k": W, "W_v": [*W, *W], "W_o": W, "n_heads": 1},
            r"W_o must have shape \(2, 4\), got \(2, 2\)",
        ),
        ("multi_head_attention", {"x": x, "W_q": W, "W_k": W, "W_v": W, "W_o": W, "n_heads": 3}, "n_heads must divide d"),
        ("multi_head_attention", {"x": x, "W_q": W, "W_k": W, "W_v": W, "W_o": W, "n_heads": 0}, "n_heads must be at least 1"),
        (
            "multi_head_attention",
            {"x": x, "W_q": W, "W_k": W, "W_v": [*W, [1, 1]], "W_o": [[1] * 3] * 2, "n_heads": 2},
            "the rows of W_v, got 2 heads, d = 2 and 3 rows",
        ),
        (
            "multi_head_attention",
            {"x": x, "W_q": W, "W_k": W, "W_v": W, "W_o": W, "n_heads": 1, "mask": [[True, True]]},
            r"mask must have shape \(1, 1\), got \(1, 2\)",
        ),
        ("multi_head_attention", {"x": x, "W_q": W, "W_k": W, "W_v": W, "W_o": W, "n_heads": 1, "mask": [[1]]}, "True and False"),
        (
            "multi_head_attention",
            {"x": x, "W_q": W, "W_k": W, "W_v": [[1e200, 0], [0, 1]], "W_o": [[1e200, 0], [0, 1]], "n_heads": 1},
            "the output must be finite",
        ),
        (
            "attention_mask",
            {"kind": "full", "n": 2},
            "kind must be one of causal, sliding, prefix, padding, block_diagonal, got 'full'",
        ),
        ("attention_mask", {"kind": "causal", "n": 0}, "n must be at least 1, got 0"),
        ("attention_mask", {"kind": "causal", "n": 2, "causal": 1}, "causal must be True or False, got 1"),
        ("attention_mask", {"kind": "sliding", "n": 2, "w": 0}, "w must be at least 1, got 0"),
        ("attention_mask", {"kind": "prefix", "n": 2, "p": 3}, "p must be at most 2, got 3"),
        ("attention_mask", {"kind": "prefix", "n": 2, "p": -1}, "p must be at least 0, got -1"),
        ("attention_mask", {"kind": "padding", "n": 2, "length": 3}, "length must be at most 2, got 3"),
        ("attention_mask", {"kind": "block_diagonal", "n": 2, "segments": [0]}, r"segments must have shape \(2,\), got \(1,\)"),
        ("attention_mask", {"kind": "block_diagonal", "n": 2, "segments": [0, 0.5]}, "segments must hold integers"),
        ("attention_cost", {"n": 2, "d": 3, "h": 2}, "h must divide d, got h = 2 and d = 3"),
        ("attention_cost", {"n": 0, "d": 3}, "n must be at least 1"),
        ("attention_cost", {"n": 1, "d": 0}, "d must be at least 1"),
        ("attention_cost", {"n": 1, "d": 1, "h": 0}, "h must be at least 1"),
        ("attention_cost", {"n": 1, "d": 1, "m": 0}, "m must be at least 1"),
        ("attention_cost", {"n": 1, "d": 1, "bytes_per": 0}, "bytes_per must be at least 1"),
        (
            "additive_attention",
            {"s": [1], "H": [[1]], "W": [[1, 2]], "U": [[1]], "v": [1]},
            r"W must have shape \(1, 1\), got \(1, 2\)",
        ),
        ("additive_attention", {"s": [1], "H": [[1]], "W": [[1]], "U": [[1], [2]], "v": [1]}, r"U must have shape \(1, 1\), got"),
        ("additive_attention", {"s": [1e200], "H": [[1]], "W": [[1e200]], "U": [[1]], "v": [1]}, r"W s \+ U h must be finite"),
        ("luong_score", {"s": [1], "H": [[1, 2]], "kind": "dot"}, r"H must have shape \(any, 1\), got \(1, 2\)"),
        ("luong_score", {"s": [1], "H": [[1]], "kind": "add"}, "kind must be one of dot, general, concat"),
        ("luong_score", {"s": [1], "H": [[1]], "kind": "general"}, "W must be given for general"),
        ("luong_score", {"s": [1], "H": [[1]], "kind": "general", "W": I2}, r"W must have shape \(1, 1\), got \(2, 2\)"),
        ("luong_score", {"s": [1], "H": [[1]], "kind": "concat", "v": [1]}, "W must be given for concat"),
        ("luong_score", {"s": [1], "H": [[1]], "kind": "concat", "W": [[1, 1]]}, "v must be given for concat"),
        (
            "luong_score",
            {"s": [1], "H": [[1]], "kind": "concat", "W": [[1]], "v": [1]},
            r"W must have shape \(1, 2\), got \(1, 1\)",
        ),
        ("luong_score", {"s": [1e200], "H": [[1e200]], "kind": "dot"}, "the scores must be finite"),
        ("cosine_attention_scores", {"Q": [[0, 0]], "K": I2, "tau": 1}, "Q must have no row of zeros"),
        ("cosine_attention_scores", {"Q": I2, "K": [[1, 0], [0, 0]], "tau": 1}, "K must have no row of zeros"),
        ("cosine_attention_scores", {"Q": I2, "K": I2, "tau": 0}, "tau must be greater than 0"),
        ("cosine_attention_scores", {"Q": I2, "K": [[1]], "tau": 1}, r"K must have shape \(any, 2\), got \(1, 1\)"),
        ("cosine_attention_scores", {"Q": I2, "K": I2, "tau": 1e-320}, "the scores must be finite"),
        ("attention_head_similarity", {"A": [[[0.5, 0.6]]], "metric": "js"}, r"A\[0, 0\] must sum to 1"),
        ("attention_head_similarity", {"A": [*A, [[1.5, -0.5]]], "metric": "js"}, r"A\[1, 0\] must hold probabilities"),
        ("attention_head_similarity", {"A": I2, "metric": "js"}, "A must be an array of rank 3"),
        ("attention_head_similarity", {"A": A, "metric": "l2"}, "metric must be one of js, kl, cosine"),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


def test_the_check_of_truth_values() -> None:
    assert checks.booleans([[True, False]], "mask").tolist() == [[True, False]]
    for empty in ([], np.zeros((0, 2), dtype=bool)):
        with pytest.raises(ValueError, match="mask must hold True and False"):
            checks.booleans(empty, "mask")
