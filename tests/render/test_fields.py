"""From a card to the HTML of its fields."""

import re
from pathlib import Path

import pytest

from tests.helpers import deck, fields, shown, write


def answer(folder: Path, text: str) -> str:
    return fields(folder, f"1) Q {{#a}}\n\n    {text}\n")["Answer"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("$x_{<t}$", r"<p>\(x_{&lt;t}\)</p>"),
        ("$a & b$", r"<p>\(a &amp; b\)</p>"),
        (r"$\{x\} \\ y$", r"<p>\(\{x\} \\ y\)</p>"),
        ("$a_1*b_2*c$", r"<p>\(a_1*b_2*c\)</p>"),
        ("$$x$$", r'<div class="maths">\[x\]</div>'),
        ("a $$x$$ b", r'<p>a <span class="maths">\[x\]</span> b</p>'),
        ("`<b> & $x$`", "<p><code>&lt;b&gt; &amp; $x$</code></p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("one\\\ntwo".replace("\n", "\n    "), "<p>one<br>\ntwo</p>"),
        ("[text](https://a.b/c?d=e&f)", '<p><a href="https://a.b/c?d=e&amp;f">text</a></p>'),
        ("H<sub>2</sub>O <kbd>x</kbd>", "<p>H<sub>2</sub>O <kbd>x</kbd></p>"),
        ("not a &lt;tag&gt; &amp; so", "<p>not a &lt;tag&gt; &amp; so</p>"),
    ],
)
def test_answer(tmp_path: Path, text: str, html: str) -> None:
    assert answer(tmp_path, text) == html


def test_code_is_highlighted_with_classes(tmp_path: Path) -> None:
    html = answer(tmp_path, "```python\n    def f(x):  # <why>\n        return x\n    ```")
    assert html.startswith('<pre class="code"><code><span class="k">def</span>')
    assert '<span class="c1"># &lt;why&gt;</span>' in html
    assert "style=" not in html


def test_a_table_scrolls_in_a_box_of_its_own(tmp_path: Path) -> None:
    html = answer(tmp_path, "| a | b |\n    |:-:|--:|\n    | 1 | $2$ |")
    assert html.startswith('<div class="scroll"><table>')
    assert '<td align="center">1</td>' in html
    assert '<td align="right">\\(2\\)</td>' in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A {{c1::b}} $$a\\ $$", '<p>A {{c1::b}} <span class="maths">\\[a\\ \\]</span></p>'),
        (r"A {{c1::$\frac{a}{\sqrt{b}}$}} b", r"<p>A {{c1::\(\frac{a}{\sqrt{b} }\)}} b</p>"),
        ("A $x={{c1::a^{2}}}+{{c2::b}}$", r"<p>A \(x={{c1::a^{2} }}+{{c2::b}}\)</p>"),
        ("A {{c1::$a::b$}} b", r"<p>A {{c1::\(a:{}:b\)}} b</p>"),
        ("A {{c1::`d[{}]::x`}} b", "<p>A {{c1::<code>d[{}]:<!-- -->:x</code>}} b</p>"),
        ("A `f({{c1::std::x}})` b", "<p>A <code>f({{c1::std:<!-- -->:x}})</code> b</p>"),
        ("A {{c1::*b* c::a hint}} d", "<p>A {{c1::<em>b</em> c::a hint}} d</p>"),
        ("A *{{c1::b}}* **c**", "<p>A <em>{{c1::b}}</em> <strong>c</strong></p>"),
        ("A {{c1::{b} c}} d", "<p>A {{c1::{b} c}} d</p>"),
        ("A {{c12::b}}", "<p>A {{c12::b}}</p>"),
    ],
)
def test_cloze(tmp_path: Path, text: str, html: str) -> None:
    assert fields(tmp_path, f"1) {text} {{#a}}\n")["Text"] == html


def test_a_cloze_in_highlighted_code_keeps_its_marks_whole(tmp_path: Path) -> None:
    text = "1) Fill in. {#a}\n\n    ```python\n    y = {{c1::torch.einsum}}(x)\n    d = {'a': {'b': {{c2::{1: 2}}}}}\n    ```\n"
    html = fields(tmp_path, text)["Text"]
    assert '{{c1::<span class="n">torch</span><span class="o">.</span><span class="n">einsum</span>}}' in html
    assert html.count("{{c") == 2


def test_the_first_screen_holds_whole_blocks_up_to_sixty_words(tmp_path: Path) -> None:
    found = fields(tmp_path, f"1) Q {{#a}}\n\n    First.\n\n    $$x$$\n\n    {'word ' * 60}\n\n    Last.\n")
    assert found["Answer"] == '<p>First.</p>\n<div class="maths">\\[x\\]</div>'
    assert found["Details"].endswith("<p>Last.</p>")


def test_a_long_first_block_is_shown_whole(tmp_path: Path) -> None:
    found = fields(tmp_path, f"1) Q {{#a}}\n\n    {'word ' * 80}\n\n    Last.\n")
    assert (found["Answer"].count("word"), found["Details"]) == (80, "<p>Last.</p>")


def test_the_steps_of_a_derivation_are_folded(tmp_path: Path) -> None:
    found = fields(tmp_path, "1) Derive. {#a .derive}\n\n    It is:\n\n    $$x$$\n\n    1. step\n    2. step\n")
    assert found["Answer"] == '<p>It is:</p>\n<div class="maths">\\[x\\]</div>'
    assert found["Details"].startswith("<ol>")


def test_a_fold_is_never_cut_in_two(tmp_path: Path) -> None:
    inside = "word " * 70
    found = fields(tmp_path, f"1) Q {{#a}}\n\n    First.\n\n    <details><summary>S</summary>\n\n    {inside}\n\n    </details>\n")
    assert found["Answer"] == "<p>First.</p>"
    assert found["Details"].startswith('<details class="fold"><summary class="tappable">S</summary>')
    assert found["Details"].endswith("</details>")


def test_choices_say_which_are_right(tmp_path: Path) -> None:
    found = fields(tmp_path, "1) Q {#a}\n\n    - [x] $x$\n    - [ ] no\n")
    assert found["Choices"] == '<ul class="choices"><li class="choice right">\\(x\\)</li><li class="choice">no</li></ul>'


def test_a_link_becomes_a_fold_one_level_deep(tmp_path: Path) -> None:
    text = "1) Q {#a}\n\n    See [it](#b).\n\n1) What is $b$? {#b}\n\n    It, and [back](#a).\n"
    first, second = deck(tmp_path, a=text).notes
    fold = '<details class="fold card"><summary class="tappable">What is <span class="nowrap">\\(b\\)?</span></summary>'
    assert first.fields["Answer"].startswith('<p>See <span class="card-link">it</span>.</p>')
    assert f'{fold}<p>It, and <span class="card-link">back</span>.</p></details>' in first.fields["Answer"]
    assert second.fields["Answer"].count("<details") == 1


def test_a_quoted_cloze_is_open_and_its_fold_does_not_tell(tmp_path: Path) -> None:
    text = "1) Q {#a}\n\n    See [that](#b).\n\n1) It is {{c1::secret::hint}}. {#b}\n"
    html = deck(tmp_path, a=text).notes[0].fields["Answer"]
    assert '<summary class="tappable">that</summary><p>It is <span class="cloze">secret</span>.</p>' in html


def test_a_follow_up_shows_its_parents_question(tmp_path: Path) -> None:
    text = "1) Q $x$? {#a}\n\n    A\n\n1) And then? {#b after=a}\n\n    B\n"
    assert deck(tmp_path, a=text).notes[1].fields["Parent"] == '<p>Q <span class="nowrap">\\(x\\)?</span></p>'


@pytest.mark.parametrize(
    ("html", "kept", "problem"),
    [
        ("<script>alert(1)</script>x", "x", "<script> is removed"),
        ("<b onclick='x()'>x</b>", "<b>x</b>", "the attribute onclick of <b> is removed"),
        ("<b style='color:red'>x</b>", "<b>x</b>", "the attribute style of <b> is removed"),
        ('<a href="javascript:x()">x</a>', "<a>x</a>", "the link to javascript:x() is removed"),
        ("<iframe src='https://a.b'></iframe>x", "x", "<iframe> is removed"),
        ("<foo>x</foo>", "&lt;foo&gt;x&lt;/foo&gt;", "<foo> is no HTML that a card needs: it is shown as text"),
        ("<template><b>y</b></template>x", "x", "<template> is removed"),
        ("<input value=1>x", "x", "<input> is removed"),
        ("[x](file:///etc/passwd)", "[x](file:///etc/passwd)", ""),
        ("[x](other.md)", "<span>x</span>", "the link to other.md is removed"),
        (
            '<img src="https://a.b/c.png" alt="c">',
            '<a href="https://a.b/c.png">c</a>',
            "the picture https://a.b/c.png is not",
        ),
        ("![c](https://a.b/c.png)", '<a href="https://a.b/c.png">c</a>', "the picture https://a.b/c.png is not"),
    ],
)
def test_authors_html_is_cleaned_with_a_warning_at_the_place(tmp_path: Path, html: str, kept: str, problem: str) -> None:
    made = deck(tmp_path, a=f"1) Q {{#a}}\n\n    A {html} b\n")
    assert made.notes[0].fields["Answer"] == f"<p>A {kept} b</p>"
    lines = shown(made.problems, tmp_path)
    assert lines[0].startswith(f"a.md:3:7: warning: {problem}") if problem else not lines


def test_a_block_of_html_is_cleaned_too(tmp_path: Path) -> None:
    made = deck(tmp_path, a="1) Q {#a}\n\n    A\n\n    <div>\n    <em onload=x>y</em>\n    <style>p{}</style></div>\n")
    assert made.notes[0].fields["Answer"].split() == ["<p>A</p>", "<div>", "<em>y</em>", "</div>"]
    assert [line.partition(":")[2][:2] for line in shown(made.problems, tmp_path)] == ["6:", "7:"]


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_pictures_get_names_from_their_bytes(tmp_path: Path) -> None:
    write(tmp_path / "sub dir")
    (tmp_path / "redraw.toml").write_text('name = "T"\nnamespace = "t"\n')
    (tmp_path / "sub dir" / "redraw.toml").unlink()
    (tmp_path / "sub dir" / "my pic.png").write_bytes(PIXEL)
    (tmp_path / "pic.png").write_bytes(PIXEL)
    text = "1) Q {#a}\n\n    ![one](my%20pic.png) ![two](../pic.png) <img src='my pic.png' alt='three' width='50'>\n"
    (tmp_path / "sub dir" / "a.md").write_text(text)
    made = deck(tmp_path)
    assert shown(made.problems, tmp_path) == []
    (name,) = made.media
    assert made.notes[0].media == (name,)
    assert made.notes[0].fields["Answer"].count(f'src="{name}"') == 3


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("nope.png", "there is no picture nope.png"),
        ("../../etc/passwd", "../../etc/passwd lies outside the deck's folder"),
        ("/etc/hostname", "/etc/hostname lies outside the deck's folder"),
        ("a.md", "a.md is no picture that Anki shows"),
        ("evil.svg", "evil.svg holds a <script>"),
        ("load.svg", "load.svg loads https://a.b"),
    ],
)
def test_a_bad_picture_is_an_error(tmp_path: Path, source: str, problem: str) -> None:
    (tmp_path / "evil.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>')
    (tmp_path / "load.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><image href="https://a.b"/></svg>')
    made = deck(tmp_path, a=f"1) Q {{#a}}\n\n    ![x]({source})\n")
    assert shown(made.problems, tmp_path) == [f"a.md:3:5: error: {problem}"]


def test_a_picture_behind_a_link_out_of_the_folder_is_an_error(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(PIXEL)
    folder = write(tmp_path / "deck")
    (folder / "in.png").symlink_to(outside)
    made = deck(folder, a="1) Q {#a}\n\n    ![x](in.png)\n")
    assert shown(made.problems, folder) == ["a.md:3:5: error: in.png lies outside the deck's folder"]


def test_no_line_begins_with_punctuation_or_ends_with_an_opening_mark(tmp_path: Path) -> None:
    text = "1) If ($a$, $b$): “$c$”. {{c1::$d$.::which?}} and $f$ {#a}\n"
    html = deck(tmp_path, a=text).notes[0].fields["Text"]
    kept = '<span class="nowrap">{}</span>'
    for piece in (r"(\(a\),", r"\(b\)):", r"“\(c\)”.", r"\(d\)."):
        assert kept.format(piece) in html
    assert "</span>::which?}}" in html
    assert html.endswith(r"and \(f\)</p>")
    assert re.sub("<[^>]*>", "", html).startswith(r"If (\(a\), \(b\)): “\(c\)”. {{c1::\(d\).::")
