"""A report of ``redraw attention-check`` as one HTML page: no script, nothing loaded from elsewhere, light and dark."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from generator.attention_checking import LAYERS, grouped, targets, worst
from generator.figures import Picture, attention_check, rendered
from generator.figures.palette import PALETTES, Mode
from generator.figures.style import Look
from generator.problems import Failure, Place

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kernels.cuda.check import Report
    from kernels.cuda.report import Row

TEMPLATE = Path(__file__).with_suffix(".html")
Cell = str | float | int | None


def write(report: "Report", path: Path) -> None:
    """Write the page.

    Raises:
        Failure: the file cannot be written.
    """
    text = page(report)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"the report cannot be written: {error.strerror}"
        raise Failure.at(Place.whole(path.as_posix()), message, "name a file in a folder that exists") from None


def page(report: "Report") -> str:
    """The whole page."""
    colours = {mode: _colours(mode) for mode in PALETTES}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        body="\n".join(_parts(report)), light=colours["light"], dark=colours["dark"]
    )


def _colours(mode: Mode) -> str:
    palette = PALETTES[mode]
    named = {"page": palette.page, "ink": palette.ink, "quiet": palette.quiet, "line": palette.line, "wrong": palette.hues[1]}
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())


def _parts(report: "Report") -> Iterator[str]:
    yield "<h1>Attention against float64</h1>"
    yield f"<p>{escape(_machine(report))}</p>"
    if report.broken:
        yield f'<p class="wrong">{len(report.broken)} broken:</p>'
        yield "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in report.broken) + "</ul>"
    else:
        yield "<p>Every bound holds.</p>"
    yield "<h2>What was run</h2><ul>"
    for layer in report.layers:
        why = "" if layer.ran else f' <span class="wrong">Not run: {escape(layer.why)}.</span>'
        yield f"<li><strong>{layer.name}</strong>: {escape(LAYERS[layer.name])}.{why}</li>"
    yield "</ul>"
    yield from _errors(report)
    yield from _speed(report)
    yield from _memory(report)
    yield from _decoding(report)
    yield from _machinecode(report)


def _machine(report: "Report") -> str:
    machine = report.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    gpu = f"{machine.gpu} (compute capability {machine.capability}, driver {machine.driver})" if machine.gpu else "no GPU"
    return f"{machine.date}, {'a quick run' if report.quick else 'a full run'}: {gpu}, {machine.processor}, {versions}."


def _errors(report: "Report") -> Iterator[str]:
    yield "<h2>Errors</h2>"
    yield (
        "<p>The largest error against float64 on the inputs as rounded, and the bound: twice the error of plain attention in "
        "the same dtype, plus what rounding the result costs. Relative is the norm of the error over that of the truth.</p>"
    )
    data = report.as_json()
    cases = [case for case in ("causal", "large scores") if _has_errors(data, case)]
    yield _plots(
        (f"Errors over the dtype, case “{case}”", partial(attention_check.errors, report=data, case=case)) for case in cases
    )
    heads = "layer", "candidate", "dtype", "cases", "nearest to its bound"
    numbers = "of", "error", "bound", "relative", "verdict"
    found = [[*group, len(rows), *_result(worst(rows), all(row.holds for row in rows))] for group, rows in grouped(report.rows)]
    yield _table([*heads, *numbers], found)
    each = [[row.layer, row.candidate, row.dtype, *_result(row, row.holds)] for row in report.rows]
    yield f"<details><summary>Every case: {len(each)} rows, each with the result nearest to its bound</summary>"
    yield _table(["layer", "candidate", "dtype", "case", *numbers], each) + "</details>"
    if report.refusals:
        yield "<p>Passed over, since a candidate does not take such calls:</p><ul>"
        for one in report.refusals:
            yield f"<li>{one.layer}, {escape(one.candidate)}, {one.cases} times: {escape(one.why)}</li>"
        yield "</ul>"


def _has_errors(data: attention_check.Report, case: str) -> bool:
    """Whether the plot has all that it draws: a run that broke off may not."""
    layer = "gpu" if any(row["layer"] == "gpu" for row in data["rows"]) else "interpreter"
    have = {(row["candidate"], row["dtype"]) for row in data["rows"] if (row["layer"], row["case"]) == (layer, case) if _whole(row)}
    return have >= {(name, dtype) for name in ("redraw", "naive") for dtype in attention_check.DTYPES}


def _whole(row: attention_check.Report) -> bool:
    return None not in row.get("out", [None])


def _result(row: "Row", holds: bool) -> list[Cell]:
    result = row.worst
    found = [result.what, result.error, result.bound, result.relative] if result else ["", "", "", ""]
    return [row.case, *found, "holds" if holds else "broken"]


def _speed(report: "Report") -> Iterator[str]:
    if not report.speed:
        return
    yield "<h2>Speed</h2>"
    yield f"<p>bfloat16; a large matrix product runs at {report.product_tflops:.0f} TFLOP/s here.</p>"
    data = report.as_json()
    kinds = sorted({(one.head_dim, one.causal, one.series) for one in report.speed}, key=lambda kind: (-kind[0], *kind[1:]))
    yield _plots(
        (
            f"{series}, heads of {head_dim}{', causal' if causal else ''}",
            partial(attention_check.speed, report=data, series=series, head_dim=head_dim, causal=causal),
        )
        for head_dim, causal, series in kinds
    )
    yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in targets(report)) + "</ul>"
    heads = "candidate", "pass", "causal", "d", "tokens", "ms", "TFLOP/s", "of a product", "× FLASH", "× CUDNN"
    yield _table(
        heads,
        [
            [
                *(one.candidate, one.series, "causal" if one.causal else "", one.head_dim, one.tokens, one.milliseconds),
                *(one.tflops, f"{one.share:.0%}", report.ratio(one, "FLASH"), report.ratio(one, "CUDNN")),
            ]
            for one in report.speed
        ],
    )


def _memory(report: "Report") -> Iterator[str]:
    yield "<h2>Memory</h2>"
    yield "<p>The peak of one call, without its inputs: on the CPU one head in float64, on the GPU four in bfloat16.</p>"
    data = report.as_json()
    yield _plots([("Peak memory over the tokens", partial(attention_check.memory, report=data))])
    yield _table(
        ["where", "tokens", "standard, bytes", "tiled, bytes"],
        [[one.where, one.tokens, *(one.standard, one.tiled)] for one in report.memory],
    )


def _decoding(report: "Report") -> Iterator[str]:
    yield "<h2>Decoding with a cache</h2>"
    data = report.as_json()
    yield _plots([("Bytes of the cache over the tokens", partial(attention_check.caches, report=data))])
    heads = "heads", "dtype", "tokens", "off the full pass by", "bound", "cache, bytes", "formula", "verdict"
    yield _table(
        heads,
        [
            [one.kind, one.dtype, one.tokens, one.error, one.bound, *one.cached[-1][1:], "holds" if one.holds else "broken"]
            for one in report.decoding
        ],
    )


def _machinecode(report: "Report") -> Iterator[str]:
    if not report.machinecode:
        return
    yield "<h2>Machine code</h2>"
    heads = "variant", "products on tensor cores", "spills", "registers", "shared memory", "problems"
    yield _table(
        heads,
        [[one.variant, one.products, one.spills, one.registers, one.shared, "; ".join(one.problems)] for one in report.machinecode],
    )


def _plots(wanted: "Iterable[tuple[str, Callable[[Look], Figure]]]") -> str:
    return '<div class="plots">' + "".join(_plot(title, draw) for title, draw in wanted) + "</div>"


def _plot(title: str, draw: "Callable[[Look], Figure]") -> str:
    """One plot; the browser takes the picture of its mode."""
    look = Look()
    picture = rendered(look, lambda: draw(look))
    dark = f'<source media="(prefers-color-scheme: dark)" srcset="{_data(picture, "dark")}">'
    image = f'<img src="{_data(picture, "light")}" alt="{escape(title)}; the table below has the numbers">'
    return f"<figure><picture>{dark}{image}</picture><figcaption>{escape(title)}</figcaption></figure>"


def _data(picture: Picture, mode: Mode) -> str:
    return f"data:image/svg+xml;base64,{b64encode(picture.of(mode)).decode()}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    numeric = [any(isinstance(row[place], int | float) for row in rows) for place in range(len(heads))]
    first = "".join(f"<th{_kind(number)}>{escape(head)}</th>" for head, number in zip(heads, numeric, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{_kind(number)}>{_cell(cell)}</td>" for cell, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table></div>'


def _kind(number: bool) -> str:
    return ' class="number"' if number else ""


def _cell(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return f'<span class="wrong">{cell}</span>' if cell == "broken" else escape(cell)
    return f"{cell:.3g}" if isinstance(cell, float) else f"{cell:,}"
