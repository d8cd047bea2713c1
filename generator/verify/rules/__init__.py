"""The rules that a problem may name: what each is, why it is one, how a card is mended, how a rule is silenced.

A rule is found wherever it can be seen: in the sources, on the draws of numeric cards, by the lint, on the syllabus. Here all of
them are explained, for ``redraw check --explain``, and here ``allow=`` finds the names it may hold.
"""

from generator.problems import Failure, Place, did_you_mean
from generator.verify.rules import craft, formulas, numbers, reading, syllabus
from generator.verify.rules.rule import Rule

__all__ = ["RULES", "Rule", "rule"]

_ALL = (*craft.RULES, *formulas.RULES, *numbers.RULES, *reading.RULES, *syllabus.RULES)
RULES = {one.name: one for one in sorted(_ALL, key=lambda one: one.name)}
"""Name -> rule, in the order of the names."""


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        Failure: there is none.
    """
    if name not in RULES:
        hint = did_you_mean(name, RULES) or "redraw check --explain lists them"
        raise Failure.at(Place.whole(name), "there is no rule of this name", hint)
    return RULES[name]
