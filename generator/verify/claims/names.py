"""Names as formulas write them."""

import re

from generator.verify.claims.texbase import scripted

GREEK = frozenset(
    """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    """.split()
)
SPELT = {"eps": r"\varepsilon", "lam": r"\lambda", "ell": r"\ell"}
ACCENTS = {"bar": r"\bar", "hat": r"\hat", "tilde": r"\tilde"}
_PARTS = re.compile(r"([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)_?")


def split_name(name: str) -> tuple[str, str]:
    r"""The stem and the subscript of a name, in TeX.

    >>> split_name("sigma2"), split_name("alphabar"), split_name("x_new"), split_name("loss")
    (('\\sigma', '2'), ('\\bar{\\alpha}', ''), ('x', '\\text{new}'), ('\\mathrm{loss}', ''))
    """
    match = _PARTS.fullmatch(name)
    if not match:
        return r"\mathrm{" + name.replace("_", r"\_") + "}", ""
    below = [match[2], *match[3].split("_")]
    return _stem(match[1]), ",".join(_word(part) for part in below if part)


def _stem(word: str) -> str:
    for suffix, accent in ACCENTS.items():
        if word.endswith(suffix) and (bare := _symbol(word.removesuffix(suffix))):
            return f"{accent}{{{bare}}}"
    return _symbol(word) or f"\\mathrm{{{word}}}"


def _symbol(word: str) -> str:
    """A letter or a Greek letter, or nothing."""
    if word in SPELT:
        return SPELT[word]
    return f"\\{word}" if word in GREEK else word if len(word) == 1 else ""


def _word(part: str) -> str:
    return part if part.isdigit() else _symbol(part) or f"\\text{{{part}}}"


def subscripted(stem: str, own: str = "", *indices: str) -> str:
    """A stem with what stands below it: ``x_i``, ``W_{ij}``, ``x_{1,i}``.

    Args:
        own: the subscript that belongs to the name.
    """
    single = all(re.fullmatch(r"[A-Za-z0-9]|\\[A-Za-z]+", index) for index in indices) and not all(map(str.isdigit, indices))
    joint = "" if single else ","
    inner = joint.join(index + " " * (single and index.startswith("\\")) for index in indices).rstrip()
    below = ",".join(filter(None, [own, inner]))
    return scripted(stem, "_", below) if below else stem
