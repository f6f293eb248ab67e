"""Make text from outside fit to be shown: file names, class names, titles out of links."""

import re
import unicodedata


def clean_label(text: str, *, limit: int = 40) -> str:
    """Return `text` as one short line that cannot disturb the page around it.

    Removes what Unicode files under category C (controls, overrides of the writing direction,
    zero-width and unassigned characters), normalises to NFKC, but three dots to an ellipsis, and turns
    every run of white space into one space. A label that is cleaned once more stays as it is. Markdown
    is left as it is, too: show a label with `st.text` or escape it.
    Source of the categories: Unicode Standard, section 4.5; of NFKC: Unicode Standard Annex 15.

    Args:
        text: anything a person or a file can hold; only its first `100 * limit` characters are read.
        limit: longest label in characters, at least 1; a longer one ends in an ellipsis.

    Returns:
        1 to `limit` characters; "unnamed" where nothing is left to show.
    """
    visible = (c for c in text[: 100 * limit] if c.isspace() or unicodedata.category(c)[0] != "C")
    label = " ".join(unicodedata.normalize("NFKC", "".join(visible)).replace("...", "…").split())
    if len(label) > limit:
        label = label[: limit - 1].rstrip() + "…"
    return label or "unnamed"


def escaped(label: str) -> str:
    """The label as Markdown that shows it as it is: no picture, link, formula or colour comes of it.

    A backslash before a punctuation mark of ASCII is not shown (CommonMark 0.31, section 2.4).
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", label)


def quoted(label: str) -> str:
    """The label as part of a docstring of Python, which nothing in it can end."""
    return " ".join(label.split()).replace("\\", "/").replace('"', "'")
