"""Messages of charts: what charts_figures.js reads, block by block."""

import json
import struct
from typing import Any

import numpy as np
import pytest

from pages.components.charts import Chart, Line, Point, blocks, figures, limits, pack, torn

X = np.arange(3.0)


def chart(*lines: Line, **changes: Any) -> Chart:
    return Chart("Title", X, lines, "x", "y", **changes)


def test_each_chart_sends_its_x_and_then_the_lines_with_places_of_their_own() -> None:
    sent = blocks([chart(Line("a", X + 1), Line("b", X + 2, x=X / 2)), chart(Line("c", X + 3))])
    assert [block.tolist() for block in sent] == [
        [0, 1, 2],
        [1, 2, 3],
        [0, 0.5, 1],
        [2, 3, 4],
        [0, 1, 2],
        [3, 4, 5],
    ]


def test_a_line_has_the_style_of_its_place_unless_it_names_one() -> None:
    (entry,) = figures([chart(Line("a", X), Line("b", X, style=5), Line("c", X, x=X))])
    assert [(line["style"], line["own"]) for line in entry["lines"]] == [(0, False), (5, False), (2, True)]


def test_limits_come_from_finite_values_and_points_with_a_margin() -> None:
    low, high = limits(chart(Line("a", np.array([0, np.inf, np.nan])), points=[Point(0, 10, "top")]))
    assert low == pytest.approx(-0.4)
    assert high == pytest.approx(10.4)


def test_powers_of_ten_leave_out_what_is_not_above_zero() -> None:
    low, high = limits(chart(Line("a", np.array([0, 1e-3, 1e3])), log=True))
    assert 0 < low < 1e-3
    assert 1e3 < high < 1e4


@pytest.mark.parametrize("log", [False, True])
def test_a_chart_without_any_value_or_with_one_still_has_an_axis(log: bool) -> None:
    for values in (np.full(3, np.nan), np.ones(3)):
        low, high = limits(chart(Line("a", values), log=log))
        assert low < high


def test_what_single_precision_cannot_hold_is_infinite() -> None:
    assert blocks([chart(Line("a", np.full(3, 1e300)))])[1].tolist() == [np.inf] * 3


def test_the_message_is_json_before_its_numbers() -> None:
    shades = [(0.0, 1.0, 0)]
    message = pack([chart(Line("a", X), shades=shades, limits=(0, 1))], cursor=1.5, columns=2)
    (length,) = struct.unpack("<I", message[:4])
    header = json.loads(message[4 : 4 + length])
    assert (header["cursor"], header["columns"], header["ask"]) == (1.5, 2, "")
    assert header["charts"][0]["shades"] == [[0, 1, 0]]
    assert header["charts"][0]["limits"] == [0, 1]


def test_a_jump_becomes_a_gap_and_a_bend_does_not() -> None:
    x = np.linspace(-2, 2, 9)
    places, values = torn(x, np.where(x > 0, 1.0, 0.0))
    assert places[np.isnan(values)].tolist() == [0.25]
    assert torn(x, np.sign(x))[0][[4, 6]].tolist() == [-0.25, 0.25]  # both sides of the place halfway
    assert len(torn(x, np.maximum(x, 0))[0]) == len(x)
    assert len(torn(x, np.tanh(5 * x))[0]) == len(x)
