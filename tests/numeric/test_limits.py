"""The limits behind kernels and oracles: no number that a stranger writes makes a build run long or eat the memory."""

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kernels
from generator.numeric.functions import FUNCTIONS
from generator.numeric.signatures import FORMULAS, LISTING, arguments_of, call, largest_whole
from generator.numeric.values import Refusal
from generator.numeric.via import light_oracles
from generator.numeric.watch import Late, watched
from kernels import oracles
from tests.numeric.support import evaluate, try_draw

VECTORS = Path(__file__).parent.parent / "kernels" / "vectors"
SECONDS = 4
SIZES = (8, 12, 16, 24, 51, 64, 100, 1_000, 10_000, 100_000, 10**15)
"""Every limit that an oracle sets itself, and what is far beyond."""


def vectors() -> dict[str, list[dict[str, Any]]]:
    """Kernel -> arguments that it takes."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(VECTORS.glob("*.json")):
        for name, cases in json.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(name, []).extend(case["inputs"] for case in cases)
    return found


def counting() -> list[str]:
    """The kernels with whole-number arguments that an expression can call."""
    return [
        name
        for name in kernels.names()
        if any(argument.whole for argument in arguments_of(name).values())
        and all(argument.writable for argument in arguments_of(name).values())
    ]


def enlarged(value: Any, number: int) -> Any:
    """``value`` with every number in it replaced."""
    if isinstance(value, list):
        return [enlarged(item, number) for item in value]
    return value if value is None or isinstance(value, str | bool) else number


def with_whole(name: str, arguments: dict[str, Any], number: int) -> dict[str, Any]:
    """The arguments with every whole number at its largest."""
    known = arguments_of(name)
    return {arg: enlarged(value, number) if known[arg].whole else value for arg, value in arguments.items()}


@pytest.mark.parametrize("name", counting())
def test_the_largest_whole_numbers_cost_a_kernel_and_its_oracles_little(name: str) -> None:
    for arguments in vectors().get(name, [])[:1]:
        for number in {min(largest_whole(name), size) for size in SIZES}:
            large = with_whole(name, arguments, number)
            start = time.perf_counter()
            with contextlib.suppress(Refusal):
                call(kernels.get(name), large)
                for oracle in light_oracles(name, large):
                    with watched(SECONDS), np.errstate(all="ignore"), contextlib.suppress(ValueError, oracles.Disagreement):
                        oracle(**large)
            assert time.perf_counter() - start < SECONDS, number


def test_the_tables_name_kernels() -> None:
    assert {*FORMULAS, *LISTING} <= set(kernels.names())
    assert not FORMULAS & set(LISTING)


def test_no_kernel_hides_a_function() -> None:
    assert not set(FUNCTIONS) & set(kernels.names())


def test_an_oracle_that_counts_is_not_asked_for_large_numbers() -> None:
    assert light_oracles("eig_identity_plus_rank_one", {"n": 4, "alpha": 0.5})
    assert not light_oracles("eig_identity_plus_rank_one", {"n": 400, "alpha": 0.5})
    text = "params: {n: choice 400 800, alpha: choice 0.25 0.5}\nanswer: eig_identity_plus_rank_one(n, alpha).det\n"
    found, _ = try_draw(text + "via: 1 + n*alpha\n", ["n", "alpha"])
    assert found is not None
    assert found.proofs == ("via",)


def test_calls_that_take_too_long_are_ended() -> None:
    start = time.perf_counter()
    with pytest.raises(Late), watched(0.05):
        while True:
            pass
    assert time.perf_counter() - start < 2


def test_after_a_call_the_clock_is_off() -> None:
    with watched(0.01):
        pass
    time.sleep(0.05)
    with watched(5), watched(0.01):
        pass
    time.sleep(0.05)


def test_a_slow_kernel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.numeric.signatures.SECONDS", 0.05)
    monkeypatch.setitem(kernels.registry._kernels, "dot_product", kernels.Kernel("dot_product", _endless, ()))
    with pytest.raises(Refusal, match="dot_product takes too long"):
        evaluate("dot_product([1], [1])")


def _endless(a: Any, b: Any) -> float:
    while True:
        pass


def test_beside_the_main_thread_nothing_is_watched() -> None:
    seen: list[float] = []

    def work() -> None:
        with watched(0.01):
            time.sleep(0.03)
            seen.append(float(evaluate("dot_product([1], [2])")))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [2.0]


@pytest.mark.parametrize(
    "source",
    [
        "hoeffding_sample_size(1e-12, 1e-300)",
        "hoeffding_sample_size(1e-160, 0.5)",
        "softmax([1e308, -1e308, 1])[0]",
        "clt_sample_size(1e300, 1e-300, 3)",
        "majority_vote_accuracy(0.5, 999)",
        "lp_norm([1e300, 1], 1e300)",
        "entropy([1], base=1e-300)",
        "sequence_nll([1e-300]).perplexity",
        "mcts_search([[1], [0]], [0.5, 0.5], 1000).best_child",
        "linear_recurrence_dp([999, 999], [999, 999], 1000)",
        "kmeans_fit([[1], [2]], [[1]], 1000).n_iter",
        "sinusoidal_positional_encoding(1000, 1000)[0][0]",
        "conv_visibility(1000, 999, 'same')[0]",
        "pca_svd([" + ", ".join(["[1, 2, 3, 4]"] * 60) + "], 1).frob_error",
        "topological_order_kahn(1000, [[0, 1]])",
    ],
)
def test_hostile_arguments_of_kernels(source: str) -> None:
    start = time.perf_counter()
    try_draw(f"params: {{x: choice 1 2}}\nanswer: '0*x + {source}'\nshow: 2sf\n".replace("'same'", "''same''"), ["x"])
    assert time.perf_counter() - start < 15
