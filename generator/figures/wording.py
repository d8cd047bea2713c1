"""Numbers as figures say them."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def signed(number: float, form: str = "g") -> str:
    """A number with a true minus sign, which what rounds to 0 does not get, and a power of ten as it is written by hand."""
    text = f"{number:{form}}"
    if not text.strip("-0."):
        return text.removeprefix("-")
    mantissa, e, power = text.partition("e")
    if e:
        factor = mantissa.removesuffix("1") if mantissa.strip("+-") == "1" else f"{mantissa}·"
        mantissa = f"{factor}10{str(int(power)).translate(RAISED)}"
    return mantissa.replace("-", "−")


def short(count: float) -> str:
    """A count with k, M, G or T for thousands, millions and so on."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:g}{letter}"
    return f"{count:g}"
