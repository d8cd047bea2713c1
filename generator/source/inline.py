"""The inline rules for clozes, interpolation, attributes and TODO marks."""

import re
from typing import TYPE_CHECKING, cast

from markdown_it.rules_inline import StateInline

from generator.tokens import CLOZE, INTERPOLATION, cloze_end

if TYPE_CHECKING:
    from generator.source.markdown import PlacedState

ATTRIBUTES = re.compile(r"\{([^{}\n]*)\}")
LOOKS_LIKE_ATTRIBUTES = re.compile(r"\s*(#|\.[A-Za-z]|[A-Za-z]+=)")
LOOKS_LIKE_ID = re.compile(r"#[A-Za-z0-9-]+(\s+[.A-Za-z][^{}]*)?")
TODO_LINE = re.compile(r"[*_]*TODO\b")
TODO_PARENTHESIS = re.compile(r"\(\s*[*_]*TODO\b")


MISTYPED = re.compile(r"\{\{[cC]\d+\s*[:,]")
"""What someone writes who means a cloze, where the cloze's own mark does not match."""


def cloze(state: StateInline, silent: bool) -> bool:
    """``{{c1::text}}``: an opening token, the tokens of the text, a closing token."""
    placed = cast("PlacedState", state)
    match = CLOZE.match(state.src, state.pos, state.posMax)
    if not match:
        if not silent and MISTYPED.match(state.src, state.pos, state.posMax):
            placed.shared.problems.warning(
                placed.place(state.pos), "this looks like a cloze and is text", "write {{c1::…}}", "mistyped-cloze"
            )
        return False
    end = cloze_end(state.src, match.end(), state.posMax)
    problem = ""
    if end < 0:
        problem, hint = "the cloze is not closed", "close it with }} in the same paragraph"
    elif not state.src[match.end() : end].strip():
        problem, hint = "the cloze is empty", "write what is hidden after the ::"
    elif CLOZE.search(state.src, match.end(), end):
        problem, hint = "clozes do not nest", "close the outer cloze before the inner one begins"
    elif int(match[1]) == 0:
        problem, hint = "clozes are numbered from 1", "write {{c1::…}}"
    if problem:
        if not silent:
            placed.shared.problems.error(placed.place(state.pos), problem, hint)
        return False
    if not silent:
        opening = state.push("cloze_open", "", 1)
        opening.info = match[1]
        outer, state.posMax = state.posMax, end
        state.pos = match.end()
        state.md.inline.tokenize(state)
        state.pos, state.posMax = end, outer
        state.push("cloze_close", "", -1)
    state.pos = end + 2
    return True


def interpolation(state: StateInline, silent: bool) -> bool:
    """``@{name:format}``."""
    match = INTERPOLATION.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("interpolation", "", 0)
        token.content = match[1]
        token.markup = match[0]
    state.pos = match.end()
    return True


def attributes(state: StateInline, silent: bool) -> bool:
    """``{#id .class key=value}`` at the end of the inline content; elsewhere it is text, and the author hears of it."""
    match = ATTRIBUTES.match(state.src, state.pos)
    if not match or not LOOKS_LIKE_ATTRIBUTES.match(match[1]):
        return False
    placed = cast("PlacedState", state)
    if state.level or match.end() > state.posMax or state.src[match.end() :].strip():
        if not silent and LOOKS_LIKE_ID.fullmatch(match[1].strip()):
            placed.shared.problems.warning(
                placed.place(state.pos),
                f"{match[0]} is taken as text here",
                "attributes are the last thing in the question's first paragraph, or on the heading's line",
                "stray-attributes",
            )
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.content = match[1]
        token.markup = match[0]
    state.pos = len(state.src)
    return True


def todo(state: StateInline, silent: bool) -> bool:
    """A paragraph or a line that begins with TODO, and ``(TODO …)``: a token that is never shown."""
    source, position = state.src, state.pos
    if source.startswith("(", position) and TODO_PARENTHESIS.match(source, position, state.posMax):
        end = _closing_parenthesis(source, position, state.posMax)
    elif position == 0 and TODO_LINE.match(source):
        end = state.posMax
    elif position and source[position - 1] == "\n" and TODO_LINE.match(source, position, state.posMax):
        end = source.find("\n", position, state.posMax)
        end = state.posMax if end < 0 else end
    else:
        return False
    if not silent:
        token = state.push("todo", "", 0)
        token.content = source[position:end]
    state.pos = end
    return True


def _closing_parenthesis(source: str, position: int, stop: int) -> int:
    depth = 0
    for index in range(position, stop):
        depth += (source[index] == "(") - (source[index] == ")")
        if depth == 0:
            return index + 1
    return stop
