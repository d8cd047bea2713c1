"""From the YAML of a ``claim`` block to a ``Claim``; every mistake in it is reported where it stands."""

import ast
import keyword
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from generator.blocks import Mapping, Node, Scalar, short
from generator.expression import Expression, parse
from generator.fields import Fields, as_mapping, as_scalar, scalars, without_errors
from generator.model import Block, Card
from generator.problems import Failure, Place, Problem, Problems, did_you_mean
from generator.verify.claims.cases import cases
from generator.verify.claims.kinds import read_symbol
from generator.verify.claims.methods import METHODS
from generator.verify.claims.spec import Claim, Definition, Statement, Symbol
from generator.verify.claims.vocabulary import RESERVED, check

T = TypeVar("T")

KEYS = ("name", "symbols", "given", "show", "by", "tex")
MOST = {"symbols": 24, "given": 24, "show": 8, "tex": 24}
"""The most entries under a key."""
_CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_HEAD = re.compile(r"\s*([A-Za-z]\w*)\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])?\s*")


def read_claims(card: Card, problems: Problems) -> dict[str, Claim]:
    """The claims of a card by their names; what is wrong with them is reported."""
    found: dict[str, Claim] = {}
    for block in card.claims:
        claim = read_claim(block, problems)
        if claim is None:
            continue
        if claim.name in found:
            first = found[claim.name].place
            problems.error(claim.place, f"a second claim {claim.name}", f"line {first.line} has the first one")
        else:
            found[claim.name] = claim
    return found


def read_claim(block: Block, problems: Problems) -> Claim | None:
    """The claim that ``block`` holds, or None where it has errors; those are reported."""
    return without_errors(lambda found: _Reader(Fields.in_block(block, KEYS, found), found).claim(block), problems)


class _Reader:
    """The state of reading one block: the names known so far."""

    def __init__(self, fields: Fields, problems: Problems) -> None:
        self.fields = fields
        self.problems = problems
        self.symbols: dict[str, Symbol] = {}
        self.given: dict[str, Definition] = {}
        self.places: dict[str, Place] = {}

    def claim(self, block: Block) -> Claim | None:
        name = self.name()
        self.read_symbols()
        if not self.problems.failed and any(symbol.shape == "range" for symbol in self.symbols.values()):
            cases(self.symbols)
        self.read_given()
        show = self.read_show()
        return Claim(name, block, self.symbols, self.given, show, self.read_by(), self.read_tex())

    def name(self) -> str:
        self.fields.need("name")
        scalar = self.fields.scalar("name") if "name" in self.fields else None
        if scalar and not _CLAIM.fullmatch(scalar.text):
            hint = "letters, digits, - and _, beginning with a letter"
            self.problems.error(scalar.place, f"{short(scalar.text)!r} cannot be the name of a claim", hint)
        return scalar.text if scalar else ""

    # Names and expressions

    def take(self, name: str, place: Place) -> bool:
        """Whether ``name`` may become a name; it is then known."""
        if not _NAME.fullmatch(name) or keyword.iskeyword(name):
            hint = "names have up to 40 letters, digits and underscores, begin with a letter, and are no words of Python's"
            self.problems.error(place, f"{short(name)!r} cannot be a name", "call it lam" if name == "lambda" else hint)
        elif name in RESERVED:
            self.problems.error(place, f"the name {name} is taken", "it is a word of claims")
        elif name in self.places:
            self.problems.error(place, f"the name {name} is taken", f"line {self.places[name].line} has it already")
        else:
            self.places[name] = place
            return True
        return False

    @property
    def values(self) -> set[str]:
        """The names that can be read; those of functions can only be called."""
        return {*self.symbols, *(one.name for one in self.given.values() if one.style != "function")}

    @property
    def called(self) -> dict[str, int]:
        return {one.name: len(one.params) for one in self.given.values() if one.style == "function"}

    def known(self, expression: Expression, more: Iterable[str] = ()) -> bool:
        return check(expression, {*self.values, *more}, self.called, self.problems)

    def expression(self, node: Node, more: Iterable[str] = ()) -> Expression | None:
        scalar = as_scalar(node, self.problems)
        if scalar is None:
            return None
        try:
            expression = parse(scalar)
        except Failure as failure:
            self.problems.extend(map(_in_a_claim, failure.problems))
            return None
        return expression if self.known(expression, more) else None

    def body(self, node: Node, key: Scalar, more: Iterable[str] = ()) -> Expression:
        """What a definition says; 0 where that was reported, so that its uses are not reported too."""
        return self.expression(node, more) or Expression("0", ast.Constant(Fraction(0)), key, 0, ())  # type: ignore[arg-type]

    def entries(self, name: str) -> tuple[tuple[Scalar, Node], ...]:
        node = self.fields.get(name)
        mapping = as_mapping(node, self.problems) if node else None
        return self.bounded(name, mapping.items) if isinstance(mapping, Mapping) else ()

    def bounded(self, name: str, items: tuple[T, ...]) -> tuple[T, ...]:
        node = self.fields.get(name)
        if node and len(items) > MOST[name]:
            self.problems.error(node.place, f"{name} has {len(items)} entries; {MOST[name]} are allowed")
        return items[: MOST[name]]

    # The keys

    def read_symbols(self) -> None:
        for key, node in self.entries("symbols"):
            scalar = as_scalar(node, self.problems)
            names = [part.strip() for part in key.text.split(",")]
            for name in names:
                if not self.take(name, key.place) or scalar is None:
                    continue
                try:
                    symbol = read_symbol(name, scalar, self.is_range, self.known)
                except Failure as failure:
                    self.problems.extend(failure.problems)
                    symbol = None
                # A symbol that could not be read is known all the same, so that its uses are not reported too.
                self.symbols[name] = symbol or Symbol(name, "scalar", key.place)

    def is_range(self, name: str) -> bool:
        return name in self.symbols and self.symbols[name].shape == "range"

    def read_given(self) -> None:
        for key, node in self.entries("given"):
            match = _HEAD.fullmatch(key.text)
            if not match:
                hint = "a name, a function f(x), or a sequence v[t] with its first entry v[0]"
                self.problems.error(key.place, f"{short(key.text)!r} cannot be defined", hint)
            elif match[3] is not None:
                self.sequence(match[1], match[3].strip(), key, node)
            elif match[2] is not None:
                self.function(match[1], [part.strip() for part in match[2].split(",")], key, node)
            else:
                body = self.body(node, key)
                if self.take(match[1], key.place):
                    self.given[match[1]] = Definition(match[1], "value", (), body, key.place)
        for one in self.given.values():
            if one.style == "sequence" and not one.first:
                self.problems.error(one.place, f"the sequence {one.name} has no beginning", f"define  {one.name}[0]  first")

    def params(self, names: list[str], key: Scalar) -> bool:
        for name in names:
            if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in RESERVED or names.count(name) > 1:
                self.problems.error(key.place, f"{short(name)!r} cannot be an argument", "f(x), f(x, y)")
                return False
        return True

    def function(self, name: str, params: list[str], key: Scalar, node: Node) -> None:
        if not self.params(params, key):
            return
        body = self.body(node, key, params)
        if self.take(name, key.place):
            self.given[name] = Definition(name, "function", tuple(params), body, key.place)

    def sequence(self, name: str, index: str, key: Scalar, node: Node) -> None:
        """``v[0]`` gives an entry outright, and ``v[t]`` the others by those before."""
        known = self.given.get(name)
        if known and known.style != "sequence":
            self.problems.error(key.place, f"the name {name} is taken", f"line {known.place.line} has it already")
            return
        if re.fullmatch(r"-?\d{1,3}", index):
            body = self.body(node, key)
            if known is None and not self.take(name, key.place):
                return
            first = dict(known.first) if known else {}
            if int(index) in first:
                self.problems.error(key.place, f"{name}[{int(index)}] is defined twice")
            first[int(index)] = body
            params, rule = (known.params, known.body) if known else ((), body)
            self.given[name] = Definition(name, "sequence", params, rule, key.place, first)
        elif known is None or not known.first:
            self.problems.error(key.place, f"the sequence {name} has no beginning", f"define  {name}[0]  above")
        elif self.params([index], key):
            body = self.body(node, key, [index])
            self.given[name] = Definition(name, "sequence", (index,), body, key.place, known.first)

    def read_show(self) -> tuple[Statement, ...]:
        node = self.fields.need("show")
        found = []
        for scalar in self.bounded("show", tuple(scalars(node, self.problems))) if node else ():
            expression = self.expression(scalar)
            if expression is None:
                continue
            if not isinstance(expression.tree, ast.Compare):
                self.problems.error(expression.place(), "this states nothing", "an equality (==) or an inequality (<, <=, >, >=)")
                continue
            found.append(Statement(expression))
        if node and not found and not self.problems.failed:
            self.problems.error(node.place, "there is nothing to show")
        return tuple(found)

    def read_by(self) -> tuple[str, ...]:
        found = []
        for scalar in self.fields.listing("by"):
            if scalar.text in METHODS:
                found.append(scalar.text)
            else:
                hint = did_you_mean(scalar.text, METHODS)
                self.problems.error(scalar.place, f"{short(scalar.text)!r} is no way of proving", hint)
        if "numeric" in found and len(found) > 1:
            self.problems.error(self.fields.node.place, "numeric stands alone", "points are tried before any proof anyway")
        return tuple(found)

    def read_tex(self) -> dict[str, str]:
        found = {}
        for key, node in self.entries("tex"):
            scalar = as_scalar(node, self.problems)
            if key.text not in self.places:
                hint = did_you_mean(key.text, self.places)
                self.problems.error(key.place, f"unknown name {short(key.text)}", hint)
            elif scalar:
                found[key.text] = scalar.text
        return found


def _in_a_claim(problem: Problem) -> Problem:
    """What the grammar says of fields: those of a kernel's result, of which a claim knows none but ``.T``."""
    if "has fields" not in problem.message:
        return problem
    hint = "the transpose of A is  A.T, that of a product  transpose(A @ B)"
    return replace(problem, message="a field stands behind a name, an index or a call", hint=hint)
