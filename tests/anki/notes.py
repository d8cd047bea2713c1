"""Notes as the render stage hands them over, for tests and pictures, and packages of them."""

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from generator.anki import lock as locks
from generator.anki import package
from generator.anki.lock import Lock, guid
from generator.model import Kind, Note, Package
from generator.problems import Problems

NAMESPACE = "ml-theory"
NOW = 1_700_000_000
"""Long past, so that an edit made in Anki during a test is always later."""


def note(id: str, kind: Kind = "basic", *, deck: str = "Tests::1 Theory", tags: tuple[str, ...] = (), **extra: Any) -> Note:
    """A small note of the kind; further keywords are fields (``My_notes`` is *My notes*) or attributes of the note."""
    attributes = {name: extra.pop(name) for name in ("media", "modified", "position") if name in extra}
    fields = {name.replace("_", " "): value for name, value in extra.items()}
    if kind == "cloze":
        defaults = {"Text": "<p>The square of two is {{c1::four}}.</p>"}
    else:
        defaults = {"Question": f"<p>What is {id}?</p>", "Answer": f"<p>It is {id}.</p>"}
    if kind == "choice":
        defaults["Choices"] = choices("*one", "two", "three", "four", "five")
    common = {"Title": f"What is {id}?", "Guid": guid(NAMESPACE, id), "ID": f"{NAMESPACE}/{id}"}
    plain = Note(id, guid(NAMESPACE, id), kind, deck, tags or (f"redraw::kind::{kind}",), common | defaults | fields, modified=NOW)
    return replace(plain, **attributes)


def choices(*options: str) -> str:
    """The list of choices; a star marks the right ones."""
    items = (("choice right", text[1:]) if text.startswith("*") else ("choice", text) for text in options)
    return '<ul class="choices">' + "".join(f'<li class="{name}">{text}</li>' for name, text in items) + "</ul>"


def code(text: str) -> str:
    """A listing in Python."""
    inner = highlight(textwrap.dedent(text).strip(), PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<pre class="code"><code>{inner}</code></pre>'


def maths(tex: str) -> str:
    """A displayed formula."""
    return f'<div class="maths">\\[{html.escape(tex)}\\]</div>'


def fold(summary: str, content: str) -> str:
    """A fold of the author's."""
    return f'<details class="fold"><summary class="tappable">{summary}</summary>{content}</details>'


BASIC = note(
    "scaled-attention",
    Title="Why are the scores of attention divided by √d?",
    Breadcrumb="Attention › Scaled dot products",
    Question=r"<p>Why are the scores of attention divided by \(\sqrt{d_k}\)?</p>",
    Hint=r"<p>What is the variance of \(q\cdot k\) when the entries are independent, with mean 0 and variance 1?</p>",
    Answer=r"<p>A dot product of \(d_k\) independent terms has variance \(d_k\). Divided by \(\sqrt{d_k}\), its <strong>variance "
    r"is 1 whatever the dimension</strong>, so that the softmax does not saturate and its gradient does not vanish.</p>"
    + maths(r"\operatorname{Attention}(Q,K,V)=\operatorname{softmax}\!\left(\frac{QK^{\top}}{\sqrt{d_k}}\right)V"),
    Details=r"<p>With \(q_i, k_i\) independent, of mean 0 and variance 1:</p>"
    + maths(r"\operatorname{Var}(q\cdot k)=\sum_{i=1}^{d_k}\operatorname{Var}(q_i k_i)=\sum_{i=1}^{d_k}1=d_k .")
    + code(
        '''
        def attention(q, k, v, mask=None):
            """Scaled dot-product attention, one head: q, k (n, d), v (n, m)."""
            scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])   # (n, n), of variance 1 for unit entries
            if mask is not None:
                scores = np.where(mask, scores, -np.inf)  # what is masked gets weight 0
            return softmax(scores, axis=-1) @ v, {"scores": scores, "d": 64, "eps": 1e-6}
        '''
    )
    + fold("What does a saturated softmax do?", "<p>It is nearly an arg max.</p><p>Its Jacobian is nearly 0.</p>"),
    Source="attention.md",
)

FOLLOW_UP = note(
    "softmax-saturates",
    Title="What happens without the scaling?",
    Breadcrumb="Attention › Scaled dot products",
    Parent=r"<p>Why are the scores of attention divided by \(\sqrt{d_k}\)?</p>",
    Question=r"<p>And what happens at \(d_k = 512\) without it? Compare, for logits \(z\) and \(z/\sqrt{512}\):</p>"
    '<div class="scroll"><table><thead><tr><th>quantity</th><th align="right">without scaling</th>'
    '<th align="right">with scaling</th>'
    "<th>what follows from it</th></tr></thead>"
    r'<tbody><tr><td>standard deviation of \(z\)</td><td align="right">22.6</td><td align="right">1.0</td>'
    "<td>spread of the logits</td></tr>"
    '<tr><td>largest weight</td><td align="right">≈ 1</td><td align="right">0.05</td>'
    "<td>one key takes all</td></tr></tbody></table></div>",
    Answer="<p>The softmax turns into an arg max. Its Jacobian goes to zero:</p>"
    + maths(
        r"J=\begin{pmatrix}p_1(1-p_1)&-p_1p_2&-p_1p_3\\-p_2p_1&p_2(1-p_2)&-p_2p_3\\-p_3p_1&-p_3p_2&p_3(1-p_3)\end{pmatrix}\to 0"
    )
    + "<ul><li>no gradient reaches the queries and keys,</li><li>the head attends to one token and <code>stays there</code>:"
    "<ul><li>nested, with "
    r"\(\lVert\nabla_q\rVert\le\max_i p_i(1-p_i)\,\lVert k\rVert\).</li></ul></li></ul>"
    "<blockquote><p>Learning stops where the loss is still high.</p></blockquote>",
    My_notes="<p>Compare with the temperature of distillation.</p>",
    Source="attention.md",
)

CHOICE = note(
    "jacobian-softmax",
    "choice",
    Title="Which is the derivative of the softmax?",
    Breadcrumb="Calculus › Jacobians",
    Question=r"<p>Let \(p=\operatorname{softmax}(z)\). Which of these is \(\partial p_i/\partial z_j\)?</p>",
    Choices=choices(
        r"*\(p_i(\delta_{ij}-p_j)\)",
        r"\(p_i(1-p_i)\), which leaves the terms beside the diagonal out and would let the probabilities sum to more than 1",
        r"\(p_j-\delta_{ij}\)",
        r"<p><code>p * (1 - p)</code></p>",
    ),
    Answer=r"<p>On the diagonal \(p_i(1-p_i)\), beside it \(-p_ip_j\): each row sums to 0, since the "
    "probabilities always sum to 1.</p>",
    Source="calculus.md",
)

NUMERIC = note(
    "bayes-diagnostic",
    "numeric",
    deck="Tests::2 Numbers",
    Title="A disease has prevalence …",
    Breadcrumb="Probability › Bayes",
    Question="<p>A disease has prevalence 1 %. A test finds it with probability 90 % and errs on the healthy with probability 5 %. "
    "You test positive. How likely is the disease?</p>",
    Answer=r"<p>About <strong>15 %</strong>: of 1000 people, 9 are ill and found, 49.5 are alarmed for nothing.</p>"
    + maths(r"P(D\mid +)=\frac{9}{9+49.5}\approx 0.15")
    + '<figure class="figure"><img class="light" src="bars-light.svg" alt="Bars">'
    '<img class="dark" src="bars-dark.svg" alt="Dark bars">'
    "<figcaption>Ill and found, against alarmed for nothing, of 1000 people.</figcaption></figure>",
    media=("bars-light.svg", "bars-dark.svg"),
    Pool="<template><p>not shown</p></template>",
    Source="probability.md",
)

CLOZE = note(
    "gradient-of-quadratic",
    "cloze",
    Title="The gradient of a quadratic form",
    Breadcrumb="Calculus › Gradients",
    Text=r"<p>The gradient of \(x^{\top}Ax\) is {{c1::\((A+A^{\top})\,x\)}}, which for a {{c2::symmetric::which kind of?}} \(A\) "
    r"is \({{c1::2Ax}}\).</p>",
    Hint="<p>Write the sum out and differentiate by one component.</p>",
    Extra=r"<p>In components: \(\partial_k\sum_{ij}x_iA_{ij}x_j=\sum_jA_{kj}x_j+\sum_ix_iA_{ik}\).</p>",
    Details="<p>So a saddle has a symmetric Hessian, too.</p>",
    Source="calculus.md",
)


def _bars(first: str, second: str) -> bytes:
    bars = (
        f'<rect x="10" y="12" width="63" height="26" fill="{first}"/><rect x="10" y="50" width="346" height="26" fill="{second}"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="420" height="90" viewBox="0 0 420 90">{bars}</svg>'.encode()


MEDIA = {"bars-light.svg": _bars("#1c5a96", "#b9b4a8"), "bars-dark.svg": _bars("#8dbbee", "#5a5f68")}
"""What the samples show."""

SAMPLES = (BASIC, FOLLOW_UP, CHOICE, NUMERIC, CLOZE)
"""One of every kind, and one with all that may overflow."""


def in_order(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes with their ranks as positions."""
    return tuple(replace(note, position=position) for position, note in enumerate(notes))


def built(folder: Path, notes: Sequence[Note], media: Mapping[str, bytes] | None = None) -> Path:
    """A package of the notes."""
    path = folder / "deck.apkg"
    package.write(Package("deck", in_order(notes), media or {}), path)
    return path


def stamped(notes: Sequence[Note], lock: Lock | None, now: int) -> tuple[list[Note], Lock]:
    """The notes with their times, and the lock that comes of it; nothing may be wrong with them."""
    problems = Problems()
    result = locks.stamp(notes, lock or Lock(NAMESPACE), now, {}, problems)
    assert not list(problems)
    return result
