"""What there is to use in a card: the kernels, each as a page for people and as data for machines."""

import inspect
from dataclasses import dataclass
from typing import Any

from generator.problems import Failure, Place, did_you_mean


@dataclass(frozen=True, slots=True)
class OracleEntry:
    """One of the second ways to a kernel's answer."""

    name: str
    doc: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KernelEntry:
    """A kernel as the catalogue shows it."""

    name: str
    topic: str
    module: str
    signature: str
    doc: str
    fields: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    oracles: tuple[OracleEntry, ...]

    @property
    def summary(self) -> str:
        """The first sentence of its page, on one line."""
        return " ".join(self.doc.partition("\n\n")[0].split())

    def as_json(self) -> dict[str, Any]:
        """The entry as plain data."""
        oracles = [{"name": oracle.name, "doc": oracle.doc, "needs": list(oracle.needs)} for oracle in self.oracles]
        words = {name: list(words) for name, words in self.words.items()}
        head = {"name": self.name, "topic": self.topic, "module": self.module, "signature": self.signature, "doc": self.doc}
        return head | {"fields": list(self.fields), "words": words, "oracles": oracles}


def kernels() -> list[KernelEntry]:
    """All kernels, by topic and name."""
    from kernels import names

    return sorted((_entry(name) for name in names()), key=lambda entry: (entry.topic, entry.name))


def kernel(name: str) -> KernelEntry:
    """The kernel of that name.

    Raises:
        Failure: there is none.
    """
    from kernels import names

    if name not in names():
        raise Failure.at(Place(name), "there is no kernel of this name", did_you_mean(name, names()) or "redraw kernels lists them")
    return _entry(name)


def _entry(name: str) -> KernelEntry:
    from kernels import get, oracles

    found = get(name)
    ways = tuple(OracleEntry(oracle.function.__name__, oracle.doc, oracle.needs) for oracle in oracles.of(name))
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in found.signature.parameters.values()]
    signature = str(inspect.Signature(bare))
    return KernelEntry(name, found.topic, found.module, signature, found.doc, found.fields, found.words, ways)
