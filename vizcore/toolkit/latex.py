"""Numbers as LaTeX."""

import math
from collections.abc import Iterable

_NEXT = r" \\ "  # row


def number(value: float) -> str:
    """Three significant digits; infinity and what is no number as such."""
    if not math.isfinite(value):
        return r"\text{nan}" if math.isnan(value) else r"\infty" if value > 0 else r"-\infty"
    mantissa, _, exponent = f"{value + 0.0:.3g}".partition("e")  # + 0.0: no -0
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def signed(value: float) -> str:
    """The same, in parentheses where it is below 0 and follows a sign."""
    return f"({number(value)})" if value < 0 else number(value)


def worded(value: float) -> str:
    """The same within a sentence in Markdown: between dollars where it is more than digits."""
    shown = number(value)
    return f"${shown}$" if "\\" in shown else shown


def aligned(rows: Iterable[str]) -> str:
    """Rows below one another, aligned where each has its &."""
    return rf"\begin{{aligned}} {_NEXT.join(rows)} \end{{aligned}}"
