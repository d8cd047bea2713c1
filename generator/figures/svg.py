"""matplotlib's SVG made small: the same picture, a fraction of the bytes, and the same bytes each time.

What goes: metadata, comments, groups that only carry an id, what is neither filled nor stroked, digits that no screen shows. Ids
become ``a``, ``b``, … in the order of their use, styles become attributes (which a strict content policy cannot refuse), paths
become relative.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import count, groupby, product
from string import ascii_lowercase
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

PLACES = 2
"""Digits after the point of a coordinate: a hundredth of a pixel."""
GLYPH = 32
"""By how much the units of glyphs are coarsened: 200 to the em are left, some 16 to a pixel of the layout."""
NAMESPACE = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"
GLYPH_SCALE = "scale(0.015625)"
"""What matplotlib writes on the outline of a glyph, and on nothing else."""
FONT_UNITS = 64
"""How many units of an outline make one unit of a text."""
TOKENS = re.compile(r"[MLQCZz]|-?[\d.]+(?:e-?\d+)?")
NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Command -> how many points it takes."""
DEFAULTS = {
    "stroke-linejoin": "round",  # set once on the root
    "stroke-linecap": "butt",
    "stroke-miterlimit": None,
    "stroke-width": "1",
    "stroke-dashoffset": "0",
    "fill": "#000000",
}
"""What need not be written; None where any value needs not."""


def slim(text: str, width: int) -> str:
    """The SVG that matplotlib wrote, made small.

    Args:
        width: how wide it shows where nothing says otherwise, in pixels.
    """
    root = ElementTree.fromstring(text)
    _, _, inner, height = (float(part) for part in root.attrib["viewBox"].split())
    _unclip(root, inner, height)
    out = Element("svg", xmlns=NAMESPACE, viewBox=f"0 0 {_short(inner)} {_short(height)}")
    out.attrib |= {"width": str(width), "height": _short(width * height / inner, 0), "stroke-linejoin": "round"}
    out.extend(_slimmed(root))
    for path in out.iter("path"):
        glyph = path.attrib.pop("glyph", "")
        path.set("d", _path(path.attrib.get("d", ""), GLYPH if glyph else 1, 0 if glyph else PLACES))
    _drop_blanks(out)
    _rename(out)
    return ElementTree.tostring(out, encoding="unicode").replace(" />", "/>") + "\n"


def _unclip(root: Element, width: float, height: float) -> None:
    """Forget the clips that are as large as the page, which cuts off as much."""
    for clip in list(root.iter(f"{{{NAMESPACE}}}clipPath")):
        rects = [[float(rect.attrib.get(key, 0)) for key in ("x", "y", "width", "height")] for rect in clip]
        if len(rects) == 1 and all(abs(a - b) < 0.01 for a, b in zip(rects[0], (0, 0, width, height), strict=True)):
            for element in root.iter():
                if element.attrib.get("clip-path") == f"url(#{clip.attrib['id']})":
                    del element.attrib["clip-path"]
            for parent in root.iter():
                if clip in list(parent):
                    parent.remove(clip)


def _slimmed(parent: Element) -> list[Element]:
    """What is left of the children of an element, as few of them as show the same."""
    return list(_grouped(_merged(_kept(parent))))


def _kept(parent: Element) -> Iterator[Element]:
    """What is left of the children, groups without a meaning dissolved."""
    for child in parent:
        tag = child.tag.rpartition("}")[2]
        if tag in ("metadata", "style"):
            continue
        inside = _slimmed(child)
        attributes = _attributes(child)
        if tag in ("g", "defs") and not attributes.keys() - {"id"}:
            # A definition may stand anywhere: what is not drawn in place says so itself.
            yield from (_defs(inside) if tag == "defs" else inside)
        elif tag == "path" and _invisible(attributes):
            continue
        elif inside or tag != "g":
            slimmed = Element(tag, attributes)
            slimmed.extend(inside)
            yield slimmed


def _merged(elements: Iterable[Element]) -> Iterator[Element]:
    """Neighbours that are painted alike become one path."""
    last: Element | None = None
    for element in elements:
        paint = _paint(element)
        if last is not None and element.tag == last.tag == "path" and paint is not None and paint == _paint(last):
            last.set("d", f"{last.attrib.get('d', '')} {element.attrib.get('d', '')}")
        else:
            yield element
            last = element


def _grouped(elements: Iterable[Element]) -> Iterator[Element]:
    """Neighbouring paths, or uses of a marker, that are painted alike but for the filling say what they share once, on a group."""
    for shared, run in groupby(elements, key=_outline):
        alike = list(run)
        if not shared or len(alike) < 3:
            yield from alike
            continue
        group = Element("g", dict(shared))
        for element in alike:
            for key in dict(shared):
                del element.attrib[key]
        group.extend(alike)
        yield group


def _outline(element: Element) -> tuple[tuple[str, str], ...]:
    """The attributes of an element that a group may carry for it; nothing where it must stand alone."""
    own = {"path": ("d", "fill"), "use": ("href", "x", "y")}.get(element.tag)
    if own is None or element.attrib.keys() & {"id", "opacity", "transform"}:
        return ()
    return tuple(sorted((key, value) for key, value in element.attrib.items() if key not in own))


def _paint(path: Element) -> dict[str, str] | None:
    """How a path is painted; None where it must stay alone, because it has a name or shows what lies below."""
    if path.attrib.keys() & {"id", "opacity", "fill-opacity", "stroke-opacity", "transform"}:
        return None
    return {key: value for key, value in path.attrib.items() if key != "d"}


def _defs(inside: list[Element]) -> Iterator[Element]:
    if inside:
        defs = Element("defs")
        defs.extend(inside)
        yield defs


def _invisible(attributes: dict[str, str]) -> bool:
    return "id" not in attributes and attributes.get("fill") == "none" and "stroke" not in attributes


def _attributes(element: Element) -> dict[str, str]:
    """The attributes of an element, its style among them, each as short as it gets."""
    found = {key: value for key, value in element.attrib.items() if key != "style"}
    for part in filter(None, element.attrib.get("style", "").split(";")):
        key, _, value = part.partition(":")
        if DEFAULTS.get(key.strip(), "") not in (value.strip(), None):
            found[key.strip()] = _style(value.strip())
    glyph = found.get("transform") == GLYPH_SCALE
    if HREF in found:
        found["href"] = found.pop(HREF)
    if glyph:
        del found["transform"]
        found["glyph"] = "yes"
    elif "transform" in found:
        _transform(found)
    for key in found.keys() & {"x", "y", "width", "height"}:
        found[key] = _short(float(found[key]))
    return found


def _transform(found: dict[str, str]) -> None:
    """A text's scale takes up what its glyphs lost; a shift along the line becomes ``x``."""
    text = found["transform"]
    factor = GLYPH / FONT_UNITS
    if "href" in found:  # one glyph of a text
        if moved := re.fullmatch(r"translate\((\S+) (\S+)\)", text):
            del found["transform"]
            found |= {key: _short(float(at) / factor, 0) for key, at in zip("xy", moved.groups(), strict=True) if float(at)}
            return
        text = re.sub(
            r"translate\((\S+) (\S+)\)", lambda m: f"translate({float(m[1]) / factor:.6g} {float(m[2]) / factor:.6g})", text
        )
        found["transform"] = _numbers(text, 3)
        return
    text = re.sub(r"scale\((\S+) (\S+)\)", lambda m: f"scale({float(m[1]) * factor:.6g} {float(m[2]) * factor:.6g})", text)
    found["transform"] = _numbers(text, 5 if "scale" in text else PLACES)


def _numbers(text: str, places: int) -> str:
    shortened = NUMBER.sub(lambda match: _short(float(match[0]), places if abs(float(match[0])) < 1 else PLACES), text)
    return shortened.replace(") ", ")")


def _style(value: str) -> str:
    if re.fullmatch(r"[\d., -]+", value):
        return " ".join(_short(float(number)) for number in re.split(r"[,\s]+", value))
    return value


def _short(number: float, places: int = PLACES) -> str:
    """A number without a digit too many: ``.5``, ``-3``, ``0``."""
    text = f"{number:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = re.sub(r"^(-?)0\.", r"\1.", text)
    return "0" if text in ("-0", "", "-") else text


def _path(data: str, divisor: int, places: int) -> str:
    """Path data with relative coordinates; what is rounded once is not rounded again, so that nothing drifts."""
    parts: list[str] = []
    here = start = (0.0, 0.0)
    for command, points in _commands(data):
        rounded = [(round(x / divisor, places), round(y / divisor, places)) for x, y in points]
        if command == "Z":
            parts.append("z")
            here = start
            continue
        if command == "M":
            start = rounded[-1]
        elif all(point == here for point in rounded):
            continue
        parts.append(_segment(command, [(x - here[0], y - here[1]) for x, y in rounded], places))
        here = rounded[-1]
    return _joined(parts)


def _segment(command: str, moves: list[tuple[float, float]], places: int) -> str:
    if command == "L" and abs(moves[0][1]) < 10**-places / 2:
        return f"h{_short(moves[0][0], places)}"
    if command == "L" and abs(moves[0][0]) < 10**-places / 2:
        return f"v{_short(moves[0][1], places)}"
    return command.lower() + _joined(_short(number, places) for move in moves for number in move)


def _joined(parts: Iterable[str]) -> str:
    """Numbers and commands with spaces only where they are needed, a command only where it changes."""
    text = ""
    last = ""
    for part in parts:
        word = part
        if part[:1].isalpha():
            word = part[1:] if part[0] == last and part[0] not in "mz" else part
            last = part[0]
        fused = not text or not word or word[0].isalpha() or word[0] == "-" or text[-1].isalpha()
        text += word if fused else f" {word}"
    return re.sub(r"(\.\d+) (?=\.)", r"\1", text)


def _commands(data: str) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    tokens = iter(TOKENS.findall(data))
    for command in tokens:
        if command in "Zz":
            yield "Z", []
        else:
            yield command, [(float(next(tokens)), float(next(tokens))) for _ in range(PAIRS[command])]


def _drop_blanks(root: Element) -> None:
    """Take out what draws nothing, such as the glyph of a space and its uses."""
    blank = {path.attrib.get("id", "") for path in root.iter("path") if not path.attrib["d"]}
    for parent in list(root.iter()):
        for child in list(parent):
            if (child.tag == "path" and not child.attrib["d"]) or child.attrib.get("href", "")[1:] in blank - {""}:
                parent.remove(child)


def _letters() -> Iterator[str]:
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))


def _rename(root: Element) -> None:
    """Short ids for what is referred to, in the order in which it stands; no others."""
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', ElementTree.tostring(root, encoding="unicode")))
    short = _letters()
    new: dict[str, str] = {}
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name and name in used:
            new[name] = element.attrib["id"] = next(short)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "href" or value.startswith("url("):
                element.attrib[key] = re.sub(r"#([^)]+)", lambda match: f"#{new[match[1]]}", value)
