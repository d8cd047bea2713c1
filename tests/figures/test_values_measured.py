"""The figures of measured attention show the report that is kept, number for number."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from generator.figures import attention_check
from tests.figures.support import curve, example, line, proves, words

REPORT = json.loads(Path(attention_check.__file__).with_suffix(".json").read_text(encoding="utf-8"))


@proves("attention-measured-memory")
def test_attention_measured_memory() -> None:
    figure, _ = example("attention-measured-memory")
    cpu = [one for one in REPORT["memory"] if one["where"] == "cpu"]
    for name in "standard", "tiled":
        tokens, sizes = curve(figure, name)
        assert tokens.tolist() == [one["tokens"] for one in cpu]
        assert_allclose(sizes * 2**20, [one[name] for one in cpu])
        assert_allclose(line(figure, f"{name}-measured"), line(figure, name))
    growth = {name: [b / a for a, b in pairwise(curve(figure, name)[1])] for name in ("standard", "tiled")}
    assert min(growth["standard"]) > 3.5 > 2.5 > max(growth["tiled"])


@proves("attention-error")
@pytest.mark.parametrize("index", range(3))
def test_attention_error(index: int) -> None:
    figure, arguments = example("attention-error", index)
    found = {
        (row["candidate"], row["dtype"]): row["out"]
        for row in REPORT["rows"]
        if row["layer"] == "interpreter" and row["case"] == arguments["case"]
    }
    for place, dtype in enumerate(("float32", "float16", "bfloat16")):
        error, bound, _ = found["redraw", dtype]
        assert curve(figure, "tiled")[1][place] == error
        assert curve(figure, "standard")[1][place] == found["naive", dtype][0]
        assert set(curve(figure, f"bound-{place}")[1]) == {bound}
        assert error <= bound


@proves("cache-measured")
def test_cache_measured() -> None:
    figure, _ = example("cache-measured")
    for one in REPORT["decoding"]:
        if one["dtype"] == "float32":
            tokens, sizes = curve(figure, f"measured-{one['kind']}")
            assert_allclose(sizes * 2**10, [2 * one["kv_heads"] * one["head_dim"] * count * 4 for count in tokens])
            assert_allclose(np.stack(curve(figure, f"formula-{one['kind']}")), [tokens, sizes])
    assert {"MHA, 8 heads: 1,024 KiB", "MQA, 1 of 8 heads: 128 KiB"} <= set(words(figure))
