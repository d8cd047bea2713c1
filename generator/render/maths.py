"""LaTeX from a source to what Anki's MathJax typesets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from generator.model import Formula, Macro
from generator.problems import Place, Problems
from generator.render.macros import Unexpandable, expand
from generator.tokens import CLOZE, cloze_end


@dataclass(slots=True)
class Maths:
    """Writes the formulas of one build; each that it wrote gathers in ``written``, to be checked."""

    macros: Mapping[str, Macro]
    problems: Problems
    written: dict[Formula, None] = field(default_factory=dict)

    def to_html(self, tex: str, place: Place, *, display: bool, in_cloze: bool = False, clozes: bool = True) -> str:
        r"""The formula between ``\(…\)`` or ``\[…\]``, macros expanded, escaped for HTML.

        Args:
            place: where it stands in the source.
            in_cloze: the whole formula stands inside a cloze, which ends at the first ``}}``: LaTeX's own are kept apart.
            clozes: a cloze inside the formula stays one; otherwise its text is shown.
        """
        expanded = True
        try:
            tex = expand(tex, self.macros)
        except Unexpandable as error:
            expanded = False
            message, hint = error.args
            self.problems.error(place, f"{message}: ${' '.join(tex.split())}$", hint)
        body = _keep_apart(tex) if in_cloze else _clozes(tex, clozes)
        if (len(body) - len(body.rstrip("\\"))) % 2:
            body += " "  # it would escape the mark that closes the formula
        if expanded:  # one error is enough
            self.written[Formula(body, display, place)] = None
        opening, closing = (r"\[", r"\]") if display else (r"\(", r"\)")
        # The marks keep a brace at the end of a formula apart from the }} of a cloze around it.
        return opening + escape(body, quote=False) + closing


def _clozes(tex: str, keep: bool) -> str:
    """The formula with its clozes: the LaTeX inside each kept apart from the cloze's own marks."""
    parts, position = [], 0
    while match := CLOZE.search(tex, position):
        end = cloze_end(tex, match.end())
        if end < 0:
            break
        inner = tex[match.end() : end]
        gap = " " if inner.endswith("}") else ""
        hidden = match[0] + _keep_apart(inner) + gap + "}}" if keep else inner
        parts += [tex[position : match.start()], hidden]
        position = end + 2
    return "".join([*parts, tex[position:]])


def _keep_apart(tex: str) -> str:
    """LaTeX that a cloze can hold: a space between closing braces, an empty group between colons; neither is seen."""
    while "}}" in tex:
        tex = tex.replace("}}", "} }")
    return tex.replace("::", ":{}:")
