"""Every formula on every card, read by MathJax before a learner sees it: what does not typeset is an error where it stands."""

import re
from collections.abc import Iterable, Iterator, Mapping

from generator.model import Formula, Macro
from generator.problems import Place, Problems, did_you_mean
from generator.tokens import CLOZE, cloze_end
from generator.verify.tex_judge import Judgement, Note, judge, known

HIDDEN = "[...]"
"""What Anki shows for a cloze that asks."""
QUOTED = 70
"""Characters of a formula that a message quotes."""
SCRIPT = re.compile(r"[\^_]\s*\{\{c\d+::")
NESTED = re.compile(r"\{\{c\d+:\{\}:")
"""A cloze inside another, whose colons the renderer has kept apart."""
UNDEFINED = re.compile(r"Undefined control sequence \\(.+)", re.DOTALL)
UNKNOWN = re.compile(r"Unknown environment '(.+)'", re.DOTALL)
NEAR = re.compile(r"did you mean (\w{3,})\?")
USUAL = {
    "bm": r"\boldsymbol{…}",
    "mathbbm": r"\mathbb{…}",
    "mathds": r"\mathbb{…}",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
    "mathcolor": r"\color{red}{…}",
    "norm": r"\lVert … \rVert",
    "abs": r"\lvert … \rvert",
}
"""Macros of LaTeX packages that Anki's MathJax lacks -> what it has."""
BRACES = "every { needs its }, inside each argument too; a brace that shows is \\{"
HINTS = {
    "MissingCloseBrace": BRACES,
    "ExtraOpenMissingClose": BRACES,
    "ExtraCloseMissingOpen": BRACES,
    "ExtraCloseLooking": BRACES,
    "DoubleSubscripts": "write x_{a_b} for a subscript of a subscript, x_{ab} for two letters",
    "DoubleExponent": "write x^{a^b} for a power of a power, {x^a}^b for the power of one",
    "DoubleExponentPrime": "write {x'}^2 or x'{}^2",
    "ExtraLeftMissingRight": r"\left and \right come in pairs, within one cell and one brace; \right. is one that does not show",
    "MissingLeftExtraRight": r"\left and \right come in pairs, within one cell and one brace; \left. is one that does not show",
    "MissingOrUnrecognizedDelim": r"a delimiter follows, such as ( [ \{ | \lVert, or . for none",
    "MissingArgFor": "its argument follows, in braces",
    "EnvMissingEnd": r"close the environment with \end{…}",
    "EnvBadEnd": r"what is opened last is closed first: \end bears the name of its \begin",
    "Misplaced": r"& parts columns inside an environment such as aligned or pmatrix; one that shows is \&",
    "CantUseHash1": r"write \# for one that shows",
    "MathNotTerminated": r"inside \text, a $ opens a formula that a $ closes; one that shows is \$",
    "MissingDimOrUnits": "a length is a number with a unit, such as 1em or 6pt",
    "ErroneousNestingEq": r"inside a formula, use aligned in place of align, gathered in place of gather",
    "IllegalAlign": "the alignment is [t], [c] or [b]",
    "UnknownExtension": "Anki would typeset nothing on this card: it ships no other extension than those of MathJax's full bundle",
    "OwnMarks": r"\( \) \[ \] stand around a formula, not inside it; inside \text they may",
    "TooLong": "break it into several",
    "Unbounded": "make it simpler, with fewer groups inside each other",
}
"""MathJax's name for a fault -> what to do."""
DOUBTS: Mapping[Note, tuple[str, str, str]] = {
    "backslash": (
        "tex-backslash",
        "shows a backslash",
        r"inside \text, Anki knows \$ \{ \} \\ and nothing else: write 50% or a_b as they are, macros as $…$ or outside",
    ),
    "comment": ("tex-comment", "ends in a comment", r"% hides the rest of its line: write \%"),
    "label": (
        "tex-label",
        "bears a label",
        "Anki calls it multiply defined when the card is shown again: a number is written with \\tag{1}",
    ),
    "definition": (
        "tex-definition",
        "changes what later formulas mean",
        "Anki keeps it for the cards that follow, in whatever order they come: define it under [macros] in redraw.toml",
    ),
}
"""What typesets and is hardly meant -> the rule, what is found, what to do."""

Fault = tuple[str, str, str]
"""A message, a hint, and the rule of a doubt."""
ERROR = ""
"""In the place of a rule: what Anki would not typeset."""


def check_tex(formulas: Iterable[Formula], macros: Mapping[str, Macro], problems: Problems) -> None:
    """Report every formula that Anki's MathJax would not typeset, and every macro that takes the name of one of its own.

    Formulas of several variants may stand at one place: one of them is reported.

    Args:
        formulas: as they stand on the cards: with the numbers of a variant, macros expanded, clozes as marks.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    for macro in macros.values():
        if macro.name in known("macro"):
            hint = "all formulas now have yours: take another name if that is not meant"
            problems.warning(macro.place, f"\\{macro.name} is known to MathJax, and defined anew", hint, "tex-macro")
    done: set[tuple[Place, str]] = set()
    for formula in formulas:
        for what, hint, rule in _found(formula, macros):
            spot = formula.place, hint
            if spot in done:
                continue
            done.add(spot)
            if rule:
                problems.warning(formula.place, what, hint, rule)
            else:
                problems.error(formula.place, what, hint)


def _found(formula: Formula, macros: Mapping[str, Macro]) -> Iterator[Fault]:
    """What is wrong with a formula."""
    marks = [(match, cloze_end(formula.tex, match.end())) for match in CLOZE.finditer(formula.tex)]
    quote = _quote(formula.tex)
    if any(end < 0 for _, end in marks):
        yield f"a cloze opens in {quote}, and nothing closes it", "it ends at the first }} that closes no brace of its own", ERROR
        return
    if NESTED.search(formula.tex):
        yield f"clozes stand inside each other in {quote}", "close the outer cloze before the inner one begins", ERROR
        return
    if any(":{}:" in formula.tex[match.end() : end] for match, end in marks):
        yield (
            f":: stands inside a cloze in {quote}",
            r"inside a formula a cloze has no hint; two colons are \dblcolon",
            ERROR,
        )
    if marks and SCRIPT.search(formula.tex):
        yield (
            f"a cloze follows ^ or _ at once in {quote}: only its first character would be raised or lowered",
            "give it braces: ^{ {{c1::…}} }",
            ERROR,
        )
    for number, tex in faces(formula.tex):
        face = f" on the front of cloze {number}, where it asks {HIDDEN}" if number else ""
        found = judge(tex, formula.display)
        yield from _judged(found, tex, face, macros)
        if found.fault and not number:
            return  # with nothing hidden it fails: what the fronts add would lead astray


def _judged(found: Judgement, tex: str, face: str, macros: Mapping[str, Macro]) -> Iterator[Fault]:
    if found.fault:
        read = len(tex) - len(found.rest) if found.rest and tex.endswith(found.rest) else 0
        yield f"{_quote(tex, read)} does not typeset{face}: {found.fault}", _hint(found, face, macros), ERROR
    for note in found.notes:
        rule, what, hint = DOUBTS[note]
        yield f"{_quote(tex)} {what}", hint, rule


def faces(tex: str) -> Iterator[tuple[int, str]]:
    """The formula as the cards of a cloze note show it: with nothing hidden (0), and as each cloze asks, by its number."""
    for number in sorted({0, *(int(match[1]) for match in CLOZE.finditer(tex))}):
        yield number, _shown(tex, number)


def _shown(tex: str, hidden: int) -> str:
    parts, position = [], 0
    while match := CLOZE.search(tex, position):
        end = cloze_end(tex, match.end())
        parts += [tex[position : match.start()], HIDDEN if int(match[1]) == hidden else tex[match.end() : end]]
        position = end + 2
    return "".join([*parts, tex[position:]])


def _hint(found: Judgement, face: str, macros: Mapping[str, Macro]) -> str:
    if face:
        return "give the cloze braces of its own, { {{c1::…}} }, or hide the whole formula"
    if match := UNDEFINED.match(found.fault):
        name = match[1]
        if name in USUAL:
            return f"in Anki it is {USUAL[name]}; a macro of your own stands under [macros] in redraw.toml"
        near = NEAR.match(did_you_mean(name, {one for one in (*known("macro"), *macros) if one[:1] == name[:1]}))
        return f"did you mean \\{near[1]}?" if near else "a macro of your own stands under [macros] in redraw.toml"
    if match := UNKNOWN.match(found.fault):
        return did_you_mean(match[1], known("environment")) or "such as aligned, cases, pmatrix, array"
    return HINTS.get(found.id, "this is what Anki would show as an error")


def _quote(tex: str, spot: int = 0) -> str:
    """The formula for a message: on one line; of a long one, what stands around ``spot``."""
    line = re.sub(r"\s", " ", tex)
    if len(line) <= QUOTED:
        return f"${line}$"
    start = min(max(spot - QUOTED * 2 // 3, 0), len(line) - QUOTED)
    end = start + QUOTED
    return f"${'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}$"
