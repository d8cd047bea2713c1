"""What a rule is."""

from dataclasses import dataclass

ALLOW = "allow={name} in the card's braces silences it for that card."


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, for an author to read."""

    name: str
    summary: str
    """What it finds, in a line."""
    why: str
    mend: str
    silence: str = ALLOW
    """How it is silenced."""
    allowable: bool = True
    """Whether ``allow=`` may name it: a rule that is not about cards cannot be allowed on one."""

    @property
    def explanation(self) -> str:
        """The whole page of the rule."""
        parts = (f"Why: {self.why}", f"To mend it: {self.mend}", f"To silence it: {self.silence.format(name=self.name)}")
        return "\n\n".join((f"{self.name}: {self.summary}", *parts))

    def as_json(self) -> dict[str, str]:
        """The rule as plain data."""
        silence = self.silence.format(name=self.name)
        return {"summary": self.summary, "why": self.why, "mend": self.mend, "silence": silence}
