"""Authors' HTML: what cards need stays, what could run or load anything goes, and the author hears of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import nh3

from generator.problems import Place, Problems

INLINE_TAGS = frozenset("a abbr b br cite code del em i img ins kbd mark q s samp small span strong sub sup u var wbr".split())
BLOCK_TAGS = frozenset(
    "blockquote caption dd details div dl dt figcaption figure h3 h4 h5 h6 hr li ol p pre summary "
    "table tbody td tfoot th thead tr ul".split()
)
TAGS = INLINE_TAGS | BLOCK_TAGS
REMOVED = frozenset(
    "applet audio base body button canvas embed form frame frameset head html iframe input link math meta noscript object "
    "option param picture script select source style svg template textarea title track video".split()
)
"""Elements that run, load or ask something: they go, and what is in them goes where it is no text."""
REMOVED_WITH_CONTENT = frozenset("script style template iframe noscript object svg math title head".split())
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "type"},
    "li": {"value"},
    "details": {"open"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "abbr": {"title"},
    **{tag: {"align"} for tag in ("p", "div", "h3", "h4", "h5", "h6", "table", "tr")},
}
LINKS = ("http://", "https://", "mailto:")
OURS = {tag: ATTRIBUTES.get(tag, set()) | {"class"} for tag in TAGS}
FIXED = {"details": {"class": "fold"}, "summary": {"class": "tappable"}}


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(REMOVED_WITH_CONTENT),
    attributes=OURS,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    set_tag_attribute_values=FIXED,
)


def clean(html: str) -> str:
    """The HTML of one field, parsed and written anew with nothing in it but what cards need."""
    return _CLEANER.clean(html)


def authors_html(html: str, place: Place, problems: Problems, picture: Callable[[str, Place], str]) -> str:
    """A piece of HTML from a source, with a warning for everything that ``clean`` will take away.

    Args:
        place: where the piece begins.
        picture: takes an image's source and place, returns its name in Anki or "".
    """
    rewriter = _Rewriter(place, problems, picture)
    rewriter.feed(html)
    rewriter.close()
    return "".join(rewriter.out)


@dataclass
class _Rewriter(HTMLParser):
    """Writes every tag as it came, but unknown ones as text and images under their new names."""

    place: Place
    problems: Problems
    picture: Callable[[str, Place], str]
    out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=False)

    @property
    def here(self) -> Place:
        line, column = self.getpos()
        return Place(self.place.path, self.place.line + line - 1, column + (self.place.column if line == 1 else 1))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or f"<{tag}>"
        if tag in REMOVED or tag in ("h1", "h2"):
            self._warn_removed(tag)
            self.out.append(raw if tag in REMOVED_WITH_CONTENT else "")
        elif tag not in TAGS:
            self.problems.warning(
                self.here, f"<{tag}> is no HTML that a card needs: it is shown as text", f"write `<{tag}>` for code", "unknown-html"
            )
            self.out.append(escape(raw, quote=False))
        else:
            self._check(tag, attrs)
            self.out.append(self._image(attrs) if tag == "img" else raw)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in TAGS or tag in REMOVED_WITH_CONTENT:
            self.out.append(f"</{tag}>")
        elif tag not in REMOVED and tag not in ("h1", "h2"):
            self.out.append(escape(f"</{tag}>", quote=False))

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def _warn_removed(self, tag: str) -> None:
        hint = "scripts, styles, frames and forms have no place on a card" if tag in REMOVED else "write a Markdown heading"
        self.problems.warning(self.here, f"<{tag}> is removed", hint, "removed-html")

    def _check(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.problems.warning(
                    self.here,
                    f"the attribute {name} of <{tag}> is removed",
                    "cards need no handlers, styles or classes",
                    "removed-html",
                )
            elif name == "href" and not (value or "").lower().startswith(LINKS):
                hint = "Anki opens https:// and mailto: alone"
                self.problems.warning(self.here, f"the link to {value} is removed", hint, "removed-link")

    def _image(self, attrs: list[tuple[str, str | None]]) -> str:
        known = {name: value or "" for name, value in attrs}
        source, alt = known.get("src", ""), known.get("alt", "")
        if is_remote(source):
            return remote_image(source, alt, self.here, self.problems)
        name = self.picture(source, self.here)
        kept = "".join(f' {key}="{escape(known[key])}"' for key in ("width", "height", "title") if key in known)
        return f'<img src="{escape(name)}" alt="{escape(alt)}"{kept}>' if name else ""


def is_remote(source: str) -> bool:
    """Whether a picture would be loaded from elsewhere."""
    return "://" in source or source.startswith(("//", "data:"))


def remote_image(source: str, alt: str, place: Place, problems: Problems) -> str:
    """A picture from elsewhere becomes a link to it: a card loads nothing."""
    message = f"the picture {source[:80]} is not loaded from elsewhere"
    problems.warning(place, message, "copy it into the folder and name that file", "remote-picture")
    text = escape(alt or source[:80], quote=False)
    return f'<a href="{escape(source)}">{text}</a>' if source.startswith(LINKS) else text
