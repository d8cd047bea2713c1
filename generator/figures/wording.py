"""Numbers as figures say them."""


def signed(number: float, form: str = "g") -> str:
    """A number with a true minus sign, which what rounds to 0 does not get."""
    text = f"{number:{form}}"
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def short(count: float) -> str:
    """A count with k, M, G or T for thousands, millions and so on."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:g}{letter}"
    return f"{count:g}"
