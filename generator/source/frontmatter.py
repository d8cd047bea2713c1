"""The YAML between two ``---`` lines at the start of a source."""

from dataclasses import dataclass

import yaml

from generator.problems import Place, Problems, did_you_mean

KEYS = ("deck", "tags", "title")
FENCE = "---"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says about all its cards."""

    tags: tuple[str, ...] = ()
    deck: str = ""
    title: str = ""


def split(text: str, path: str, problems: Problems) -> tuple[FrontMatter, str]:
    """The front matter, and the text with the front matter's lines left blank, so that line numbers stay."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return FrontMatter(), text
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() in (FENCE, "...")), 0)
    if not end:
        problems.error(Place(path), "the front matter is not closed", "end it with a line of ---")
        return FrontMatter(), ""
    body = "\n".join([""] * (end + 1) + lines[end + 1 :])
    return _read("\n".join(lines[1:end]), path, problems), body


def _read(text: str, path: str, problems: Problems) -> FrontMatter:
    """Scalars are kept as strings: YAML's own reading of no, 010 and 1e-5 surprises."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Place(path, mark.line + 2, mark.column + 1) if mark else Place(path, 2)
        problems.error(where, f"the front matter is no YAML: {error.problem}", "it is made of lines like tags: [a, b]")
        return FrontMatter()
    except yaml.YAMLError as error:
        problems.error(Place(path, 2), f"the front matter is no YAML: {error}", "it is made of lines like tags: [a, b]")
        return FrontMatter()
    if root is None:
        return FrontMatter()
    if not isinstance(root, yaml.MappingNode):
        problems.error(_at(path, root), "the front matter must be made of keys and values", "as in tags: [a, b]")
        return FrontMatter()
    found: dict[str, yaml.Node] = {}
    for key, value in root.value:
        name = str(key.value)
        if name not in KEYS:
            problems.error(_at(path, key), f"unknown key {name}", did_you_mean(name, KEYS))
        elif name in found:
            problems.error(_at(path, key), f"a second {name}", "remove one of them")
        found[name] = value
    deck, title = (_text(found.get(key), path, problems) for key in ("deck", "title"))
    return FrontMatter(_tags(found.get("tags"), path, problems), deck, title)


def _at(path: str, node: yaml.Node) -> Place:
    return Place(path, node.start_mark.line + 2, node.start_mark.column + 1)


def _text(node: yaml.Node | None, path: str, problems: Problems) -> str:
    if node is None:
        return ""
    if isinstance(node, yaml.ScalarNode) and node.value.strip():
        return str(node.value).strip()
    problems.error(_at(path, node), "a text was expected here", "as in title: Linear algebra")
    return ""


def _tags(node: yaml.Node | None, path: str, problems: Problems) -> tuple[str, ...]:
    if node is None:
        return ()
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.ScalarNode) for item in node.value):
        problems.error(_at(path, node), "tags must be a list of words", "as in tags: [exam, probability]")
        return ()
    for item in node.value:
        if not item.value or any(character.isspace() for character in item.value) or '"' in item.value:
            problems.error(_at(path, item), f"{item.value!r} is no tag", "a tag has no spaces; a::b makes a hierarchy")
    return tuple(str(item.value) for item in node.value)
