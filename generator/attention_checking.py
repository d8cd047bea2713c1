"""What ``redraw attention-check`` does: run the check, and say what it found on a terminal, as JSON or as a page."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from generator.console import out
from generator.problems import NotInstalled

if TYPE_CHECKING:
    from kernels.cuda.check import Report
    from kernels.cuda.report import Row

Watch = Callable[[Sequence[Any], str], Iterable[Any]]
LAYERS = {
    "interpreter": "the kernel interpreted on the CPU, beside torch's own attention there",
    "compile": "the kernel compiled for sm_80 and sm_90, and its machine code read",
    "gpu": "everything on the GPU, and its speed",
}
WAY = "the check of attention needs torch and triton, with a GPU or without: pip install 'redraw[gpu]'"


def run(*, quick: bool, date: str, watch: Watch) -> "Report":
    """Run the check.

    Raises:
        NotInstalled: torch or triton is not there; the message is one line and says how to get them.
    """
    try:
        from kernels.cuda.check import check
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] not in ("torch", "triton"):
            raise
        raise NotInstalled(WAY) from None
    return check(quick=quick, date=date, watch=watch)


def as_text(report: "Report") -> str:
    """The report as JSON, a line for each row."""
    from kernels.cuda.report import as_text

    return as_text(report.as_json())


def print_report(report: "Report") -> None:
    """The report as tables."""
    console = out()
    for layer in report.layers:
        line = Text(f"{layer.name}: ", "bold").append(LAYERS[layer.name])
        console.print(line if layer.ran else line.append(f": not run, {layer.why}", "yellow"))
    console.print()
    console.print(errors_table(report))
    _print_rest(report)
    for one in report.broken:
        console.print(Text("broken: ", "bold red").append(one))
    if any(layer.name == "gpu" and not layer.ran and layer.why == "no CUDA device" for layer in report.layers):
        console.print(Text("no CUDA device: the GPU layer was not run", "yellow"))
    console.print("every bound holds" if report.holds else f"{len(report.broken)} broken")


def errors_table(report: "Report") -> Table:
    """Layer, candidate and dtype, a row each, with the case that comes nearest to its bound."""
    table = Table(box=None, pad_edge=False)
    for name in ("layer", "candidate", "dtype", "cases", "nearest to its bound", "of", "error", "bound", "relative", "verdict"):
        table.add_column(name, justify="right" if name in ("cases", "error", "bound", "relative") else "left")
    for (layer, candidate, dtype), rows in grouped(report.rows):
        row = worst(rows)
        result = row.worst
        numbers = [f"{value:.2g}" for value in (result.error, result.bound, result.relative)] if result else ["", "", ""]
        verdict = Text("holds", "green") if all(one.holds for one in rows) else Text("broken", "bold red")
        table.add_row(layer, candidate, dtype, str(len(rows)), row.case, result.what if result else "", *numbers, verdict)
    return table


def grouped(rows: "Iterable[Row]") -> "Iterator[tuple[tuple[str, str, str], list[Row]]]":
    """The rows of each layer, candidate and dtype, in the order in which they come first."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.layer, row.candidate, row.dtype), []).append(row)
    yield from found.items()


def worst(rows: "Sequence[Row]") -> "Row":
    """The row that comes nearest to its bound, or breaks it by most; one that could not be measured is worse than any."""
    from kernels.cuda.report import share

    return max(rows, key=lambda row: (bool(row.fault), share(row.worst) if row.worst else 0.0))


def _print_rest(report: "Report") -> None:
    console = out()
    for refusal in report.refusals:
        console.print(Text(f"{refusal.layer}: {refusal.candidate} passes over {refusal.cases}: {refusal.why}", "dim"))
    console.print()
    if report.machinecode:
        spills, most = (sum(one.spills for one in report.machinecode), max(one.registers for one in report.machinecode))
        console.print(f"machine code: {len(report.machinecode)} variants, {spills} spills, at most {most} registers a thread")
    for step in report.decoding:
        tokens, measured, formula = step.cached[-1]
        same = "as the formula says" if measured == formula else f"the formula says {formula:,}"
        console.print(
            f"decoding {step.kind} {step.dtype}: off the full pass by {step.error:.2g}, bound {step.bound:.2g}; "
            f"the cache of {tokens} tokens takes {measured:,} bytes, {same}"
        )
    for one in report.memory:
        sizes = [f"{size / 2**20:,.2f} MiB" if size is not None else "not enough memory" for size in (one.standard, one.tiled)]
        console.print(f"peak memory ({one.where}), {one.tokens} tokens: standard {sizes[0]}, tiled {sizes[1]}")
    if report.speed:
        console.print(speed_table(report))
        for line in targets(report):
            console.print(line)


def targets(report: "Report") -> "Iterator[str]":
    """How far the kernel is from what it is meant to reach, a line each; the targets are for an H200."""
    from kernels.cuda.targets import judged

    for reached in judged(report):
        yield f"target for an H200: {reached.sentence}"


def speed_table(report: "Report") -> Table:
    """What was timed on the GPU."""
    table = Table(box=None, pad_edge=False)
    for name in ("candidate", "pass", "causal", "d", "tokens"):
        table.add_column(name)
    for name in ("ms", "TFLOP/s", "of a product", "× FLASH", "× CUDNN"):
        table.add_column(name, justify="right")
    for one in report.speed:
        ratios = [f"{ratio:.2f}" if ratio is not None else "" for ratio in (report.ratio(one, "FLASH"), report.ratio(one, "CUDNN"))]
        call = one.candidate, one.series, "causal" if one.causal else "", str(one.head_dim), str(one.tokens)
        table.add_row(*call, f"{one.milliseconds:.3f}", f"{one.tflops:.0f}", f"{one.share:.0%}", *ratios)
    return table
