"""What ``@{name:claim}`` stands for."""

from collections.abc import Mapping

from generator.model import Stated
from generator.problems import did_you_mean
from generator.verify.claims.spec import Claim
from generator.verify.claims.tex import definition_tex, statement_tex


class Unknown(Exception):
    """There is no such claim, or no such part of it; the message says so, and ``hint`` what there is."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def formula(claims: Mapping[str, Claim], reference: str) -> Stated:
    """The formula that a reference names: ``name`` the first statement of a claim, ``name.2`` the second, ``name.s`` what s is.

    Raises:
        Unknown: there is none.
    """
    name, _, part = reference.partition(".")
    if name not in claims:
        raise Unknown(f"there is no claim {name[:40]!r} on this card", did_you_mean(name, claims))
    claim = claims[name]
    if part.isdigit() or not part:
        number = int(part or 1) if len(part) < 4 else 0
        if not 1 <= number <= len(claim.show):
            shown = len(claim.show)
            raise Unknown(f"the claim {name} has no statement {part[:40]}", f"it shows {shown} statement{'s' * (shown != 1)}")
        statement = claim.show[number - 1]
        return Stated(statement_tex(claim, statement), statement.expression.text)
    if part not in claim.given:
        raise Unknown(f"the claim {name} does not define {part[:40]!r}", did_you_mean(part, claim.given))
    definition = claim.given[part]
    return Stated(definition_tex(claim, definition), f"{part} = {definition.body.text}")
