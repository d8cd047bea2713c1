"""How tightly TeX binds, and its brackets."""

import re

SUM, SIGNED, ENTRYWISE, OPERATED, PRODUCT, APPLIED, POWER, ATOM = range(1, 9)
"""From loosest to tightest: a sum, a signed or entrywise product, a sign such as a sum's before its operand, a plain product, a
function before its argument, a power, the rest."""
Piece = tuple[str, int]
"""TeX, and how tightly it binds."""
_TALL = re.compile(r"\\frac|\\sum|\\prod|\\int|\\lim|\\begin|\\binom|\\left|\^\{[^{}]*\^")


def in_brackets(tex: str, kind: str = "()") -> str:
    """``(tex)``, as tall as need be."""
    opening, closing = kind[0], kind[1]
    if _TALL.search(tex):
        return rf"\left{opening}{tex}\right{closing}"
    return f"{opening}{tex}{closing}"
