"""The registry: every figure is documented, exemplified, proven, and asks the kernels that it names."""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pytest

import kernels
from generator.figures import Request, catalogue_table, get, make, names
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import Look
from tests.figures.support import PROVEN

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path(__file__).parents[2] / "docs" / "figures.md"
VALUES = sorted(Path(__file__).parent.glob("test_values_*.py"))


@pytest.mark.parametrize("name", names())
def test_docstrings_name_the_kernels_that_are_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, asked = get(name), set()
    real = kernels.get
    monkeypatch.setattr(kernels, "get", lambda wanted: asked.add(wanted) or real(wanted))
    for arguments in entry.examples:
        make(Request.of(name, arguments))
    assert asked == set(entry.kernels)
    assert set(re.findall(r"``([a-z_0-9]+)``", entry.doc)) >= asked
    assert "alues" in entry.doc
    assert entry.summary.endswith(".")


@pytest.mark.parametrize("name", names())
def test_examples_are_whole(name: str) -> None:
    assert 1 <= len(get(name).examples) <= 5
    for arguments in get(name).examples:
        get(name).complete(arguments)


def test_every_figure_is_proven() -> None:
    for path in VALUES:
        import_module(f"tests.figures.{path.stem}")
    assert set(names()) == PROVEN


def test_every_argument_says_what_it_takes() -> None:
    for name in names():
        for argument in get(name).arguments.values():
            assert argument.takes
            if not argument.required:
                assert argument.coerce(argument.default) is not None, (name, argument.name)


def test_two_figures_of_one_name_are_refused() -> None:
    def coin_entropy() -> None: ...

    with pytest.raises(ValueError, match="two figures are called coin-entropy"):
        figure(examples=[])(coin_entropy)  # type: ignore[type-var]


def test_arguments_are_completed_and_checked() -> None:
    entry = get("cache-growth")
    assert entry.topic == "efficient-attention"
    given = {"layers": 2, "heads": 4.0, "groups": 2, "head_dim": 8}
    assert entry.complete(given) == {"layers": 2, "heads": 4, "groups": 2, "head_dim": 8, "tokens": 32768}
    for change, message in (({"depth": 3}, "no argument depth"), ({"heads": 2.5}, "whole number"), ({"heads": True}, "not True")):
        with pytest.raises(ValueError, match=message):
            entry.complete(given | change)
    with pytest.raises(ValueError, match="lacks layers, heads, groups, head_dim"):
        entry.complete({})


def test_annotations_that_a_block_could_not_fill_are_refused() -> None:
    def odd(look: Look, *, x: dict[str, float]) -> "Figure":
        raise NotImplementedError

    from generator.figures.registry import Entry

    with pytest.raises(TypeError, match="x: a figure takes"):
        assert Entry("odd", odd, (), ()).arguments


def test_bounds_are_said_as_an_author_would() -> None:
    def one(
        look: Look, *, v: Annotated[Vector, Size(2, 3), Range(0, 1)], w: Annotated[Vector, Size(2, 2)] = (1.0, 2.0)
    ) -> "Figure":
        raise NotImplementedError

    from generator.figures.registry import Entry

    arguments = Entry("one", one, (), ()).arguments
    assert [argument.takes for argument in arguments.values()] == ["a list of 2 to 3 numbers from 0 to 1", "a list of 2 numbers"]


def test_the_page_lists_every_figure() -> None:
    assert catalogue_table() in PAGE.read_text(encoding="utf-8"), (
        "put the output of generator.figures.catalogue_table() into the page"
    )
