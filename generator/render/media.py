"""Pictures: from inside the source folder only, under names made from their bytes."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from generator.problems import Place, Problems, did_you_mean

TYPES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
PATHS = "a picture's path is relative to the file that shows it"
FORBIDDEN_IN_SVG = ("script", "foreignObject", "iframe", "handler")


@dataclass(slots=True)
class Media:
    """The pictures of one build: file name in Anki -> content."""

    root: Path
    problems: Problems
    files: dict[str, bytes] = field(default_factory=dict)
    _known: dict[Path, str] = field(default_factory=dict)

    def add(self, source: str, folder: Path, place: Place) -> str:
        """Take the picture at ``source``, relative to ``folder``, and return its name in Anki, or "" with a problem reported."""
        path = (folder / unquote(source).replace("\\", "/").replace("\0", "\ufffd")).resolve()
        if path in self._known:
            return self._known[path]
        if not path.is_relative_to(self.root.resolve()):
            self.problems.error(place, f"{source} lies outside the deck's folder", "copy the picture into the folder")
        elif not path.is_file():
            names = [other.name for other in path.parent.iterdir() if other.suffix in TYPES] if path.parent.is_dir() else []
            self.problems.error(place, f"there is no picture {source}", did_you_mean(path.name, names) or PATHS)
        elif path.suffix.lower() not in TYPES:
            self.problems.error(place, f"{source} is no picture that Anki shows", f"it takes {', '.join(TYPES)}")
        else:
            name = self._take(path, source, place)
            self._known[path] = name
            return name
        return ""

    def put(self, content: bytes, suffix: str) -> str:
        """Take a picture that was made here, and return its name in Anki."""
        name = f"redraw-{hashlib.sha256(content).hexdigest()[:20]}{suffix}"
        self.files[name] = content
        return name

    def _take(self, path: Path, source: str, place: Place) -> str:
        try:
            content = path.read_bytes()
        except OSError as error:
            self.problems.error(place, f"{source} cannot be read: {error.strerror}", "check the file's permissions")
            return ""
        if path.suffix.lower() == ".svg" and (fault := _svg_fault(content)):
            self.problems.error(place, f"{source} {fault}", "export it as plain SVG, or as PNG")
            return ""
        return self.put(content, path.suffix.lower())


def _svg_fault(content: bytes) -> str:
    """What is wrong with an SVG: a deck ships nobody's scripts, and loads nothing from elsewhere."""
    if b"<!ENTITY" in content:
        return "declares entities"
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        return f"is no SVG: {error}"
    for element in root.iter():
        if str(element.tag).rpartition("}")[2] in FORBIDDEN_IN_SVG:
            return f"holds a <{str(element.tag).rpartition('}')[2]}>"
        for name, value in element.attrib.items():
            local = name.rpartition("}")[2].lower()
            if local.startswith("on"):
                return f"holds a handler, {local}"
            if local == "href" and not value.startswith(("#", "data:image/")):
                return f"loads {value[:60]}"
    return ""
