"""How tightly TeX binds, and its brackets."""

import re

SUM, SIGNED, ENTRYWISE, OPERATED, PRODUCT, APPLIED, POWER, ATOM = range(1, 9)
"""From loosest to tightest: a sum, a signed or entrywise product, a sign such as a sum's before its operand, a plain product, a
function before its argument, a power, the rest."""
Piece = tuple[str, int]
"""TeX, and how tightly it binds."""
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL)
_TALL = re.compile(r"\\frac|\\sum|\\prod|\\int|\\lim|\\begin|\\binom|\\left|\^\{[^{}]*\^")


def in_brackets(tex: str, kind: str = "()") -> str:
    """``(tex)``, as tall as need be."""
    opening, closing = kind[0], kind[1]
    if _TALL.search(tex):
        return rf"\left{opening}{tex}\right{closing}"
    return f"{opening}{tex}{closing}"


def bears(tex: str, mark: str) -> bool:
    r"""Whether TeX ends with a script of that mark (``^`` or ``_``) already, so that a second one would be an error.

    >>> bears("x^{*}", "^"), bears("x^{*}_t", "^"), bears("x'", "^")
    (True, True, True)
    >>> bears("x^{*}", "_"), bears("{x^{*}}", "^"), bears("x^2 y", "^")
    (False, False, False)
    """
    found, depth, script = "", 0, False
    for token in _TOKEN.findall(tex):
        if token == "{":
            depth += 1
            if depth == 1 and not script:
                found = ""
        elif token == "}":
            depth -= 1
            script = script and depth > 0
        elif depth:
            continue
        elif token in ("^", "_", "'"):
            found += token.replace("'", "^")
            script = token != "'"
        elif script:
            script = token.startswith("\\")  # \text and its like take the group that follows
        else:
            found = ""
    return mark in found


def scripted(tex: str, mark: str, script: str) -> str:
    """TeX with a script above (``^``) or below (``_``) it; braces keep it apart from one that is there already."""
    return f"{{{tex}}}{mark}{{{script}}}" if bears(tex, mark) else f"{tex}{mark}{{{script}}}"
