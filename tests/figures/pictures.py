"""Take the pictures of ``docs/pictures`` anew: ``python -m tests.figures.pictures`` (it needs Chromium)."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from generator.figures import MODES, Request, get, names, paint
from generator.figures.palette import PALETTES, Mode

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SHOWN = (
    "projection base-rates softmax-temperature attention-matrix momentum-valley cross-entropy-split activation head-sharing "
    "search-tree kmeans-step receptive-field mask-kinds"
).split()
MORE = (
    "lstm-cell merge-tree double-descent graph-search roofline attention-shapes noising natural-frequencies "
    "norm-placement over-smoothing two-moons tool-call"
).split()
WIDTH, COLUMNS, HEIGHT = 329, 4, 322
"""A picture as wide as on a phone, and the height of a row."""


def sheet(wanted: list[str], mode: Mode, target: Path, scale: float = 1) -> None:
    """The figures of the first examples side by side, on the card's background."""
    palette = PALETTES[mode]
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
    with tempfile.TemporaryDirectory() as folder:
        cells = []
        for name in wanted:
            Path(folder, f"{name}.svg").write_bytes(paint(Request.of(name, get(name).examples[0])).of(mode))
            cells.append(f'<div><img src="{name}.svg" width="{WIDTH}"></div>')
        style = f"body{{margin:8px;background:{palette.page};display:grid;grid-template-columns:repeat({COLUMNS},{WIDTH + 16}px)}}"
        style += f"div{{height:{HEIGHT}px;display:flex;align-items:center;justify-content:center}}"
        page = Path(folder, "sheet.html")
        page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(cells)}", encoding="utf-8")
        size = f"{COLUMNS * (WIDTH + 16) + 16},{-(-len(wanted) // COLUMNS) * HEIGHT + 16}"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--force-device-scale-factor={scale}"]
        subprocess.run(
            [browser, *flags, f"--window-size={size}", f"--screenshot={target}", page.as_uri()], check=True, capture_output=True
        )


def main() -> None:
    """The sheets of the page; with a folder as argument, every figure at twice the density, twelve on a sheet, to be looked at."""
    if len(sys.argv) > 1:
        everything = names()
        for mode in MODES:
            for start in range(0, len(everything), 12):
                sheet(everything[start : start + 12], mode, Path(sys.argv[1]).resolve() / f"figures-{mode}-{start:02}.png", 2)
        return
    for mode in MODES:
        sheet(SHOWN, mode, PICTURES / f"figures-{mode}.png")
        sheet(MORE, mode, PICTURES / f"more-figures-{mode}.png")


if __name__ == "__main__":
    main()
