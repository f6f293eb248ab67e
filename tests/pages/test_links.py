"""What a link says, read safely."""

import pytest

from pages.frame import links


@pytest.mark.parametrize(
    ("text", "found"), [("4.6", (4, 6)), ("0.0", (0, 0)), ("9.19", (9, 19)), ("04.6", (4, 6))]
)
def test_indices_are_read_from_a_link(text: str, found: tuple[int, int]) -> None:
    assert links.indices(text, (10, 20)) == found


@pytest.mark.parametrize(
    "text", ["", "4", "4.6.1", "10.0", "0.20", "-1.2", "a.b", "²·³", "1e1.0", " 1.2", "1..2"]
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert links.indices(text, (10, 20)) is None
