"""From the YAML of a ``numeric`` block to a ``NumericSpec``; every mistake in it is reported where it stands."""

import keyword
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from generator.blocks import Listing, Node, Scalar, short
from generator.blocks import Mapping as MappingNode
from generator.expression import Expression, parse
from generator.fields import Fields, as_mapping, as_scalar, scalars, without_errors
from generator.model import Block
from generator.numeric import formats
from generator.numeric.formats import Format
from generator.numeric.functions import CONSTANTS
from generator.numeric.params import Param, read_param
from generator.numeric.readgolden import read_golden
from generator.numeric.readoptions import read_form, read_pool, read_tolerance
from generator.numeric.spec import Answer, Given, Golden, Let, Mistake, NumericSpec
from generator.numeric.values import Refusal
from generator.numeric.vocabulary import check, fields_of, kernels_in
from generator.problems import Failure, Place, Problems, did_you_mean
from generator.tokens import INTERPOLATION

T = TypeVar("T")

KEYS = ("params", "let", "answer", "via", "show", "unit", "form", "given", "require", "mistakes", "golden", "pool", "tolerance")
MOST = {"params": 20, "let": 40, "answer": 8, "given": 12, "require": 20, "mistakes": 12, "golden": 40}
"""The most entries under a key."""
LARGEST_SPACE = 10**100
"""The largest grid: what 512 bits of a hash can point into evenly."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def read_spec(block: Block, problems: Problems) -> NumericSpec | None:
    """The spec that ``block`` holds, or None where it has errors; those are reported."""
    return without_errors(lambda found: _Reader(Fields.in_block(block, KEYS, found), found).spec(block), problems)


class _Reader:
    """The state of reading one block: the names known so far."""

    def __init__(self, fields: Fields, problems: Problems) -> None:
        self.fields = fields
        self.problems = problems
        self.names: dict[str, Place] = {}
        self.records: dict[str, tuple[str, ...]] = {}
        self.asked: list[str] = []
        """The names of the answers, those with errors too."""

    def spec(self, block: Block) -> NumericSpec | None:
        params = self.params()
        lets = self.lets()
        inner = tuple(self.names)
        answers = self.answers(inner)
        outer = tuple(self.names)
        if math.prod(param.grid.size for param in params) > LARGEST_SPACE:
            self.problems.error(block.place, f"the grid has more than {LARGEST_SPACE:.0e} points", "take smaller grids")
        require = tuple(e for scalar in self.scalars("require") if (e := self.expression(scalar, outer)))
        return NumericSpec(
            block=block,
            params=params,
            lets=lets,
            answers=answers,
            form=read_form(self.fields),
            given=self.given(inner),
            require=require,
            mistakes=self.mistakes(outer, self.asked),
            golden=() if self.problems.failed else self.golden(params, lets, answers),
            pool=read_pool(self.fields),
        )

    # Names and expressions

    def name(self, key: Scalar) -> bool:
        """Whether the key may become a name; it is then known."""
        name = key.text
        if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in CONSTANTS:
            hint = "names have up to 40 letters, digits and underscores, begin with a letter, and are no words of Python's"
            self.problems.error(key.place, f"{short(name)!r} cannot be a name", "call it lam" if name == "lambda" else hint)
            return False
        if name in self.names:
            self.problems.error(key.place, f"the name {name} is taken", f"line {self.names[name].line} has it already")
            return False
        self.names[name] = key.place
        return True

    def expression(self, node: Node, names: Iterable[str], start: int = 0, end: int | None = None) -> Expression | None:
        """An expression over ``names``, or a problem."""
        scalar = as_scalar(node, self.problems)
        if scalar is None:
            return None
        try:
            expression = parse(scalar, start, end)
        except Failure as failure:
            self.problems.extend(failure.problems)
            return None
        known = [*names]
        return expression if check(expression, known, self.records, self.problems) else None

    def entries(self, name: str) -> tuple[tuple[Scalar, Node], ...]:
        """The keys and values of a mapping under a key of the block."""
        node = self.fields.get(name)
        mapping = as_mapping(node, self.problems) if node else None
        return self.bounded(name, mapping.items) if mapping else ()

    def scalars(self, name: str) -> tuple[Scalar, ...]:
        node = self.fields.get(name)
        return self.bounded(name, tuple(scalars(node, self.problems))) if node else ()

    def bounded(self, name: str, items: tuple[T, ...]) -> tuple[T, ...]:
        node = self.fields.get(name)
        if node and len(items) > MOST[name]:
            self.problems.error(node.place, f"{name} has {len(items)} entries; {MOST[name]} are allowed")
            return ()
        return items

    # The keys of the block

    def params(self) -> tuple[Param, ...]:
        found = []
        if self.fields.need("params") is None:
            return ()
        for key, node in self.entries("params"):
            scalar = as_scalar(node, self.problems)
            if not self.name(key) or scalar is None:
                continue
            try:
                found.append(read_param(key.text, scalar, key.place))
            except Failure as failure:
                self.problems.extend(failure.problems)
        return tuple(found)

    def lets(self) -> tuple[Let, ...]:
        found = []
        for key, node in self.entries("let"):
            expression = self.expression(node, tuple(self.names))
            if self.name(key) and expression:
                self.records[key.text] = fields_of(expression)
                found.append(Let(key.text, expression))
        return tuple(found)

    def answers(self, inner: tuple[str, ...]) -> tuple[Answer, ...]:
        node = self.fields.need("answer")
        if node is None:
            return ()
        if isinstance(node, MappingNode):
            named = [(key.text, value) for key, value in self.bounded("answer", node.items) if self.name(key)]
        elif self.name(Scalar(node.block, node.start, node.end, "answer")):
            named = [("answer", node)]
        else:
            named = []
        names = self.asked = [name for name, _ in named]
        via = self.each_answer("via", names, lambda scalar: self.expression(scalar, inner), alone=True)
        show = self.each_answer("show", names, lambda scalar: (self.format(scalar, 0, scalar.text), scalar.place))
        unit = self.each_answer("unit", names, lambda scalar: scalar.text)
        tolerance = self.each_answer("tolerance", names, lambda scalar: read_tolerance(scalar, self.problems))
        found = []
        for name, value in named:
            expression = self.expression(value, inner)
            if expression is None:
                continue
            if several := fields_of(expression):
                hint = f"take one of them: .{', .'.join(several)}"
                self.problems.error(expression.place(), "this kernel returns several things", hint)
                continue
            form, place = show.get(name, (formats.read(""), value.place))
            found.append(Answer(name, expression, via.get(name), form, place, unit.get(name, ""), tolerance.get(name)))
            self.warn_of_copy(expression, via.get(name))
        return tuple(found)

    def warn_of_copy(self, answer: Expression, via: Expression | None) -> None:
        """A ``via`` that goes the answer's own way proves nothing."""
        if via is None:
            return
        shared = [name for name in kernels_in(via) if name in kernels_in(answer)]
        if shared:
            message = f"via calls {shared[0]} as answer does, so it proves little"
            self.problems.warning(via.place(), message, "write the steps by hand", "copied-via")
        elif "".join(via.text.split()) == "".join(answer.text.split()):
            message = "via is the answer once more, so it proves nothing"
            self.problems.warning(via.place(), message, "let the answer call a kernel", "copied-via")

    def each_answer(
        self, name: str, answers: list[str], convert: Callable[[Scalar], T | None], *, alone: bool = False
    ) -> Mapping[str, T]:
        """What stands under a key for each answer: one value for all of them (unless ``alone``), or a mapping by their names."""
        node = self.fields.get(name)
        if node is None:
            return {}
        if isinstance(node, MappingNode):
            nodes = dict(node.items)
            for key in nodes:
                if key.text not in answers:
                    self.problems.error(key.place, f"there is no answer {short(key.text)}", did_you_mean(key.text, answers))
            pairs = [(key.text, value) for key, value in nodes.items() if key.text in answers]
        elif alone and len(answers) > 1:
            self.problems.error(node.place, f"{name} needs one line for each answer", f"{answers[0]}: …")
            return {}
        else:
            pairs = [(answer, node) for answer in answers]
        read = {answer: convert(scalar) for answer, value in pairs if (scalar := as_scalar(value, self.problems))}
        return {answer: value for answer, value in read.items() if value is not None}

    def format(self, scalar: Scalar, start: int, description: str) -> Format:
        try:
            form = formats.read(description)
        except Refusal as refusal:
            self.problems.error(scalar.at(start), refusal.message, refusal.hint)
            return formats.read("")
        if form.related:
            hint = "leave out its = here; given writes = or ≈ itself, and a text asks for it: @{name:= 2sf}"
            self.problems.error(scalar.at(start), f"the format {short(form.text)} belongs in the card's text", hint)
        return form

    def given(self, names: tuple[str, ...]) -> tuple[Given, ...]:
        node = self.fields.get("given")
        items = node.items if isinstance(node, Listing) else (node,) if node else ()
        found = (self.given_entry(item, names) for item in self.bounded("given", tuple(items)) if isinstance(item, Node))
        return tuple(item for item in found if item)

    def given_entry(self, node: Node, names: tuple[str, ...]) -> Given | None:
        """``expression``, ``expression:format``, or either behind a label of its own."""
        label = ""
        if isinstance(node, MappingNode):
            if len(node.items) != 1:
                self.problems.error(node.place, "each entry of given has one label", "begin each with  - ")
                return None
            key, node = node.items[0]
            label = key.text
            self.check_label(key, names)
        scalar = as_scalar(node, self.problems)
        if scalar is None:
            return None
        colon = _format_colon(scalar.text)
        expression = self.expression(scalar, names, 0, colon)
        form = self.format(scalar, (colon or 0) + 1, scalar.text[colon + 1 :] if colon is not None else "")
        return Given(expression, form, label) if expression else None

    def check_label(self, key: Scalar, names: tuple[str, ...]) -> None:
        for match in INTERPOLATION.finditer(key.text):
            name, _, form = match[1].partition(":")
            self.format(key, match.start(), form)
            if name.strip() not in names:
                self.problems.error(key.at(match.start()), f"unknown name {short(name)}", did_you_mean(name, names))

    def mistakes(self, names: tuple[str, ...], answers: list[str]) -> tuple[Mistake, ...]:
        found = []
        for key, node in self.entries("mistakes"):
            if len(answers) == 1 and not isinstance(node, MappingNode):
                pairs = [(answers[0], node)]
            elif (mapping := as_mapping(node, self.problems)) is None:
                continue
            else:
                pairs = [(answer.text, value) for answer, value in mapping.items]
            expressions = {}
            for answer, value in pairs:
                expression = self.expression(value, names)
                if answer not in answers:
                    self.problems.error(value.place, f"there is no answer {short(answer)}", did_you_mean(answer, answers))
                elif expression:
                    expressions[answer] = expression
            if not key.text.strip() or len(key.text) > 200:
                self.problems.error(key.place, "a mistake is named by a short sentence", "such as: forgets the base rate")
            found.append(Mistake(key.text.strip(), expressions, key.place))
        return tuple(found)

    def golden(self, params: tuple[Param, ...], lets: tuple[Let, ...], answers: tuple[Answer, ...]) -> tuple[Golden, ...]:
        node = self.fields.get("golden")
        if node is None:
            return ()
        if not isinstance(node, Listing):
            self.problems.error(node.place, "golden is a list of rows", "- {prior: 0.01, answer: 0.15}")
            return ()
        rows = self.bounded("golden", node.items)
        return read_golden(rows, params, [let.name for let in lets], [answer.name for answer in answers], self.problems)


def _format_colon(text: str) -> int | None:
    """Where the colon before a format stands: the last one outside all brackets."""
    depth, found = 0, None
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == ":" and depth == 0:
            found = at
    return found
