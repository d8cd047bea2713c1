"""Drawing: the same bytes always, nothing twice, errors where they belong, and no library that is not needed."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

import kernels
from generator import caching
from generator.figures import MODES, Request, draw, drawing, get, names, paint, prune, to_svg
from generator.problems import Place, Problems

ROOT = Path(__file__).parents[2]
HERE = Place("a.md", 3)
BUDGET = 16_500
"""Bytes of one picture: three of them in two modes are a hundredth of what a package may weigh."""
MIDDLE = 10_000
"""Bytes that half of all pictures stay below; most of them are the outlines of letters."""
TAGS = {"svg", "g", "defs", "path", "use", "clipPath", "rect", "pattern"}
COIN = Request.of("coin-entropy", {"p": 0.2})


def test_all_pictures_drawn_in_parallel(tmp_path: Path) -> None:
    """One test for all that is asked of every picture, because drawing them takes longest."""
    requests = {name: Request.of(name, get(name).examples[0]) for name in names()}
    problems = Problems()
    found = draw([(request, HERE) for request in requests.values()], tmp_path, problems)
    assert not list(problems)
    assert list(found) == list(requests.values())
    for picture in found.values():
        check_content(picture.light)
        assert picture.light != picture.dark
        assert without_colours(picture.light) == without_colours(picture.dark)
    sizes = sorted(len(picture.light) for picture in found.values())
    assert sizes[-1] <= BUDGET
    assert sizes[len(sizes) // 2] <= MIDDLE
    for name in ("normal-tail", "search-tree", "mask-kinds"):  # drawn there by other processes, here by this one, twice
        assert paint(requests[name]) == paint(requests[name]) == found[requests[name]]


def check_content(content: bytes) -> None:
    """A picture is well-formed and holds no text, no script, no style, no date, and nothing from elsewhere."""
    root = ElementTree.fromstring(content)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= TAGS
    for element in root.iter():
        assert element.attrib.get("href", "#").startswith("#")
        assert not {key for key in element.attrib if key == "style" or key.startswith("on")}
    assert set(re.findall(rb"https?://[^\"]+", content)) == {b"http://www.w3.org/2000/svg"}
    assert not re.search(rb"20\d\d-\d\d|matplotlib|#fe[0-9a-f]{4}", content)


def without_colours(content: bytes) -> bytes:
    return re.sub(rb"\"#[0-9a-f]{3,6}\"", b'""', content)


class Counted:
    """Counts what is drawn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[Request] = []
        real = drawing._drawn
        monkeypatch.setattr(drawing, "_drawn", lambda request: self.requests.append(request) or real(request))


def test_nothing_is_drawn_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    twice = [(COIN, HERE), (COIN, Place("b.md"))]
    first = draw(twice, tmp_path, Problems())
    assert counted.requests == [COIN]
    assert draw(twice, tmp_path, Problems()) == first
    assert counted.requests == [COIN]


def test_another_argument_draws_that_figure_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sigmoid, other = Request.of("sigmoid", {"z": 1}), Request.of("coin-entropy", {"p": 0.3})
    draw([(COIN, HERE), (sigmoid, HERE)], tmp_path, Problems())
    counted = Counted(monkeypatch)
    draw([(other, HERE), (sigmoid, HERE)], tmp_path, Problems())
    assert counted.requests == [other]


def test_the_same_number_written_otherwise_is_the_same_picture() -> None:
    assert Request.of("coin-entropy", {"p": 1}) == Request.of("coin-entropy", {"p": 1.0})
    assert Request.of("sample-size", {"eps": 0.1, "delta": 0.05}) == Request.of("sample-size", {"delta": 0.05, "eps": 0.1})


def test_other_code_and_other_versions_are_other_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawing.key(COIN)
    changes = (caching, "version", lambda name: "0"), *((drawing, part, kernels) for part in ("style", "palette", "svg"))
    for module, part, change in changes:
        drawing._code.cache_clear()
        with monkeypatch.context() as patch:
            patch.setattr(module, part, change)
            assert drawing.key(COIN) != before, part
    drawing._code.cache_clear()
    assert drawing.key(COIN) == before


def test_what_is_broken_in_the_cache_is_drawn_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = draw([(COIN, HERE)], tmp_path, Problems())
    next(tmp_path.glob("*-dark.svg")).unlink()
    counted = Counted(monkeypatch)
    assert draw([(COIN, HERE)], tmp_path, Problems()) == first
    assert counted.requests == [COIN]


def test_files_no_longer_used_leave(tmp_path: Path) -> None:
    other = Request.of("sigmoid", {"z": 1})
    draw([(COIN, HERE), (other, HERE)], tmp_path, Problems())
    for mine in ("notes.txt", "drawing-light.svg"):
        (tmp_path / mine).write_text("mine")
    assert [name.split("-")[0] for name in prune([COIN], tmp_path)] == ["sigmoid", "sigmoid"]
    assert len(list(tmp_path.glob("coin-entropy-*.svg"))) == 2
    assert (tmp_path / "notes.txt").exists() and (tmp_path / "drawing-light.svg").exists()
    assert prune([COIN], tmp_path / "nowhere") == []


def test_what_a_kernel_refuses_is_reported_at_every_place(tmp_path: Path) -> None:
    bad, problems = Request.of("projection", {"a": (1, 2), "b": (0, 0)}), Problems()
    found = draw([(bad, HERE), (COIN, HERE), (bad, Place("b.md", 7, 5))], tmp_path, problems)
    assert list(found) == [COIN]
    lines = [str(problem) for problem in problems]
    assert [line.partition(" error: ")[0] for line in lines] == ["a.md:3:1:", "b.md:7:5:"]
    assert "projection cannot be drawn: b must not be the zero vector" in lines[0]
    assert len(list(tmp_path.glob("*.svg"))) == 2


def test_a_cache_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problems = Problems()
    found = draw([(COIN, HERE)], tmp_path / "file", problems)
    assert [found[COIN].of(mode) for mode in MODES] == [to_svg(COIN, mode) for mode in MODES]
    assert [problem.message.partition(":")[0] for problem in problems] == ["pictures cannot be kept here"]
    assert not problems.failed


def test_progress_is_shown_and_order_kept(tmp_path: Path) -> None:
    seen: list[str] = []

    def watch(items: Sequence[object], label: str) -> Iterator[object]:
        for item in items:
            seen.append(label)
            yield item

    wanted = [Request.of("sigmoid", {"z": z}) for z in (3, 1, 2)]
    assert list(draw([(request, HERE) for request in wanted], tmp_path, Problems(), watch)) == wanted
    assert seen == ["drawing figures"] * 3


FULL_CACHE = """
import sys
from pathlib import Path
from generator.figures import Request, draw, get, names
from generator.problems import Place, Problems
found = draw([(Request.of("coin-entropy", {"p": 0.2}), Place("a.md"))], Path(sys.argv[1]), Problems())
assert len(found) == 1
assert all(get(name).doc and get(name).arguments is not None for name in names())
print([name for name in ("matplotlib", "PIL", "scipy") if name in sys.modules])
"""


def test_a_full_cache_and_the_catalogue_need_no_matplotlib(tmp_path: Path) -> None:
    draw([(COIN, HERE)], tmp_path, Problems())
    run = subprocess.run([sys.executable, "-c", FULL_CACHE, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
