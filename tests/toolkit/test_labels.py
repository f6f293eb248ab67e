"""Labels are short, plain and on one line, whatever comes in."""

import ast
import re
import unicodedata

import pytest

from vizcore.toolkit.labels import clean_label, escaped, quoted


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("tabby cat", "tabby cat"),
        ("  two \t\n words ", "two words"),
        ("Größe 3 × 4 px", "Größe 3 × 4 px"),
        ("ﬁne Ｔｅｘｔ", "fine Text"),  # NFKC
        ("e\u0301", "é"),
        ("猫 🐈", "猫 🐈"),
        ("gpj.\u202efdp", "gpj.fdp"),  # turns the reading direction
        ("a\u200bb\ufeffc\u00add", "abcd"),  # zero width, soft hyphen
        ("a\u200b \u200bb", "a b"),
        ("e\u200b\u0301", "é"),
        ("red\x1b[31m\x07\0", "red[31m"),
        ("\ud800lone", "lone"),  # half a surrogate pair, cannot be sent
        ("\ue000private\U000e0041", "private"),
        ("line\u2028break\x85here", "line break here"),
    ],
)
def test_a_label_keeps_what_can_be_seen(text, label):
    assert clean_label(text) == label


@pytest.mark.parametrize("text", ["", "   ", "\n\r\t", "\u200b\u202e", "\0", "\ud800"])
def test_nothing_to_show_is_called_unnamed(text):
    assert clean_label(text) == "unnamed"


def test_a_long_text_is_cut_with_an_ellipsis():
    assert clean_label("x" * 41) == "x" * 39 + "…"
    assert clean_label("x" * 40) == "x" * 40
    assert clean_label("ab cdef", limit=4) == "ab…"  # no space before the ellipsis


def test_a_label_that_was_cut_is_no_longer_when_it_is_cleaned_once_more():
    for text in ("x" * 41, "...", "a....b", "\u2025." * 30):
        assert clean_label(clean_label(text)) == clean_label(text)


@pytest.mark.parametrize("text", ["x" * 5_000_000, "\u200b" * 5_000_000, "\ufdfa" * 3_000, "a \n" * 100_000])
def test_endless_texts_stay_within_the_limit(text):
    assert len(clean_label(text)) <= 40


def test_no_code_point_breaks_a_line_or_changes_when_cleaned_again():
    for start in range(0, 0x110000, 16):
        label = clean_label("".join(map(chr, range(start, start + 16))), limit=500)
        assert clean_label(label, limit=500) == label
        assert not any(unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" for c in label)


@pytest.mark.parametrize(
    "label", ["![x](http://evil/x.png)", "**b** _i_ `c`", ":red[x] :smile:", "$x^2$", "a\\b"]
)
def test_an_escaped_label_has_a_backslash_before_every_mark_that_markdown_could_read(label: str) -> None:
    assert escaped(label).replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == label
    assert not re.search(r"(?<!\\)(?:\\\\)*[!\[\]()*_`:$]", escaped(label))


@pytest.mark.parametrize("text", ['"""+hit()+"""', "\\", 'a\n"""\nhit()', '"', "\\N{x}", "a\\x0a\0b"])
def test_nothing_ends_the_docstring_that_a_label_is_quoted_in(text: str) -> None:
    (line,) = ast.parse(f'"""{quoted(clean_label(text))}\n"""').body
    assert isinstance(line, ast.Expr)
    assert isinstance(line.value, ast.Constant)
