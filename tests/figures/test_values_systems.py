"""What stands in the figures of algorithms, agents, tensors, heads and what they cost is what the formulas say."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.figures.support import bars, block, box, boxes, by_name, curve, drawn, example, line, proves, tiles, words


def softmax(z: np.ndarray) -> np.ndarray:
    chances = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=-1, keepdims=True))


@proves("binary-search")
def test_binary_search() -> None:
    found = words(example("binary-search")[0])
    assert [text for text in found if text in ("8 ≥ 8", "3 < 8", "5 < 8")] == ["8 ≥ 8", "3 < 8", "5 < 8"]
    assert "first ≥ 8: index 4, after 3 probes" in found
    assert "first ≥ 7: behind the end, after 2 probes" in words(example("binary-search", 1)[0])


@proves("sliding-window")
def test_sliding_window() -> None:
    figure, arguments = example("sliding-window")
    values = np.array(arguments["array"])
    cell = 280 / 6
    for row in range(5):
        frame = box(figure, f"window-{row}")
        first, count = round((frame.get_x() - 4) / cell), round(frame.get_width() / cell)
        assert values[first : first + count].sum() >= 7
    assert "shortest sum of at least 7: 2 long" in words(figure)


@proves("two-pointers")
def test_two_pointers() -> None:
    assert "sum 7: 1 + 6, 2 + 5" in words(example("two-pointers")[0])
    found = words(example("two-pointers", 1)[0])
    assert [text for text in found if text.endswith(" 4")] == ["5 > 4", "0 < 4", "3 < 4", "4 = 4"]


@proves("graph-search")
def test_graph_search() -> None:
    breadth, depth = drawn("graph-search"), example("graph-search", 1)[0]
    assert [by_name(breadth, f"turn-{node}") for node in range(7)] == ["1.", "2.", "3.", "4.", "6.", "5.", "7."]
    assert [by_name(depth, f"turn-{node}") for node in range(6)] == ["1.", "2.", "5.", "3.", "4.", "6."]


@proves("topological-order")
def test_topological_order() -> None:
    figure, arguments = example("topological-order")
    order = [int(by_name(figure, f"place-{index}")) for index in range(5)]
    assert sorted(order) == list(range(5))
    assert all(order.index(int(one)) < order.index(int(other)) for one, other in arguments["edges"])
    assert [by_name(figure, f"0-{node}") for node in range(5)] == ["0", "0", "2", "1", "2"]
    assert by_name(figure, "3-3") == "0"
    with pytest.raises(ValueError, match="circle"):
        drawn("topological-order", nodes=2, edges=((0, 1), (1, 0)))


@proves("dp-table")
def test_dp_table() -> None:
    assert [block(drawn("dp-table"), f"dp-{index}") for index in range(7)] == ["1", "1", "2", "3", "5", "8", "13"]


@proves("rain-water")
def test_rain_water() -> None:
    figure, _ = example("rain-water")
    water = [box(figure, f"water-{spot}").get_height() for spot in (1, 2, 4)]
    assert water == [3, 2, 2]
    assert "water: 7" in words(figure)


@proves("strides")
def test_strides() -> None:
    figure = drawn("strides")
    assert [block(figure, f"x.T-{row}-{column}") for row in range(3) for column in range(2)] == ["0", "3", "1", "4", "2", "5"]
    assert {"x: strides 3, 1", "x.T: strides 1, 3"} <= set(words(figure))
    assert by_name(figure, "verdict-x") == "view(6) works"
    assert by_name(figure, "verdict-x.T") == "view(6) fails:\nreshape copies"


@proves("ucb-bars")
def test_ucb_bars() -> None:
    figure, arguments = example("ucb-bars")
    for spot, (total, count) in enumerate(zip(arguments["sums"], arguments["visits"], strict=True)):
        assert box(figure, f"mean-{spot}").get_height() == pytest.approx(total / count)
        assert box(figure, f"bonus-{spot}").get_height() == pytest.approx(1.4 * math.sqrt(math.log(10) / count))
    assert "1.6 ←" in words(figure)


@proves("agent-loop")
def test_agent_loop() -> None:
    figure = drawn("agent-loop")
    assert [block(figure, name).split(":")[0] for name in ("thought", "action", "observation")] == [
        "thought",
        "action",
        "observation",
    ]


@proves("tool-call")
def test_tool_call() -> None:
    assert {"17.3 × 284.9?", "multiply(\n17.3, 284.9)", "4928.77", "It is\n4928.77."} <= set(words(example("tool-call")[0]))


@proves("plan-graph")
def test_plan_graph() -> None:
    figure, _ = example("plan-graph")
    assert [block(figure, f"step-{node}") for node in range(4)] == ["✓ 0", "✓ 1", "✗ 2", "3"]
    assert "order 0, 1, 2, 3; dashed: planned anew" in words(figure)


@proves("vote")
def test_vote() -> None:
    figure, _ = example("vote")
    assert [by_name(figure, f"count-{row}") for row in range(3)] == ["408: 3 ←", "400: 1", "412: 1"]


@proves("cache-steps")
def test_cache_steps() -> None:
    found = words(drawn("cache-steps", tokens=6, page=3))
    assert {"keys and values computed: 6", f"without a cache: {sum(range(7))}"} <= set(found)
    assert boxes(drawn("cache-steps", tokens=2, page=4), "block-cell-1-3")


@proves("decode-bytes")
def test_decode_bytes() -> None:
    figure, _ = example("decode-bytes", 1)
    d, k = 1024, 64
    for name, groups in (("MHA", 16), ("GQA", 4), ("MQA", 1)):
        weights = 2 * d * d + 2 * d * groups * k
        moved = weights + 4 * 64 * d + 2 * 64 * groups * k + 2 * 64 * groups * k * 2049
        cache = box(figure, f"cache-{name}")
        assert cache.get_x() + cache.get_width() == pytest.approx(moved)
        assert box(figure, f"weights-{name}").get_width() == pytest.approx(weights, rel=0.01)


@proves("roofline")
def test_roofline() -> None:
    figure, _ = example("roofline")
    d, k = 4096, 128
    for name, groups in (("MHA", 32), ("GQA", 8), ("MQA", 1)):
        weights = 2 * d * d + 2 * d * groups * k
        flops = 2 * 16 * weights + 4 * 16 * 32 * k * 2049
        intensity = flops / (weights + 4 * 16 * d + 2 * 16 * groups * k * 2050)
        assert line(figure, name)[0] == pytest.approx([intensity, min(1, intensity / 300)])
    assert line(figure, "ridge")[0, 0] == 300


@proves("memory-traffic")
def test_memory_traffic() -> None:
    figure, _ = example("memory-traffic")
    n, d, sram = 4096, 64, 100_000
    assert by_name(figure, "standard") == f"{(n * d + n * n) / 1e6:.3g}M numbers"
    assert by_name(figure, "flash") == f"{n * n * d * d / sram / 1e3:.3g}k numbers"


@proves("attention-memory")
def test_attention_memory() -> None:
    figure, _ = example("attention-memory")
    n, stored = curve(figure, "stored")
    assert_allclose(stored, 32 * n * n * 2 / 2**20)
    assert_allclose(curve(figure, "flash")[1], 32 * n * (2 * 128 + 4) / 2**20)
    assert {"stored weights: 16 GiB at 16,384", "FlashAttention: 130 MiB"} <= set(words(figure))


@proves("product-order")
def test_product_order() -> None:
    figure, _ = example("product-order")
    n, d = 4096, 64
    assert by_name(figure, "cost-0") == f"{2 * n * n * d / 1e9:.3g}G multiply-adds"
    assert by_name(figure, "cost-1") == f"{2 * n * d * d / 1e6:.3g}M multiply-adds"
    assert {"4,096 × 4,096", "64 × 64"} <= set(words(figure))


@proves("monomial-grid")
def test_monomial_grid() -> None:
    figure, _ = example("monomial-grid")
    x = [1, 1, -2, 3]
    for one in range(4):
        for other in range(one, 4):
            wanted = x[one] * x[other] * (1 if one == other else math.sqrt(2))
            assert float(by_name(figure, f"value-{one}-{other}")) == pytest.approx(wanted, abs=0.005)
    assert "10 features of 3 coordinates" in words(figure)


@proves("head-grid")
def test_head_grid() -> None:
    figure = drawn("head-grid", n=4)
    for name in ("the token before", "itself", "the first token", "all evenly"):
        for row in range(4):
            seen = [len(boxes(figure, f"{name}-{row}-{column}")) for column in range(4)]
            assert seen == [int(column <= row) for column in range(4)]


@proves("head-similarity")
def test_head_similarity() -> None:
    figure, arguments = example("head-similarity")
    weights = softmax(np.array(arguments["scores"]))
    unit = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    for place, text in tiles(figure, "alike").items():
        assert float(text) == pytest.approx((unit @ unit.T)[place], abs=0.005)


@proves("hard-attention")
def test_hard_attention() -> None:
    figure, _ = example("hard-attention", 1)
    gap, weight = curve(figure, "softmax")
    assert_allclose(weight, 1 / (1 + np.exp(-4 * gap)))
    gap, weight = curve(figure, "argmax")
    assert_allclose(weight, gap >= 0)
    w = 1 / (1 + math.exp(2))
    assert f"softmax: {w:.3g}, slope {4 * w * (1 - w):.3g}" in words(figure)


@proves("attention-by-hand")
def test_attention_by_hand() -> None:
    figure, arguments = example("attention-by-hand", 0)
    Q, K, V = (np.array(arguments[name]) for name in "QKV")
    scores = Q @ K.T / math.sqrt(2)
    for name, wanted in (("score", scores), ("weight", softmax(scores)), ("out", softmax(scores) @ V)):
        for place, text in tiles(figure, name).items():
            assert float(text) == pytest.approx(wanted[place], abs=0.005)


@proves("equivariance")
def test_equivariance() -> None:
    figure, arguments = example("equivariance", 1)
    after, both = tiles(figure, "after"), tiles(figure, "both")
    for row, source in enumerate(arguments["order"]):
        assert [both[row, column] for column in range(2)] == [after[int(source), column] for column in range(2)]
    X = np.array(arguments["X"])
    wanted = softmax(X @ X.T / math.sqrt(2)) @ X
    assert float(after[0, 0]) == pytest.approx(wanted[0, 0], abs=0.005)


@proves("sharpness")
def test_sharpness() -> None:
    figure, arguments = example("sharpness")
    factor, size = curve(figure, "jacobian")
    for spot in (0, 30, 60):
        s = softmax(factor[spot] * np.array(arguments["logits"]))
        assert size[spot] == pytest.approx(np.linalg.norm(np.diag(s) - np.outer(s, s)))
        assert curve(figure, "largest")[1][spot] == pytest.approx(s.max())


@proves("dot-or-cosine")
def test_dot_or_cosine() -> None:
    figure, arguments = example("dot-or-cosine")
    q, K = np.array(arguments["q"]), np.array(arguments["K"])
    assert_allclose(bars(figure, "q·k/√d"), [softmax(K @ q / math.sqrt(2))])
    assert_allclose(bars(figure, "cosine/τ"), [softmax(K @ q / np.linalg.norm(q) / np.linalg.norm(K, axis=1))])


@proves("transformer-stack")
def test_transformer_stack() -> None:
    figure, _ = example("transformer-stack")
    total = 12 * (4 * 768 * 768 + 4 * 768 + 8 * 768 * 768 + 5 * 768 + 4 * 768) + 2 * 768 + 50257 * 768
    assert f"in all {total / 1e6:.3g}M" in words(figure)
    assert by_name(figure, "count-MLP") == f"{12 * (8 * 768 * 768 + 5 * 768) / 1e6:.3g}M (46%)"
    assert {"× 12 layers", "logits, n × 50,257"} <= set(words(figure))


@proves("history")
def test_history() -> None:
    figure = drawn("history", last=2018)
    assert [text for text in words(figure) if text.isdigit()] == ["2014", "2015", "2017", "2018"]


@proves("additive-scores")
def test_additive_scores() -> None:
    figure = drawn("additive-scores", s=(0.5, 0.0), H=((2.0, 0.0), (0.0, -1.0)))
    scores = np.tanh(np.array([[2.5, 0.0], [0.5, -1.0]])).sum(axis=1)
    weights = softmax(scores)
    assert [block(figure, f"score-{i}") for i in range(2)] == [f"{score:.2f}" for score in scores]
    assert [block(figure, f"weight-{i}") for i in range(2)] == [f"{weight:.2f}" for weight in weights]
    context = weights @ np.array([[2.0, 0.0], [0.0, -1.0]])
    assert f"context c = Σ α h = ({context[0]:.3g}, {context[1]:.2g})" in words(figure)


@proves("memory-tiers")
def test_memory_tiers() -> None:
    figure = drawn("memory-tiers")
    assert block(figure, "notes") == "notes outside,\nfound by search"


@proves("attention-shapes")
def test_attention_shapes() -> None:
    many, step = (example("attention-shapes", index)[0] for index in (1, 2))
    assert block(many, "scores") == "Q Kᵀ/√d: 2 × 8 × 10 × 10"
    assert block(many, "joined") == "joined, before Wᴼ: 2 × 10 × 512"
    assert block(step, "scores") == "Q Kᵀ/√d: 4 × 4 × 128"
    wide = drawn("attention-shapes", d=4, d_v=8)
    assert (block(wide, "V"), block(wide, "out")) == ("V\n2 × 10 × 8", "times V: 2 × 10 × 8")
