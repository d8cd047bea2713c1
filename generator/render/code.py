"""Code, highlighted by Pygments with classes, with clozes where the author put them."""

from collections.abc import Iterator
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

from generator.tokens import CLOZE, cloze_end


@cache
def lexer(language: str) -> Lexer | None:
    """Pygments' lexer for the language, or None where it knows none."""
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def highlight(code: str, language: str, *, clozes: bool, gap: str) -> str:
    """The code as HTML: spans with Pygments' short classes, and clozes as Anki writes them.

    Args:
        clozes: a cloze stays one; otherwise its text is shown.
        gap: what keeps braces and colons inside a cloze apart from its own marks.
    """
    bare, marks = _take_clozes(code, clozes)
    found = lexer(language) if language else None
    pieces = found.get_tokens(bare) if found else [(STANDARD_TYPES_TEXT, bare)]
    html, position, depth = [], 0, 0
    for kind, text in pieces:
        for piece, mark in _cut(text, position, marks):
            depth += (mark != "" and mark != "}}") - (mark == "}}")
            html.append(mark + _span(kind, piece, gap if depth else ""))
        position += len(text)
    html.extend(mark for _, mark in marks)
    return "".join(html)


STANDARD_TYPES_TEXT: _TokenType = next(kind for kind, short in STANDARD_TYPES.items() if short == "" and str(kind) == "Token.Text")


def _take_clozes(code: str, keep: bool) -> tuple[str, list[tuple[int, str]]]:
    """The code without cloze marks, and the marks with their offsets in it, in order."""
    bare, marks, position, length = [], [], 0, 0
    while match := CLOZE.search(code, position):
        end = cloze_end(code, match.end())
        if end < 0:
            break
        before, inner = code[position : match.start()], code[match.end() : end]
        length += len(before)
        if keep:
            marks += [(length, match[0]), (length + len(inner), "}}")]
        bare += [before, inner]
        length += len(inner)
        position = end + 2
    return "".join([*bare, code[position:]]), marks


def _cut(text: str, start: int, marks: list[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """The pieces of ``text``, each behind the mark that stands before it; marks that were passed are taken off the list."""
    position, mark = start, ""
    while marks and marks[0][0] < start + len(text):
        offset, following = marks.pop(0)
        if mark or offset > position:
            yield text[position - start : offset - start], mark
        position, mark = offset, following
    yield text[position - start :], mark


def _span(kind: _TokenType, text: str, gap: str) -> str:
    if not text:
        return ""
    if gap:
        text = _keep_apart(text, gap)
    css = STANDARD_TYPES.get(kind) or next((STANDARD_TYPES[up] for up in reversed(kind.split()) if STANDARD_TYPES.get(up)), "")
    body = escape(text, quote=False)
    return f'<span class="{css}">{body}</span>' if css else body


def _keep_apart(text: str, gap: str) -> str:
    for pair in ("}}", "::"):
        while pair in text:
            text = text.replace(pair, pair[0] + gap + pair[1])
    return text
