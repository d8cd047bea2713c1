"""Notes of every kind, rich in what may go wrong: for tests and pictures."""

from tests.anki.notes import choices, code, fold, maths, note
from tests.anki.pools import RATES, bayes, numeric

FIGURE = (
    '<figure class="figure"><img class="light" src="bars-light.svg" alt="Bars">'
    '<img class="dark" src="bars-dark.svg" alt="Dark bars">'
    "<figcaption>Ill and found, against alarmed for nothing, of 1000 people.</figcaption></figure>"
)

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
    r"<ol><li>Each term \(q_ik_i\) has mean 0.</li><li>Its variance is"
    r'<span class="maths">\[\operatorname{E}[q_i^2]\,\operatorname{E}[k_i^2]-\operatorname{E}[q_ik_i]^2=1\cdot 1-0=1.\]</span></li>'
    r"<li>The terms are independent, so that their variances add up.</li></ol>"
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
    + fold(
        r"What does a saturated softmax do to \(\nabla_q\) and \(\nabla_k\)?",
        "<p>It is nearly an arg max: its Jacobian is nearly 0.</p><p>So both vanish.</p>",
    ),
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

NUMERIC = numeric(
    "bayes-diagnostic",
    tuple(bayes(place, rates, figure=FIGURE) for place, rates in enumerate(RATES, 1)),
    Title="A disease has prevalence …",
    Breadcrumb="Probability › Bayes",
    Source="probability.md",
    media=("bars-light.svg", "bars-dark.svg"),
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
