"""Points in links and from browsers: both are written by anybody."""

from typing import Any

import numpy as np
import pytest

from pages.parts.losses_points import Points, Range, asked, ceiling, read, written
from vizcore.toolkit.errors import InputError

ALLOWED = Range(x=(-6, 10), y=(-6, 6), count=(2, 4), styles=(5, 4))
POINTS = Points(((1.5, -2.0), (0.0, 3.125)), (5, 4))


def test_points_come_back_from_their_text() -> None:
    assert written(POINTS, ALLOWED) == "1.5_-2~0_3.125e"
    assert read("1.5_-2~0_3.125e", ALLOWED) == POINTS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1_2",
        "1_2~1_2~1_2~1_2~1_2",
        "1_2~3",
        "1_2~3_7",
        "1_2~11_2",
        "1_2~3_4a",
        "1_2~nan_4",
        "1_2~1e1_4",
        "1_2~²_4",
        "1_2~<b>",
        "1_2\n~3_4",
        "1_2~" + "9" * 9_000,
    ],
)
def test_a_text_that_names_no_allowed_points_is_none(text: str) -> None:
    assert read(text, ALLOWED) is None


def test_a_browser_tells_places_and_styles() -> None:
    assert asked({"dots": [[1.5, -2], [0, 3.125]], "styles": [5, 4]}, ALLOWED) == POINTS


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"dots": [[1, 2], [3, 4]]},
        {"dots": "ab", "styles": [5, 5]},
        {"dots": [[1, 2], [3, None]], "styles": [5, 5]},
        {"dots": [[1, 2, 3], [3, 4]], "styles": [5, 5]},
        {"dots": [[1, 2], [3, float("nan")]], "styles": [5, 5]},
        {"dots": [[1, 2], [3, 1e9]], "styles": [5, 5]},
        {"dots": [[1, 2], [3, 10**400]], "styles": [5, 5]},
        {"dots": [[1, 2], [3, 4]], "styles": [5]},
        {"dots": [[1, 2], [3, 4]], "styles": [5, 9]},
        {"dots": [[1, 2], [3, 4]], "styles": [5, float("inf")]},
        {"dots": [[1, 2]], "styles": [5]},
        {"dots": [[1, 2]] * 5, "styles": [5] * 5},
    ],
)
def test_what_a_browser_cannot_have_sent_is_explained(question: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"arrived damaged|takes 2 to 4 points"):
        asked(question, ALLOWED)


def test_an_axis_ends_at_a_round_number_that_stays() -> None:
    assert [ceiling(np.array([value])) for value in (0.0, 2.1, -2.9, 3.1, 70)] == [1, 3, 3, 5, 100]
    assert ceiling(np.array([1e300])) == 50_000
    assert ceiling(least=3) == 3
