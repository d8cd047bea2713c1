"""The rules for maths: ``$…$``, ``$$…$$``, ``\\(…\\)`` and ``\\[…\\]``, apart from prices, shell variables and code."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from generator.problems import Place

if TYPE_CHECKING:
    from generator.source.markdown import PlacedState

BlockRule = Callable[[StateBlock, int, int, bool], bool]
INLINE, DISPLAY = "maths_inline", "maths_display"
COMMAND = re.compile(r"\\[A-Za-z]+")
SHELL_NAME = re.compile(r"[A-Z_][A-Z0-9_]+")
FENCES = {"$$": "$$", "\\[": "\\]"}
NEVER_LAST = "/:.,;=+-\"'"
"""A formula that a letter follows at once (as in ``$n$th``) does not end in one of these; a path or a list of variables does."""


def inline(state: StateInline, silent: bool) -> bool:
    """Maths inside a paragraph."""
    source, position = state.src, state.pos
    if source.startswith("\\(", position):
        return _take(state, silent, INLINE, position + 2, _find(source, "\\)", position + 2, state.posMax), 2)
    if source.startswith("\\[", position):
        return _take(state, silent, DISPLAY, position + 2, _find(source, "\\]", position + 2, state.posMax), 2)
    if source.startswith("$$", position):
        end = _find(source, "$$", position + 2, state.posMax)
        return _take(state, silent, DISPLAY, position + 2, end, 2) or _left_over(state, silent)
    if source.startswith("$", position):
        end = _find(source, "$", position + 1, state.posMax)
        if end > position + 1 and _is_maths(source[position + 1 : end], source[end + 1 : end + 2]):
            return _take(state, silent, INLINE, position + 1, end, 1)
        return _left_over(state, silent)
    return False


def _find(source: str, mark: str, start: int, stop: int) -> int:
    """Where ``mark`` stands next, not escaped by a backslash of its own, or -1."""
    position = start
    while (position := source.find(mark, position, stop)) >= 0:
        backslashes = len(source[start:position]) - len(source[start:position].rstrip("\\"))
        if backslashes % 2 == 0:
            return position
        position += 1
    return -1


def _is_maths(content: str, following: str) -> bool:
    """Pandoc's rule, or a backslash command inside; but never what looks like shell variables."""
    if content.count("`") % 2:
        return False  # it would reach into a piece of code
    if COMMAND.search(content):
        return True
    if content != content.strip() or following.isdigit():
        return False
    if following.isalpha() or following == "_":
        return content[-1] not in NEVER_LAST and not SHELL_NAME.fullmatch(content)
    return True


def _take(state: StateInline, silent: bool, kind: str, start: int, end: int, width: int) -> bool:
    if end < 0 or not state.src[start:end].strip():
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = state.src[start:end].strip()
        token.markup = state.src[start - width : start]
    state.pos = end + width
    return True


def _left_over(state: StateInline, silent: bool) -> bool:
    """A dollar that opens nothing is text; the author hears of it."""
    double = state.src.startswith("$$", state.pos)
    if not silent:
        shared, where = cast("PlacedState", state).shared, cast("PlacedState", state).place(state.pos)
        if double:
            shared.problems.error(
                where,
                "$$ opens a formula that nothing closes",
                "close it with $$; a formula over several lines begins on a line of its own; two dollars are \\$\\$",
            )
        else:
            shared.problems.information(where, "a single $ is taken as text", "write \\$ for a dollar, or close the formula")
        state.append_pending("$$" if double else "$")
    state.pos += 2 if double else 1
    return True


def block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Displayed maths that begins a line.

    It may interrupt a paragraph, and runs to its closing mark, whatever its lines look like.
    """
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    opening = state.src[begin : begin + 2]
    if opening not in FENCES or (silent and _inside_formula(state, start)):
        return False
    closing = FENCES[opening]
    close = _find(state.src, closing, begin + 2, state.eMarks[end - 1])
    if close < 0 or not state.src[begin + 2 : close].strip():
        return False
    last = next(line for line in range(start, end) if close < state.eMarks[line])
    rest = state.src[close + 2 : state.eMarks[last]]
    if rest.strip() and last == start:
        return False  # a sentence that begins with a formula: the inline rule takes it
    if silent:
        return True
    token = state.push("maths_block", "", 0)
    token.content = _dedent(state, begin + 2, close, start, last)
    token.markup = opening
    token.map = [start, last + 1]
    token.meta["place"] = Place(state.env["redraw"].origin.path, start + 1, begin - state.src.rfind("\n", 0, begin))
    state.line = last + 1
    if rest.strip():
        # What follows the formula on its last line goes on as a paragraph of its own.
        state.bMarks[last] = close + 2
        state.tShift[last] = len(rest) - len(rest.lstrip())
        state.sCount[last] = state.blkIndent
        state.line = last
    return True


def not_inside_a_formula(rule: BlockRule) -> BlockRule:
    """The block rule, but that it does not interrupt a paragraph in the middle of ``$$…$$``: a line may begin with + or -."""

    def guarded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if silent and _inside_formula(state, start):
            return False
        return rule(state, start, end, silent)

    return guarded


def _inside_formula(state: StateBlock, line: int) -> bool:
    """Whether the paragraph that ``line`` would interrupt holds a formula that is still open: then the mark closes it."""
    text = state.src[state.bMarks[state.line] : state.bMarks[line]]
    return state.parentType == "paragraph" and (text.count("$$") % 2 == 1 or text.rfind("\\[") > text.rfind("\\]"))


def _dedent(state: StateBlock, begin: int, close: int, first: int, last: int) -> str:
    if first == last:
        return state.src[begin:close].strip()
    middle = [state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]] for line in range(first + 1, last)]
    final = state.src[state.bMarks[last] + state.tShift[last] : close]
    return "\n".join([state.src[begin : state.eMarks[first]], *middle, final]).strip()
