"""What a YAML block has under its keys: asked for by name, and whatever does not fit reported where it stands."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from generator.blocks import Listing, Mapping, Node, Scalar, compose, short
from generator.model import Block
from generator.problems import Failure, Problems, did_you_mean

T = TypeVar("T")


class Fields:
    """A mapping with known keys: what is asked for is handed out, what is unknown is reported.

    >>> from generator.problems import Place
    >>> node = compose(Block("figure", "kind: bars\\nvalues: [1, 2]", Place("a.md", 3)))
    >>> fields = Fields.of(node, ["kind", "values"], Problems())
    >>> fields.string("kind"), [item.text for item in fields.listing("values")]
    ('bars', ['1', '2'])
    """

    def __init__(self, node: Mapping, problems: Problems) -> None:
        self.node = node
        self.problems = problems
        self._values = {key.text: value for key, value in node.items}

    @classmethod
    def of(cls, node: Node, known: Iterable[str], problems: Problems) -> "Fields":
        """The fields of ``node``; whatever is not ``known`` is reported where it stands."""
        mapping = as_mapping(node, problems) or Mapping(node.block, node.start, node.end, ())
        names = list(known)
        for key, _ in mapping.items:
            if key.text not in names:
                problems.error(key.place, f"unknown key {short(key.text)}", did_you_mean(key.text, names))
        return cls(mapping, problems)

    @classmethod
    def in_block(cls, block: Block, known: Iterable[str], problems: Problems) -> "Fields":
        """The fields of a block.

        Raises:
            Failure: the block is no YAML, or no mapping.
        """
        found = Problems()
        node = as_mapping(compose(block), found)
        if node is None:
            raise Failure(found)
        return cls.of(node, known, problems)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> Node | None:
        """The node of a key, or None."""
        return self._values.get(name)

    def need(self, name: str) -> Node | None:
        """The node of a key that must be there."""
        if name not in self._values:
            self.problems.error(self.node.place, f"{name} is missing", f"add  {name}: …  to the block")
        return self._values.get(name)

    def scalar(self, name: str) -> Scalar | None:
        """The single value of a key."""
        node = self._values.get(name)
        return as_scalar(node, self.problems) if node else None

    def string(self, name: str, default: str = "") -> str:
        """The text of a key."""
        scalar = self.scalar(name)
        return scalar.text if scalar else default

    def listing(self, name: str) -> list[Scalar]:
        """The single values in the list of a key; one value alone counts as a list of one."""
        node = self._values.get(name)
        return scalars(node, self.problems) if node else []


def without_errors(read: Callable[[Problems], T | None], problems: Problems) -> T | None:
    """What ``read`` makes of a block, or None where that has errors; whatever it reports or raises is reported."""
    found = Problems()
    result = None
    try:
        result = read(found)
    except Failure as failure:
        found.extend(failure.problems)
    problems.extend(found)
    return None if found.failed else result


def as_mapping(node: Node, problems: Problems) -> Mapping | None:
    """``node`` as a mapping, or a problem."""
    if isinstance(node, Mapping):
        return node
    problems.error(node.place, f"here stands {node.kind} where a mapping belongs", "write  name: value  on lines of their own")
    return None


def as_scalar(node: Node, problems: Problems) -> Scalar | None:
    """``node`` as a single value that is not empty, or a problem."""
    if not isinstance(node, Scalar):
        hint = (
            "an expression with brackets or braces stands in quotes" if node.block.text[node.start : node.start + 1] in "[{" else ""
        )
        problems.error(node.place, f"here stands {node.kind} where a single value belongs", hint)
        return None
    if not node.text.strip():
        problems.error(node.place, "a value is missing")
        return None
    return node


def scalars(node: Node, problems: Problems) -> list[Scalar]:
    """The single values of a list; one value alone counts as a list of one."""
    items = node.items if isinstance(node, Listing) else (node,)
    found = (as_scalar(item, problems) for item in items if isinstance(item, Node))
    return [item for item in found if item is not None]
