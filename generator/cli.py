"""The command line: one thin command each; the work is done elsewhere."""

import gc
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from generator.problems import Failure, NotInstalled, Problems, Severity

PathArgument = click.Path(path_type=Path)


def default_source() -> Path:
    """``cards_src`` where there is one, else the working folder."""
    return Path("cards_src") if Path("cards_src").is_dir() else Path()


source_argument = click.argument("source", metavar="[SRC]", type=PathArgument, default=default_source)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("redraw"), prog_name="redraw")
def cli() -> None:
    """Markdown questions and answers in, Anki decks out.

    \b
    redraw build                     cards_src -> build/NAME.apkg
    redraw build notes/ -o out/      another folder, another place
    redraw check --json              everything that is wrong, for machines
    redraw show dot-product-sign     one card as the pipeline sees it
    """


@cli.command(short_help="Make a package for Anki from the sources.")
@source_argument
@click.option("-o", "--output", type=PathArgument, help="The package, or a folder for it (default: build/).")
@click.option("--locked", is_flag=True, help="Fail if the lock would change: for CI and releases.")
@click.option("--tag", default="", help="Ship only the notes with this tag, or one below it.")
@json_option
def build(source: Path, output: Path | None, locked: bool, tag: str, as_json: bool) -> None:
    """Build an .apkg from the sources in SRC (default: cards_src).

    All or nothing: with an error in the sources nothing is written, and the last package stays.

    \b
    redraw build --tag redraw::topic::03-probability
    """
    from generator import build as pipeline
    from generator import console

    started = time.perf_counter()
    built = pipeline.build(source, output, now=int(time.time()), locked=locked, tag=tag, watch=console.watch)
    seconds = time.perf_counter() - started
    if as_json:
        console.print_json(console.built_as_json(built, seconds))
    else:
        console.print_problems(built.problems, Severity.WARNING)
        console.print_built(built, seconds)


@cli.command(short_help="Draw new numbers; the schedule in Anki stays.")
@source_argument
@click.option("--seed", required=True, help="A name for the new numbers, such as june.")
@click.option("-o", "--output", type=PathArgument, help="The package, or a folder for it (default: build/).")
@json_option
def fresh(source: Path, seed: str, output: Path | None, as_json: bool) -> None:
    """Draw new numbers for every numeric card in SRC; the schedule in Anki stays.

    The package holds the numeric cards alone. Import it like any other: no due date moves.

    \b
    redraw fresh --seed june
    """
    from generator import build as pipeline
    from generator import console

    started = time.perf_counter()
    built = pipeline.fresh(source, seed, output, now=int(time.time()), watch=console.watch)
    seconds = time.perf_counter() - started
    if as_json:
        console.print_json(console.built_as_json(built, seconds))
    else:
        console.print_problems(built.problems, Severity.WARNING)
        console.print_built(built, seconds)


@cli.command(short_help="Report everything that is wrong, and more.")
@source_argument
@click.option("--draws", type=click.IntRange(0), default=0, help="Draw and prove so many variants of every numeric card.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--explain", metavar="[RULE]", is_flag=False, flag_value="", help="Explain the rule RULE, or list them; check nothing."
)
@json_option
def check(source: Path, draws: int, strict: bool, explain: str | None, as_json: bool) -> None:
    """Check the sources in SRC and report everything, information too; write nothing.

    \b
    redraw check --strict --draws 1000
    redraw check --explain spoils    why it is a rule, how to mend a card, how to silence it
    """
    from generator import check as checks
    from generator import console, reporting

    if explain is not None:
        reporting.explain(explain, as_json)
        return
    checked = checks.check(source, now=int(time.time()), draws=draws, watch=console.watch)
    if as_json:
        console.print_json(reporting.checked_as_json(checked))
    else:
        reporting.print_checked(checked)
    if checked.problems.failed or (strict and checked.problems.count(Severity.WARNING)):
        raise SystemExit(1)


@cli.command(short_help="Show one card as the pipeline sees it.")
@click.argument("name", metavar="ID")
@click.option("--source", type=PathArgument, default=default_source, help="The sources (default: cards_src).")
@json_option
def show(name: str, source: Path, as_json: bool) -> None:
    """Show the card ID as the pipeline sees it: fields, tags, deck, guid.

    \b
    redraw show norm-axioms --json
    """
    from generator import build as pipeline
    from generator import console

    found = pipeline.find(source, name, int(time.time()))
    if as_json:
        console.print_json(console.found_as_json(found))
    else:
        console.print_found(found)


@cli.command(short_help="Write missing ids into the sources.")
@source_argument
def ids(source: Path) -> None:
    """Write an id into the source of every card in SRC that has none, so that edits keep its history."""
    from generator import console
    from generator.source import read
    from generator.source.ids import write_ids

    problems = Problems()
    sources = read(source, problems)
    if problems.failed:
        raise Failure(problems)
    for card in write_ids(sources):
        console.out().print(f"{card.place}: {card.id}")


@cli.command(short_help="Make a small deck to start from.")
@click.argument("folder", metavar="DIR", type=PathArgument)
def init(folder: Path) -> None:
    """Make a small deck to start from in DIR, which must be new or empty.

    \b
    redraw init my-deck && redraw build my-deck
    """
    from generator import console, example

    for path in example.write(folder):
        console.out().print(path.as_posix())


@cli.command(short_help="List the reference kernels, or show one in full.")
@click.argument("name", default="")
@json_option
def kernels(name: str, as_json: bool) -> None:
    """List the reference kernels, or show the kernel NAME in full.

    \b
    redraw kernels softmax
    """
    from generator import catalogue, console

    found = catalogue.kernel(name) if name else None
    if as_json:
        console.print_json(found.as_json() if found else {entry.name: entry.as_json() for entry in catalogue.kernels()})
    elif found:
        console.print_kernel(found)
    else:
        console.print_catalogue(catalogue.kernels())


@cli.command(short_help="List the figures, show one in full, or draw it.")
@click.argument("name", default="")
@click.option("-o", "--output", type=PathArgument, help="Draw NAME into this SVG file, with the values of its example.")
@click.option("--dark", is_flag=True, help="Draw it as night mode shows it.")
@json_option
def figures(name: str, output: Path | None, dark: bool, as_json: bool) -> None:
    """List the figures, show the figure NAME in full, or draw it.

    \b
    redraw figures unit-balls -o balls.svg
    """
    from generator import catalogue, console

    if output and not name:
        raise click.UsageError("name the figure that is to be drawn")
    found = catalogue.figure(name) if name else None
    if found and output:
        catalogue.draw_example(name, output, "dark" if dark else "light")
    elif as_json:
        console.print_json(found.as_json() if found else {entry.name: entry.as_json() for entry in catalogue.figures()})
    elif found:
        console.print_figure(found)
    else:
        console.print_catalogue(catalogue.figures())


@cli.command("attention-check", short_help="Hold tiled attention against float64.")
@click.option("-o", "--output", type=PathArgument, help="Write the report with its plots into this HTML file too.")
@click.option("--quick", is_flag=True, help="Some of the cases only: half a minute without a GPU.")
@json_option
def attention_check(output: Path | None, quick: bool, as_json: bool) -> None:
    """Hold tiled attention, and torch's, against float64: without a GPU as far as that goes, on one with its speed.

    \b
    redraw attention-check --quick
    redraw attention-check -o report.html
    """
    from generator import attention_checking, console

    report = attention_checking.run(quick=quick, date=time.strftime("%Y-%m-%d", time.gmtime()), watch=console.watch)
    if as_json:
        print(attention_checking.as_text(report))
    else:
        attention_checking.print_report(report)
    if output:
        from generator import attention_page

        attention_page.write(report, output)
    if not report.holds:
        raise SystemExit(1)


@cli.command(short_help="Print code that completes the commands in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the code that completes redraw's commands in SHELL.

    \b
    redraw completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "redraw", "_REDRAW_COMPLETE").source())


def main() -> None:
    """Run the command line: exit 0 done, 1 errors in what was checked, 2 wrong usage, 3 something is not installed."""
    gc.set_threshold(50_000)  # a deck is many small objects that stay: looking for garbage among them takes a fifth of a build
    sys.exit(_guarded(lambda: cli.main(prog_name="redraw", standalone_mode=False)))


def _guarded(run: Callable[[], Any]) -> int:
    """No traceback reaches a user; REDRAW_DEBUG=1 lets it through for a developer."""
    try:
        code = run()
    except Failure as failure:
        from generator.console import print_problems

        print_problems(failure.problems)
        return 1
    except NotInstalled as missing:
        click.echo(f"redraw: {missing}", err=True)
        return 3
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except BrokenPipeError:
        # The reader has gone away; without this Python would complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("REDRAW_DEBUG"):
            raise
        click.echo(f"redraw: a fault of redraw's own: {type(error).__name__}: {error}", err=True)
        click.echo("    please report it with the command; REDRAW_DEBUG=1 shows where it happened", err=True)
        return 1
    return code if isinstance(code, int) else 0
