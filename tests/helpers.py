"""What several test files need: a deck written into a folder, and its problems as lines."""

from pathlib import Path

from generator.deck import Deck, make
from generator.model import Card, Sources
from generator.problems import Problems
from generator.source import read

NOW = 1_700_000_000
"""A time for builds in tests, in seconds since 1970: before any edit that a test makes in Anki, which knows the wall clock."""
TOML = 'name = "Test"\nnamespace = "test"\ndecks = "kind"\n'


def write(folder: Path, **files: str) -> Path:
    """Write ``name="text"`` as ``name.md`` into ``folder``, beside a ``redraw.toml``."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "redraw.toml").exists():
        (folder / "redraw.toml").write_text(TOML)
    for name, text in files.items():
        (folder / f"{name}.md").write_bytes(text.encode())
    return folder


def sources(folder: Path, **files: str) -> tuple[Sources, list[str]]:
    """Read a deck; the problems come as ``file:line:column: severity: message``."""
    problems = Problems()
    found = read(write(folder, **files), problems)
    return found, shown(problems, folder)


def only_card(folder: Path, text: str) -> Card:
    """The one card of a source without errors."""
    found, lines = sources(folder, a=text)
    assert not [line for line in lines if ": error: " in line], lines
    (card,) = found.cards
    return card


def deck(folder: Path, now: int = NOW, **files: str) -> Deck:
    """Read and render a deck."""
    return make(write(folder, **files), now)


def fields(folder: Path, text: str) -> dict[str, str]:
    """The fields of the one note of a source without errors."""
    made = deck(folder, a=text)
    assert not made.problems.failed, list(map(str, made.problems))
    (note,) = made.notes
    return dict(note.fields)


def shown(problems: Problems, folder: Path) -> list[str]:
    """The problems as lines, the folder left out of the paths."""
    return [
        str(problem).replace(f"{folder.resolve().as_posix()}/", "").replace(f"{folder.as_posix()}/", "") for problem in problems
    ]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG 2 has it: 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
