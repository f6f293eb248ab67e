"""The view of metrics without a browser: what it sends and says, and how it follows links."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from pages.parts import losses_metrics, losses_metrics_charts, losses_metrics_files
from tests.pages.losses_views import linked, message, opened, texts, unpacked
from vizcore.toolkit import metrics
from vizcore.toolkit.digit_scores import digit_scores
from vizcore.toolkit.errors import InputError

EIGHT = losses_metrics_charts.scored(*digit_scores("linear", 8), "is an 8", "is not")


def test_a_first_visit_counts_the_eights_that_a_linear_layer_finds() -> None:
    app = opened("metrics")
    assert not app.exception
    header, _ = message(app, "counts")
    found = metrics.decision(*digit_scores("linear", 8), 0)
    positives = [found.true_positives, found.false_negatives]
    assert header["counts"] == [*positives, found.false_positives, found.true_negatives]
    assert header["names"] == ["is an 8", "is not"]
    assert sum(positives) == 43


def test_every_metric_comes_with_its_fraction_in_letters_and_in_counts() -> None:
    app = opened("metrics", source="normal", share="0.5", count="100", distance="0.4", threshold="0.2")
    header, _ = message(app, "counts")
    hits, _, alarms, _ = header["counts"]
    precision = next(row for row in header["rows"] if row["title"] == "Precision")
    assert (precision["above"], precision["below"]) == ("TP", "TP + FP")
    assert precision["counted"] == [str(hits), f"{hits} + {alarms}"]
    assert precision["value"] == hits / (hits + alarms)


def test_both_histograms_hold_every_example() -> None:
    chart = losses_metrics_charts.histogram(EIGHT, "count")
    assert [line.y.sum() for line in chart.lines] == [43, 407]
    shares = losses_metrics_charts.histogram(EIGHT, "share")
    assert [line.y.sum() for line in shares.lines] == pytest.approx([1, 1])


def test_the_area_below_the_steps_of_the_pr_curve_is_the_average_precision() -> None:
    line = losses_metrics_charts.precision_recall(EIGHT.curves).lines[0]
    assert line.x is not None
    assert np.trapezoid(line.y, line.x) == pytest.approx(EIGHT.curves.average_precision)


@pytest.mark.parametrize("threshold", [-3, 0, 1.5])
def test_the_working_point_lies_on_both_curves(threshold: float) -> None:
    charts = losses_metrics_charts.roc(EIGHT.curves), losses_metrics_charts.precision_recall(EIGHT.curves)
    found = losses_metrics_charts.counted(EIGHT, threshold)
    for chart, (point,) in zip(charts, found.points, strict=True):
        line = chart.lines[0]
        assert line.x is not None
        assert np.hypot(line.x - point.x, line.y - point.y).min() < 1e-9


def test_a_threshold_that_calls_nothing_positive_has_no_place_on_the_pr_curve() -> None:
    assert [len(points) for points in losses_metrics_charts.counted(EIGHT, 99).points] == [1, 0]


def test_the_answer_while_dragging_is_what_the_page_would_show() -> None:
    header, _ = unpacked(losses_metrics.answer(EIGHT, {"threshold": -0.651}))
    there, _ = message(opened("metrics", threshold="-0.65"), "counts")
    assert header["threshold"] == -0.65
    assert all(there[name] == value for name, value in header.items() if name != "blocks")


@pytest.mark.parametrize("threshold", [None, "1", float("nan"), float("inf"), [1]])
def test_a_hostile_question_gets_a_sentence(threshold: object) -> None:
    with pytest.raises(InputError, match="A threshold is a number"):
        losses_metrics.answer(EIGHT, {"threshold": threshold})


@pytest.mark.parametrize("value", ["", "-1", "1e99", "nan", "²", "<script>"])
def test_hostile_links_show_a_state_that_works(value: str) -> None:
    app = linked({"view": "metrics"} | dict.fromkeys(losses_metrics.STARTS, value))
    assert not app.exception
    assert sum(message(app, "counts")[0]["counts"]) in (450, 1000)


def test_rare_positives_make_a_small_rate_a_bad_precision() -> None:
    said = texts(opened("metrics", source="normal", share="0.01", count="5000", distance="2"))
    scores, targets = metrics.sample(count=5000, share=0.01, distance=2)
    found = metrics.decision(scores, targets, 0)
    called = found.true_positives + found.false_positives
    assert f"of {called:,} that are called positive only {found.true_positives:,} are" in said


def test_who_always_says_no_is_right_more_often_than_one_would_think() -> None:
    app = opened("metrics", source="normal", share="0.01", count="5000", distance="2")
    app.radio[0].set_value("higher").run()
    assert "So it is." in texts(app)
    assert "(0 + 4950) / (0 + 0 + 50 + 4950) = 0.99" in texts(app)


@pytest.mark.parametrize("preset", losses_metrics.PRESETS.values(), ids=losses_metrics.PRESETS)
def test_a_preset_is_shown_as_it_says(preset: losses_metrics.frame.Preset) -> None:
    app = linked(preset.settings)
    assert not app.exception
    assert all(app.session_state[name] == value for name, value in preset.settings.items())


def test_the_script_prints_the_metrics_of_the_table_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, _, program = losses_metrics_files.files(EIGHT.scores, EIGHT.targets, 0.0)
    for export in (table, program):
        (tmp_path / export.name).write_bytes(export.make())
    monkeypatch.chdir(tmp_path)
    runpy.run_path(program.name)
    found = metrics.decision(EIGHT.scores, EIGHT.targets, 0)
    assert f"precision {found.precision:.6g}, recall {found.recall:.6g}" in capsys.readouterr().out


def test_the_archive_holds_scores_and_curves(tmp_path: Path) -> None:
    (tmp_path / "metrics.npz").write_bytes(losses_metrics_files.curves(EIGHT.scores, EIGHT.targets))
    with np.load(tmp_path / "metrics.npz") as found:
        np.testing.assert_array_equal(found["scores"], EIGHT.scores)
        assert float(found["auc"]) == EIGHT.curves.auc
