"""The command ``redraw attention-check``: what it measures, what it says, and that it fails when a bound is broken."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from kernels.cuda import decoding, device, speed
from kernels.cuda.bounds import with_gradients
from kernels.cuda.candidates import CANDIDATES, Refused, judge, masked
from kernels.cuda.cases import CASES, Case
from kernels.cuda.check import Run
from kernels.cuda.memory import traced
from kernels.cuda.report import OWN, Layer, Machine, Memory, Report, Result, Row, Series, Speed, as_text, gathered, rounded
from kernels.cuda.targets import judged
from tests.test_cli import python, redraw

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "attention-check" / "README.md"
RESULTS = {"out", "lse", "dq", "dk", "dv"}
WRONG = """
from kernels.cuda.candidates import CANDIDATES, Candidate
from kernels.cuda.bounds import naive

def late(case, q, k, v):
    return naive(case, q, k, v)[0].roll(1, 2), None

CANDIDATES.clear()
CANDIDATES["late"] = Candidate(late)
from generator.cli import main; main()
"""
BLOCKED = """
import sys
from importlib.abc import MetaPathFinder

class Block(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Block())
from generator.cli import main; main()
"""


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What a quick run prints as JSON, and the page that it writes."""
    page = tmp_path_factory.mktemp("check") / "report.html"
    done = redraw("attention-check", "--quick", "--json", "-o", page)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), page.read_text(encoding="utf-8")


def test_a_quick_run_says_which_layers_ran_and_holds(quick: tuple[dict[str, Any], str]) -> None:
    data, _ = quick
    ran = {layer["name"]: layer["ran"] for layer in data["layers"]}
    assert ran == {"interpreter": True, "compile": True, "gpu": torch.cuda.is_available()}
    assert (data["holds"], data["broken"], data["quick"]) == (True, [], True)
    assert {one["variant"].split()[1] for one in data["machinecode"]} == {"sm_80", "sm_90"}
    own = [row for row in data["rows"] if (row["layer"], row["candidate"]) == ("interpreter", OWN)]
    assert {(row["case"], row["dtype"]) for row in own} == {
        (name, dtype) for name in device.QUICK for dtype in ("float32", "float16", "bfloat16")
    }
    assert all(row.keys() >= RESULTS for row in own)


def test_every_candidate_is_measured_or_its_refusal_is_told(quick: tuple[dict[str, Any], str]) -> None:
    data, _ = quick
    counted = dict.fromkeys(CANDIDATES, 0)
    for row in data["rows"]:
        counted[row["candidate"]] += row["layer"] == "interpreter"
    for one in data["refusals"]:
        assert one["why"]
        counted[one["candidate"]] += one["cases"] * (one["layer"] == "interpreter")
    assert counted == dict.fromkeys(CANDIDATES, 3 * len(device.QUICK))


def test_the_page_says_what_each_key_of_a_report_holds(quick: tuple[dict[str, Any], str]) -> None:
    data, _ = quick
    table = PAGE.read_text(encoding="utf-8").rpartition("| key | holds |")[2]
    told = {key: set(re.findall(r"`(\w+)`", text)) for key, text in re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)}
    assert set(told) == set(data)
    assert set(data["machine"]) <= told["machine"]
    for key in ("layers", "cases", "rows", "refusals", "machinecode", "decoding", "memory", "speed"):
        assert {name for entry in data[key] for name in entry} <= told[key] | {"why"}, key


def test_the_page_of_a_report_stands_alone(quick: tuple[dict[str, Any], str]) -> None:
    _, page = quick
    assert not re.search(r"<script|https?://|<link|@import|url\(", page)
    assert page.count("data:image/svg+xml;base64,") == 2 * page.count("<figure>") >= 8
    assert "prefers-color-scheme: dark" in page
    assert ("Not run: no CUDA device" in page) != torch.cuda.is_available()
    assert "Every bound holds" in page


def test_a_wrong_candidate_breaks_its_bound_and_the_command_fails() -> None:
    done = python(WRONG, "attention-check", "--quick")
    assert done.returncode == 1, done.stderr
    assert "broken: interpreter: late, square, float32: out is off by" in done.stdout
    assert ("no CUDA device: the GPU layer was not run" in done.stdout) != torch.cuda.is_available()


@pytest.mark.parametrize("package", ["torch", "triton"])
def test_without_its_packages_it_says_in_one_line_what_to_install(package: str) -> None:
    done = python(BLOCKED.format(package=package), "attention-check")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "pip install 'redraw[gpu]'" in done.stderr


def test_a_page_that_cannot_be_written_is_an_error_with_a_place(tmp_path: Path) -> None:
    from generator import attention_page
    from generator.problems import Failure

    with pytest.raises(Failure, match=r"none/report.html: error: the report cannot be written"):
        attention_page.write(report(), tmp_path / "none" / "report.html")


def report(**more: Any) -> Report:
    """A small report that holds."""
    row = Row("interpreter", OWN, "square", "float32", (Result("out", 1e-7, 1e-6, 1e-8),))
    steps = (decoding.decode("MQA", torch.float32, 8),)
    fields: dict[str, Any] = {
        "machine": Machine("2026-11-20", "x86_64", {"torch": "2.13.0"}),
        "quick": True,
        "layers": (Layer("gpu", False, "no CUDA device"),),
        "cases": {},
        "rows": (row,),
        "refusals": (),
        "machinecode": (),
        "decoding": steps,
        "memory": (Memory("cpu", 256, 2**20, 2**10),),
        "product_tflops": None,
        "speed": (),
    }
    return Report(**fields | more)


def test_what_does_not_hold_is_told() -> None:
    wrong = Row("gpu", "FLASH", "causal", "float16", (Result("out", math.inf, 1.0, math.inf), Result("dq", 0.5, 1.0, 0.1)))
    fault = Row("gpu", "CUDNN", "causal", "float16", (), "not run: CUDA error")
    assert report().holds
    assert report(rows=(wrong, fault)).broken == (
        "gpu: FLASH, causal, float16: out is off by inf, the bound is 1",
        "gpu: CUDNN, causal, float16: not run: CUDA error",
    )
    assert wrong.as_json()["out"] == [None, 1.0, None]
    assert not Row("gpu", "FLASH", "causal", "float16", ()).holds


def test_nan_holds_no_bound_and_is_null_in_json() -> None:
    row = Row("interpreter", OWN, "square", "float32", (Result("out", math.nan, 1.0, math.nan),))
    assert not row.holds
    data = json.loads(as_text(report(rows=(row,)).as_json()))
    assert data["rows"][0]["out"] == [None, 1.0, None]
    assert not data["holds"]


def test_a_ratio_compares_one_and_the_same_call() -> None:
    ours = Speed(OWN, "forward", 4096, 128, 16, 4, True, 2.0, 300.0, 0.4)
    flash = Speed("FLASH", "forward", 4096, 128, 16, 4, True, 3.0, 200.0, 0.3)
    other = Speed("CUDNN", "forward", 4096, 128, 16, 4, False, 1.0, 600.0, 0.8)
    found = report(speed=(ours, flash, other))
    assert (found.ratio(ours, "FLASH"), found.ratio(ours, "CUDNN")) == (1.5, None)
    assert [one["flash"] for one in found.as_json()["speed"]] == [1.5, 1.0, None]


def timed(candidate: str, tokens: int, milliseconds: float, causal: bool = True, series: Series = "forward") -> Speed:
    return Speed(candidate, series, tokens, 128, 16, 4, causal, milliseconds, 300.0, 0.4)


def test_a_target_is_judged_by_the_slowest_call_that_it_is_about() -> None:
    calls = (timed(OWN, 2048, 9.0), timed(OWN, 4096, 2.0), timed(OWN, 8192, 5.0))
    flash = (timed("FLASH", 2048, 1.0), timed("FLASH", 4096, 2.0), timed("FLASH", 8192, 4.0))
    (found,) = judged(report(speed=(*calls, *flash)))
    assert (found.ratio, found.tokens, found.met) == (0.8, 8192, True)
    assert found.sentence == "forward, causal: 0.80 × FLASH at 8192 tokens, wanted 0.8: met"


def test_a_target_may_be_missed_and_what_was_not_measured_is_not_judged() -> None:
    backward = timed(OWN, 4096, 2.0, False, "backward"), timed("FLASH", 4096, 1.0, False, "backward")
    (found,) = judged(report(speed=backward))
    assert not found.met
    assert found.sentence.endswith("0.50 × FLASH at 4096 tokens, wanted 0.7: missed")
    assert judged(report(speed=(timed(OWN, 4096, 2.0), timed("FLASH", 8192, 1.0)))) == ()


def test_numbers_are_rounded_and_refusals_counted() -> None:
    assert [rounded(value) for value in (1.23456e-7, 0.0, math.inf, None)] == [1.23e-7, 0.0, None, None]
    (one, other) = gathered([("gpu", "CUDNN", "no"), ("gpu", "FLASH", "no"), ("gpu", "CUDNN", "no")])
    assert (one.candidate, one.cases, other.candidate, other.cases) == ("CUDNN", 2, "FLASH", 1)


def test_what_torch_does_not_take_is_refused_and_no_fault() -> None:
    with pytest.raises(Refused, match="soft cap"):
        judge("interpreter", "MATH", CASES["soft cap-float32"], "cpu")
    with pytest.raises(Refused, match="row without keys"):
        judge("interpreter", "MATH", CASES["queries without keys-float32"], "cpu")
    with pytest.raises(Refused, match="no kernel"):
        judge("interpreter", "CUDNN", CASES["square-float32"], "cpu")


def test_an_error_that_is_no_refusal_is_a_fault() -> None:
    case = Case("heads that do not fit", HQ=3, HK=2)
    row = judge("interpreter", "MATH", case, "cpu")
    assert row.fault
    assert not row.holds


def test_torchs_own_causal_mask_is_used_for_squares_alone() -> None:
    from torch.nn.attention import SDPBackend

    assert masked(Case("square", causal=True), SDPBackend.MATH, "cpu") == (None, True)
    assert masked(Case("no mask", TK=48), SDPBackend.MATH, "cpu") == (None, False)
    mask, causal = masked(Case("longer", TQ=1, TK=3, causal=True), SDPBackend.MATH, "cpu")
    assert not causal
    assert mask is not None
    assert mask.tolist() == [[True, True, True]]


def test_a_process_of_the_gpu_layer_hands_back_rows_and_refusals() -> None:
    rows, refused = device.run(["soft cap-float32", "one query-bfloat16"], ["naive", "MATH"], "cpu")
    assert [(row.case, row.dtype, row.candidate, row.holds) for row in rows] == [
        ("soft cap", "float32", "naive", True),
        ("one query", "bfloat16", "naive", True),
        ("one query", "bfloat16", "MATH", True),
    ]
    assert refused == [("gpu", "MATH", "torch has no soft cap")]


def test_a_process_of_the_gpu_layer_that_dies_leaves_faults() -> None:
    rows, refused = device.run(["square-float32"], ["naive", "MATH"], "no such device")
    assert refused == []
    assert [row.candidate for row in rows] == ["naive", "MATH"]
    assert all(row.fault and not row.holds for row in rows)


@pytest.mark.parametrize("kind", decoding.KINDS)
def test_decoding_equals_the_full_pass_and_its_cache_the_formula(kind: str) -> None:
    found = decoding.decode(kind, torch.float64, 16)
    assert found.holds
    assert found.error < found.bound < 1e-11
    assert found.cached[-1] == (16, 2 * decoding.KINDS[kind] * 64 * 16 * 8, 2 * decoding.KINDS[kind] * 64 * 16 * 8)


def test_a_cache_that_forgets_a_token_breaks_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    add = decoding.Cache.add

    def forgetful(self: decoding.Cache, k: torch.Tensor, v: torch.Tensor) -> None:
        add(self, k, v)
        if self.keys.shape[1] == 5:
            self.keys, self.values = self.keys[:, 1:], self.values[:, 1:]

    monkeypatch.setattr(decoding.Cache, "add", forgetful)
    found = decoding.decode("GQA", torch.float64, 16)
    assert found.error > found.bound
    assert any(measured != formula for _, measured, formula in found.cached)


def test_traced_memory_is_the_peak_of_a_call() -> None:
    import numpy as np

    size = traced(lambda: np.ones(2**17).sum())
    assert 2**20 <= size < 2**20 + 2**14


def test_a_report_with_speed_is_drawn_and_tabled() -> None:
    from generator import attention_page
    from generator.attention_checking import speed_table

    found = [
        speed.spoken(name, series, case, milliseconds * (2.5 if series == "backward" else 1), 700.0)
        for case in speed.calls(quick=False)
        for series in ("forward", "backward")
        for name, milliseconds in ((OWN, 1.0), ("FLASH", 1.1), ("CUDNN", 0.8), ("EFFICIENT", 2.0))
    ]
    assert len(found) == 2 * 2 * 5 * 2 * 4
    page = attention_page.page(report(speed=tuple(found), product_tflops=700.0))
    assert page.count("<figure>") == 2 + 8
    assert '<td class="number">1.1</td><td class="number">0.8</td>' in page
    assert speed_table(report(speed=tuple(found))).row_count == len(found)


def test_a_rate_counts_the_products_that_attention_makes() -> None:
    (plain, causal) = speed.calls(quick=True)
    assert (plain.B * plain.TQ, plain.HQ * plain.D) == (speed.TOKENS, speed.WIDTH)
    one, other = (speed.spoken(OWN, "forward", case, 1.0, 1000.0) for case in (plain, causal))
    assert one.tflops == pytest.approx(4 * 16_384 * 4096 * 2048 / 1e9)
    assert other.tflops == one.tflops / 2
    assert speed.spoken(OWN, "backward", plain, 2.5, 1000.0).tflops == pytest.approx(one.tflops)
    assert one.share == one.tflops / 1000


def test_the_timed_passes_compute_attention() -> None:
    generator = torch.Generator().manual_seed(0)
    leaves = [torch.randn(1, 2, 8, 16, generator=generator).requires_grad_() for _ in range(3)]
    dout = torch.randn(1, 2, 8, 16, generator=generator)
    case = Case("timed", HQ=2, HK=2, TQ=8, TK=8, D=16, causal=True)
    truth = with_gradients(case, {**dict(zip("qkv", leaves, strict=True)), "dout": dout})
    run = speed.passes("MATH", True, leaves, dout)
    torch.testing.assert_close(run["forward"](), truth["out"])
    for _ in range(2):
        torch.testing.assert_close(run["backward"](), tuple(truth[name] for name in ("dq", "dk", "dv")))


def test_an_interpreter_that_dies_leaves_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # so that no Python starts
    run = Run(True, lambda items, _: items)
    run._interpreted(OWN, [CASES["square-float32"]])
    (row,) = run.rows
    assert (row.case, row.holds) == ("square", False)
    assert row.fault
