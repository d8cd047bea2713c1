"""A small deck to start from."""

from importlib.resources import files
from pathlib import Path

from generator.problems import Failure, Place

FILES = ("redraw.toml", "probability.md")


def write(folder: Path) -> list[Path]:
    """Write the example into ``folder`` and return the paths of its files.

    Raises:
        Failure: the folder is not empty, or cannot be written.
    """
    place = Place(folder.as_posix())
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise Failure.at(place, "the folder is not empty", "name a new one")
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).write_bytes(files(__name__).joinpath(name).read_bytes())
    except OSError as error:
        raise Failure.at(place, f"cannot be written: {error.strerror}", "name another folder") from None
    return [folder / name for name in FILES]
