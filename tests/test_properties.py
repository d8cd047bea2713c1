"""Properties that hold for any text: what is not syntax survives, maths comes out as it went in, identity is the id's."""

import html
import string
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.anki.lock import guid
from tests.helpers import deck, fields

PLAIN = string.ascii_letters + string.digits + " äß数é¿“”…,;.?"
"""Characters that mean nothing to Markdown, wherever they stand (a digit or a dot at the start of a line apart)."""
WILD = string.printable + "äß数é\u2028\ufdd0\x00{}[]()<>$`*_#@:|\\"


@settings(max_examples=150)
@given(text=st.text(PLAIN, min_size=1).map(str.strip).filter(lambda text: text[:1].isalpha() and "TODO" not in text))
def test_text_that_is_not_syntax_survives(text: str) -> None:
    with TemporaryDirectory() as folder:
        found = fields(Path(folder), f"1) {text} {{#a}}\n\n    {text}\n")
    assert html.unescape(found["Question"]) == html.unescape(found["Answer"]) == f"<p>{text}</p>"


TEX = st.text(string.ascii_letters + string.digits + "+-*/=<>&_^ ,.()|!'[]~#%@:;\"", min_size=1).map(str.strip)


@settings(max_examples=150)
@given(tex=TEX.filter(lambda tex: tex and not tex.startswith("\\")))
def test_maths_comes_out_as_it_went_in(tex: str) -> None:
    with TemporaryDirectory() as folder:
        found = fields(Path(folder), f"1) Q {{#a}}\n\n    see $\\alpha {tex}$\n\n    $${tex}$$\n")
    shown = found["Answer"] + found["Details"]
    assert f"\\(\\alpha {html.escape(tex, quote=False)}\\)" in shown
    assert f"\\[{html.escape(tex, quote=False)}\\]" in shown


@settings(max_examples=200)
@given(text=st.text(WILD, max_size=200))
def test_any_text_is_read_and_every_problem_has_a_place_in_it(text: str) -> None:
    with TemporaryDirectory() as folder:
        made = deck(Path(folder), a=text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in made.problems:
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
    for note in made.notes:
        assert not any("<script" in field or "\x1f" in field for field in note.fields.values())


@given(one=st.text(), other=st.text(), namespace=st.text())
def test_identity_is_made_from_namespace_and_id_alone(one: str, other: str, namespace: str) -> None:
    assert (guid(namespace, one) == guid(namespace, other)) == (one == other)
