"""Expressions: a small part of Python's grammar, read with ``ast`` and never compiled.

``parse`` admits arithmetic, comparisons, ``and``/``or``/``not``, ``a if b else c``, vectors in brackets, sets and tables (whose
keys are words) in braces, indices and slices, calls by name and fields of results; everything else is refused where it stands.
What an expression means is the business of whoever walks its tree: numbers on a numeric card, symbols in a claim.
"""

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from generator.blocks import Scalar, short
from generator.problems import Failure, Place

LONGEST = 2_000
"""Characters in an expression."""
NODES = 500
DEEPEST = 40
WORD = 100
"""Characters in a word."""

EXPONENT = 300
"""The largest power of ten in a number."""

_LITERAL = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_REFUSED: dict[str, tuple[str, str]] = {
    "ListComp": ("a comprehension is not allowed", "write the entries out, or use sum, dot, and arithmetic on whole vectors"),
    "Lambda": ("a lambda is not allowed", ""),
    "NamedExpr": ("an assignment is not allowed in an expression", "give the value a name under  let"),
    "JoinedStr": ("an f-string is not allowed", ""),
    "Starred": ("a star argument is not allowed", ""),
    "Tuple": ("a tuple is not allowed", "a vector stands in brackets: [1, 2]"),
    "Is": ("is  is not allowed", "write  =="),
    "BitXor": ("^  is not allowed", "a power is written  **"),
    "BitAnd": ("&  is not allowed", "write  and"),
    "BitOr": ("|  is not allowed", "write  or"),
    "Invert": ("~  is not allowed", "write  not"),
}
_REFUSED |= dict.fromkeys(("SetComp", "DictComp", "GeneratorExp"), _REFUSED["ListComp"]) | {"IsNot": _REFUSED["Is"]}
_ALLOWED = (
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult),
    *(ast.UnaryOp, ast.UAdd, ast.USub, ast.Not, ast.BoolOp, ast.And, ast.Or),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.IfExp),
    *(
        ast.Constant,
        ast.Name,
        ast.List,
        ast.Set,
        ast.Dict,
        ast.Subscript,
        ast.Slice,
        ast.Call,
        ast.keyword,
        ast.Attribute,
        ast.Load,
    ),
)
_TYPOGRAPHY = {"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "²": "**2", "“": '"', "”": '"'}


@dataclass(frozen=True)
class Expression:
    """An expression with its tree; a number in the tree is an exact ``Fraction``."""

    text: str
    tree: ast.expr
    source: Scalar
    shift: int
    """Where the text begins within the text of ``source``."""
    names: tuple[str, ...]
    """The names that it reads, in the order of their first use."""

    def place(self, node: ast.AST | None = None) -> Place:
        """Where ``node`` (or the whole) stands in the source."""
        return self.source.at(self.shift + getattr(node, "col_offset", 0))

    def at(self, offset: int) -> Place:
        """Where the character ``offset`` of the text stands in the source."""
        return self.source.at(self.shift + offset)


def parse(source: Scalar, start: int = 0, end: int | None = None) -> Expression:
    """The expression in ``source``, or in a part of it.

    Raises:
        Failure: it is none, or uses what is not allowed; with the place.
    """
    part = source.text[start:end]
    text = part.strip()
    shift = start + len(part) - len(part.lstrip())
    if not text:
        raise Failure.at(source.at(start), "an expression is missing")
    if len(text) > LONGEST:
        raise Failure.at(source.at(shift), f"an expression is longer than {LONGEST:,} characters", "split it with  let")
    for offset, character in enumerate(text):
        if not ((character.isascii() and character.isprintable()) or character in "\n\t") or character in "#\\":
            hint = f"write  {_TYPOGRAPHY[character]}" if character in _TYPOGRAPHY else ""
            raise Failure.at(source.at(shift + offset), f"the character {character!r} is not allowed in an expression", hint)
    tree = _read(text.replace("\n", " ").replace("\t", " "), lambda offset: source.at(shift + offset))
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    names = dict.fromkeys(node.id for node in sorted(read, key=lambda node: node.col_offset))
    return Expression(text, tree, source, shift, tuple(names))


def _read(text: str, place: Callable[[int], Place]) -> ast.expr:
    try:
        with warnings.catch_warnings():  # Python warns of what is refused below
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        offset = min((error.offset or 0) - 1, len(text) - 1) if error.lineno == 1 and error.offset else len(text) - 1
        raise Failure.at(place(offset), f"this is no expression: {error.msg}", _mending(text, offset)) from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise Failure.at(place(0), "this expression is too deep or too long to be read", "split it with  let") from None
    _admit(tree, text, place)
    return tree


def _mending(text: str, offset: int) -> str:
    """What an author may have meant by text that is no expression."""
    around = text[max(offset - 1, 0) : offset + 2]
    if re.search(r"(?<![\w.])\d+(\.\d+)?\s*[A-Za-df-z_(]", text):
        return "products are written out: 2*n"
    if "=" in around:
        return "a comparison is written  =="
    if ":" in around:
        return "a quotient is written  a/b"
    return ""


def _admit(tree: ast.expr, text: str, place: Callable[[int], Place]) -> None:
    """Check every node, without recursion: the tree may be as deep as the text is long."""
    waiting: list[tuple[ast.AST, int, int]] = [(tree, 0, 0)]
    count = 0
    while waiting:
        node, depth, offset = waiting.pop()
        offset = getattr(node, "col_offset", offset)
        count += 1
        if depth > DEEPEST or count > NODES:
            raise Failure.at(place(offset), "the expression is nested too deep or has too many parts", "split it with  let")
        if not isinstance(node, _ALLOWED):
            name = type(node).__name__
            raise Failure.at(place(offset), *_REFUSED.get(name, (f"{name} is not allowed in an expression", "")))
        if isinstance(node, ast.Constant):
            node.value = _constant(node, text, place)  # type: ignore[assignment]
        elif isinstance(node, ast.Name | ast.Attribute | ast.keyword):
            _admit_name(node, place)
        elif isinstance(node, ast.Dict):
            _admit_keys(node, offset, place)
        elif isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
            hint = "redraw kernels lists what can be called"
            raise Failure.at(place(offset), "only functions and kernels can be called, by their names", hint)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            waiting.extend((index, depth + 1, offset) for index in node.slice.elts)
            waiting.append((node.value, depth + 1, offset))
            continue
        waiting.extend((child, depth + 1, offset) for child in ast.iter_child_nodes(node))


def _admit_keys(node: ast.Dict, offset: int, place: Callable[[int], Place]) -> None:
    keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    words = [key for key in keys if isinstance(key, str)]
    if len(words) < len(keys):
        raise Failure.at(place(offset), "the keys of a table are words", "write  {'kernel': k, 'stride': 1}")
    if len(set(words)) < len(words):
        raise Failure.at(place(offset), "a key stands twice in a table")


def _admit_name(node: ast.Name | ast.Attribute | ast.keyword, place: Callable[[int], Place]) -> None:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.arg
    if name is None:
        raise Failure.at(place(node.col_offset), "** arguments are not allowed", "name each argument")
    if name.startswith("_"):
        raise Failure.at(place(node.col_offset), f"the name {short(name)} is not allowed", "names begin with a letter")
    if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name | ast.Call | ast.Subscript | ast.Attribute):
        raise Failure.at(place(node.col_offset), "only the result of a kernel has fields")


def _constant(node: ast.Constant, text: str, place: Callable[[int], Place]) -> Fraction | bool | str | None:
    value = node.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > WORD:
            raise Failure.at(place(node.col_offset), f"a word is longer than {WORD} characters")
        return value
    literal = text[node.col_offset : node.end_col_offset]
    if isinstance(value, int | float) and _LITERAL.fullmatch(literal):
        number = Decimal(literal)
        if number and abs(number.adjusted()) > EXPONENT:
            raise Failure.at(place(node.col_offset), f"{short(literal, 20)} is too large or too small a number")
        return Fraction(number)
    raise Failure.at(
        place(node.col_offset), f"{short(literal)} is not allowed here", "numbers are written as decimals: 12, 0.5, 1e-5"
    )
