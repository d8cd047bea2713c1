"""Tokens -> HTML of a field."""

import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, cast

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from generator.model import Block, Illustration, Tokens
from generator.problems import Place, Problems
from generator.render import code
from generator.render.clean import LINKS, authors_html, clean, is_remote, remote_image
from generator.render.maths import Maths
from generator.render.media import Media
from generator.tokens import INTERPOLATION, plain

GAP = "\ufdd0"
"""Stands for the empty comment that keeps braces and colons in a cloze apart from its own marks, until the HTML is clean."""
EMPTY_COMMENT = "<!-- -->"
OTHER_LANGUAGE = "text is one; blocks of redraw's own are numeric, figure and claim"
CLOSING = re.compile(r"[.,;:!?)\]’”»%]*")
OPENING = re.compile(r"[(\[‘“«]*$")
BARE = re.compile(r"(\^|_|\\(?:[dtc]?frac|[dt]?binom|sqrt)(?![A-Za-z]))\s*(@\{[^{}\n]*\})")
"""An interpolation without braces of its own where TeX takes one character."""

Values = Callable[[str, str, str], str]
"""From (name, format, context) to what a variant shows there; the context is "text" (HTML), "maths" (LaTeX) or "plain"."""


@dataclass(slots=True)
class Side:
    """What is rendered at a time: one side of one card, for one variant."""

    folder: Path
    """Where the source lies, which pictures are relative to."""
    place: Place
    """The card, for what knows no better place."""
    problems: Problems
    media: Media
    maths: Maths
    clozes: bool = False
    """Whether clozes stay clozes; otherwise their text is shown."""
    links: bool = True
    """Whether links to other cards are followed; one level deep they are not."""
    values: Values | None = None
    illustrate: Callable[[Block], Illustration | None] = lambda block: None
    """The figure of a block, or None where this variant has no picture."""
    linked: dict[str, str] = field(default_factory=dict)
    """The ids of the cards that were linked to, in order, each with the link's text."""
    depth: int = 0
    """How many clozes are open."""

    def interpolate(self, text: str, context: str) -> str:
        """Text with every ``@{name:format}`` replaced by what the variant shows there."""
        if self.values is None:
            return text
        values = self.values

        def value(content: str) -> str:
            name, _, form = content.partition(":")
            return values(name.strip(), form.strip(), context)

        return INTERPOLATION.sub(lambda match: value(match[1]), text)

    def picture(self, source: str, place: Place) -> str:
        return self.media.add(source, self.folder, place)


def render(tokens: Tokens, side: Side) -> str:
    """The tokens as clean HTML."""
    html = clean(_renderer().render(list(tokens), OptionsDict({}), {"side": side}))  # type: ignore[typeddict-item]
    return html.replace(GAP, EMPTY_COMMENT).strip()


@cache
def _renderer() -> "_Renderer":
    """The one renderer, which holds nothing of what it renders: to make it, markdown-it looks through all its methods."""
    return _Renderer()


Environment = MutableMapping[str, Any]


class _Renderer(RendererHTML):
    """markdown-it's renderer, with rules for what is redraw's; a method is the rule for the token of its name."""

    def text(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        content, hint = _said(token), ""
        if (cut := token.meta.get("hint", -1)) >= 0:
            hint = token.content[cut + 2 :]
        content = content[len(_behind(tokens, index - 1)) :]
        content = content.removesuffix(_before(tokens, index + 1))
        body = _apart(escape(content, quote=False), side)
        return f"{body}::{escape(hint, quote=False)}" if hint and side.clozes else body

    def cloze_open(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        last = tokens[_closing(tokens, index) - 1]
        if last.type == "text" and "::" in last.content:
            last.meta["hint"] = last.content.rfind("::")
        side.depth += 1
        return "{{c" + token.info + "::" if side.clozes else '<span class="cloze">'

    def cloze_close(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side = env["side"]
        side.depth -= 1
        return "}}" if side.clozes else "</span>"

    def maths_inline(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        formula = self._maths(tokens[index], env["side"], display=False)
        marks = _before(tokens, index), _behind(tokens, index)
        before, behind = (_apart(escape(text, quote=False), env["side"]) for text in marks)
        return f'<span class="nowrap">{before}{formula}{behind}</span>' if before or behind else formula

    def maths_display(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        # A div may not stand in a paragraph, so that this one is a span that the style sheet lays out as a block.
        return f'<span class="maths">{self._maths(tokens[index], env["side"], display=True)}</span>'

    def maths_block(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return f'<div class="maths">{self._maths(tokens[index], env["side"], display=True)}</div>\n'

    def _maths(self, token: Token, side: Side, *, display: bool) -> str:
        place = token.meta.get("place", side.place)
        tex = side.interpolate(token.content, "maths")
        for match in BARE.finditer(token.content) if side.values else ():
            if len(side.interpolate(match[2], "maths")) > 1:
                message = f"{match[2]} has several characters, and only the first would belong to {match[1]}"
                side.problems.error(place, message, f"write {match[1]}{{{match[2]}}}")
        return side.maths.to_html(tex, place, display=display, in_cloze=side.clozes and side.depth > 0, clozes=side.clozes)

    def code_inline(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return f"<code>{self._code(tokens[index], '', env['side'])}</code>"

    def fence(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        language = token.info.split()[0] if token.info.split() else ""
        if language and code.lexer(language) is None:
            message = f"{language} is no language that Pygments knows: shown without colours"
            side.problems.warning(_block_place(token, side), message, OTHER_LANGUAGE, "unknown-language")
        return f'<pre class="code"><code>{self._code(token, language, side)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return f'<pre class="code"><code>{self._code(tokens[index], "", env["side"])}</code></pre>\n'

    def _code(self, token: Token, language: str, side: Side) -> str:
        text = side.interpolate(token.content, "plain").removesuffix("\n")
        body = code.highlight(text, language, clozes=side.clozes, gap=GAP)
        return _apart(body, side)

    def interpolation(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side = env["side"]
        token = tokens[index]
        shown = side.interpolate(token.markup, "text")
        return _apart(shown if side.values else escape(shown, quote=False), side)

    def todo(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return ""

    def attributes(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return escape(tokens[index].markup, quote=False)

    def softbreak(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return "\n"

    def hardbreak(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return "<br>\n"

    def heading_open(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return "<h4>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return "</h4>\n"

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return '<div class="scroll"><table>\n'

    def table_close(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return self._cell("th", tokens[index])

    def td_open(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        return self._cell("td", tokens[index])

    def _cell(self, tag: str, token: Token) -> str:
        align = str(token.attrs.get("style", "")).removeprefix("text-align:")
        return f'<{tag} align="{align}">' if align else f"<{tag}>"

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        target = str(token.attrs.get("href", ""))
        if target.startswith("#"):
            if side.links:
                side.linked.setdefault(target[1:], plain(tokens[index + 1 : _closing(tokens, index)]))
            return '<span class="card-link">'
        if not target.lower().startswith(LINKS):
            side.problems.warning(
                token.meta.get("place", side.place),
                f"the link to {target} is removed",
                "Anki opens https:// and mailto:, and #id names a card",
                "removed-link",
            )
            return "<span>"
        return f'<a href="{escape(target)}">'

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        opening = next(
            tokens[i] for i in range(index, -1, -1) if tokens[i].type == "link_open" and tokens[i].level == tokens[index].level
        )
        return "</a>" if str(opening.attrs.get("href", "")).lower().startswith(LINKS) else "</span>"

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        place = token.meta.get("place", side.place)
        source = str(token.attrs.get("src", ""))
        alt = side.interpolate(self.renderInlineAsText(token.children, cast(Any, options), env), "plain")
        if is_remote(source):
            return remote_image(source, alt, place, side.problems)
        name = side.picture(source, place)
        return f'<img src="{escape(name)}" alt="{escape(alt)}">' if name else ""

    def figure(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side: Side = env["side"]
        found = side.illustrate(tokens[index].meta["block"])
        if found is None:
            return ""
        alt = escape(side.interpolate(found.alt, "plain"))
        names = {mode: side.media.put(content, ".svg") for mode, content in (("light", found.light), ("dark", found.dark))}
        images = "".join(f'<img class="{mode}" src="{name}" alt="{alt}" width="{found.width}">' for mode, name in names.items())
        caption = self.render(list(unwrap(found.caption)), options, env).strip()
        return f'<figure class="figure">{images}{f"<figcaption>{caption}</figcaption>" if caption else ""}</figure>\n'

    def html_inline(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        return authors_html(token.content, token.meta.get("place", side.place), side.problems, side.picture)

    def html_block(self, tokens: Sequence[Token], index: int, options: Any, env: Environment) -> str:
        side, token = env["side"], tokens[index]
        return authors_html(token.content, _block_place(token, side), side.problems, side.picture)


def _said(token: Token) -> str:
    """The text of a token without the hint of a cloze."""
    cut = token.meta.get("hint", -1)
    return token.content[:cut] if cut >= 0 else token.content


def _behind(tokens: Sequence[Token], index: int) -> str:
    """The punctuation that follows the formula at ``index``: no line may begin with it, though a browser would let it."""
    if not 0 <= index < len(tokens) - 1 or (tokens[index].type, tokens[index + 1].type) != ("maths_inline", "text"):
        return ""
    found = CLOSING.match(_said(tokens[index + 1]))
    return found[0] if found else ""


def _before(tokens: Sequence[Token], index: int) -> str:
    """The opening marks right before the formula at ``index``."""
    if not 0 < index < len(tokens) or (tokens[index - 1].type, tokens[index].type) != ("text", "maths_inline"):
        return ""
    found = OPENING.search(_said(tokens[index - 1]))
    return found[0] if found else ""


def _closing(tokens: Sequence[Token], index: int) -> int:
    """Where the token that ``index`` opens is closed."""
    depth = 0
    for number in range(index, len(tokens)):
        depth += tokens[number].nesting
        if depth == 0:
            return number
    return len(tokens)


def unwrap(tokens: Tokens) -> Tokens:
    """A single paragraph without its tags, as a choice shows it."""
    if len(tokens) == 3 and tokens[0].type == "paragraph_open":
        opening, closing = (replace(token, hidden=True) for token in (tokens[0], tokens[2]))
        return (opening, tokens[1], closing)
    return tokens


def _apart(html: str, side: Side) -> str:
    """Inside a cloze, braces and colons that are the text's own are kept apart from the cloze's marks."""
    if not (side.clozes and side.depth):
        return html
    for pair in ("}}", "::"):
        while pair in html:
            html = html.replace(pair, pair[0] + GAP + pair[1])
    return html


def _block_place(token: Token, side: Side) -> Place:
    return Place(side.place.path, token.map[0] + 1) if token.map else side.place
