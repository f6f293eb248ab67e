"""Charts: what they are given is what they show."""

import json

import numpy as np

from vizcore.plots import curves


def test_each_bar_of_a_histogram_names_its_range_and_its_count() -> None:
    options = curves.histogram(np.array([0.0, 0.5, 1.0]), np.array([3, 7]), x_title="value", y_title="pixels")
    bars = options["series"][0]["data"]
    assert [(bar["name"], bar["value"]) for bar in bars] == [("0 to 0.5", 3), ("0.5 to 1", 7)]
    assert (options["xAxis"]["name"], options["yAxis"]["name"]) == ("value", "pixels")


def test_a_ranking_runs_from_zero_to_one_and_shows_percent() -> None:
    options = curves.ranking(["star", "ring"], [0.9, 0.1])
    assert (options["xAxis"]["min"], options["xAxis"]["max"]) == (0, 1)
    assert [bar["label"]["formatter"] for bar in options["series"][0]["data"]] == ["90.0%", "10.0%"]


def test_hardly_any_and_nearly_all_are_not_none_and_all() -> None:
    assert [curves.percent(share) for share in (0, 1e-9, 0.1234, 0.99999, 1)] == [
        "0.0%",
        "< 0.1%",
        "12.3%",
        "> 99.9%",
        "100.0%",
    ]


def test_options_are_plain_values_that_json_can_hold() -> None:
    counts, edges = np.histogram(np.arange(9.0), 3)
    json.dumps(curves.histogram(edges, counts, x_title="x", y_title="y"))
