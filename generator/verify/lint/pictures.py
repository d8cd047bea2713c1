"""The rule on pictures: something stands in for them. (Figures must have an ``alt``: that is an error elsewhere.)"""

from collections.abc import Iterator
from html.parser import HTMLParser

from generator.problems import Place, Problem
from generator.tokens import leaves, plain
from generator.verify.lint.view import View, warning

HINT = "say in the brackets what the picture shows: ![a ball](ball.png)"


def no_alt(view: View) -> Iterator[Problem]:
    """A picture without a text that stands in for it."""
    card = view.card
    for token in leaves(view.every):
        if token.type == "image" and not plain(token.children or ()):
            yield warning(token.meta.get("place", card.place), "no-alt", f"{token.attrs.get('src')} has no alternative text", HINT)
        elif token.type in ("html_inline", "html_block"):
            for source in _bare_images(token.content):
                place = Place(card.place.path, token.map[0] + 1) if token.map else token.meta.get("place", card.place)
                yield warning(place, "no-alt", f"{source} has no alternative text", 'say what it shows: <img alt="a ball" …>')


def _bare_images(html: str) -> list[str]:
    """The sources of the pictures in an author's HTML that have no alternative text."""
    parser = _Images()
    parser.feed(html)
    parser.close()
    return parser.found


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "img" and not (named.get("alt") or "").strip():
            self.found.append(named.get("src") or "a picture")
