"""Optimisers on a network, without a browser: which runs are begun, their words, their cost."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import optimizers_network as view
from pages.parts import optimizers_network_files as files
from pages.parts import optimizers_network_runs as network
from pages.parts import optimizers_network_words as words
from pages.parts.optimizers_network_runs import End
from pages.parts.optimizers_race_settings import STYLES
from tests.pages.optimizers_views import message, opened, texts
from tests.runs.rehearsing import leave_no_run, until
from vizcore import runs
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.rivals import Spec


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of eight steps, which leave the places of all runs to those of the next test."""
    monkeypatch.setattr(view, "SIZES", {"mlp": 100, "lenet5": 100})
    monkeypatch.setattr(view, "BASE", {**view.BASE, "batch": 13, "epochs": 2})
    yield
    leave_no_run()


def shown(app: AppTest) -> str:
    return str(message(app, "runs")[0]["key"])


def settings(app: AppTest) -> dict[str, Any]:
    return dict(runs.description(shown(app))["settings"])


def finished(app: AppTest) -> AppTest:
    until(lambda: runs.status(shown(app)).over)
    return app.run()


def end(name: str, level: float, pace: float) -> End:
    spread = np.linspace(0.9, 1.1, 8)
    medians = level * np.array([4.0, 2.0, 1.0])
    return End(name, level * spread, spread / 2, 0, 100, pace, np.array([0, 50, 100]) * pace, medians)


def test_a_first_visit_trains_under_four_optimisers_at_their_usual_rates() -> None:
    app = opened("network")
    assert not app.exception
    found = settings(app)
    assert found["optimisers"] == ["sgd", "momentum", "rmsprop", "adam"]
    assert found["rates"] == [OPTIMISERS[name].rate for name in found["optimisers"]]


def test_another_rate_begins_another_run_and_the_old_one_is_found_again() -> None:
    app = opened("network", optimisers="sgd.adam")
    before = shown(app)
    app.select_slider(key="network_adam.control").set_value("0.003").run()
    assert settings(app)["rates"] == [0.05, 0.003]
    assert shown(app) != before


def test_an_optimiser_has_the_colour_that_it_has_in_the_race() -> None:
    names = ("sgd", "rmsprop", "adam")
    styles = [curve.style for curve in network.curves(Spec(optimisers=names, rates=(0.1,) * 3))]
    assert styles == [STYLES[name] for name in ("gd", "rmsprop", "adam")]


def test_the_words_at_the_end_have_the_numbers_of_the_run() -> None:
    app = finished(opened("network", optimisers="sgd.adam"))
    newest = runs.newest(shown(app))
    assert newest
    said = texts(app)
    assert f"| Adam | {np.median(newest['validations'][1]):.3g} (" in said
    assert f"| {1000 * newest['seconds'][1] / newest['steps'][1]:.2g} |" in said
    assert r"w - \underset{\eta}{0.05}\, g" in said


@pytest.mark.parametrize("names", ["adam", "sgd.<b>", "a" * 900])
def test_hostile_settings_fall_back_to_their_starts(names: str) -> None:
    app = opened("network", optimisers=names, sgd="1e9", copies="-1", net="own", decay="nan", x="?")
    assert not app.exception
    assert len(settings(app)["optimisers"]) == 4


def test_one_optimiser_alone_or_six_are_not_taken() -> None:
    app = opened("network", optimisers="sgd.adam")
    for names in (["adam"], list(OPTIMISERS)[:6]):
        app.button_group(key=view.PILLS).set_value(names).run()
        assert settings(app)["optimisers"] == ["sgd", "adam"]


def test_start_again_forgets_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    app = finished(opened("network", optimisers="sgd.adam"))
    with monkeypatch.context() as patched:
        patched.setattr(view.components, "picked", lambda key: {"again": True})
        view.take(before := shown(app))
    assert shown(app.run()) != before


def test_the_cost_of_a_step_is_that_of_the_slowest_against_the_quickest() -> None:
    said = words.cost([end("Quick", 1.0, 0.01), end("Slow", 0.9, 0.02)])
    assert "A step of Slow takes 2 times as long as one of Quick" in said
    assert "in the 1 s that Quick needs for 100 steps, Slow takes 50." in said


def test_steps_that_take_as_long_are_said_to() -> None:
    assert "about as long with each" in words.cost([end("One", 1.0, 0.01), end("Other", 0.9, 0.0101)])


@pytest.mark.parametrize(("wins", "chance"), [(8, 2 / 256), (7, 18 / 256), (1, 18 / 256), (4, 1)])
def test_the_sign_test_is_two_sided(wins: int, chance: float) -> None:
    assert words.sign_test(wins, 8) == pytest.approx(chance)


def test_a_pair_picked_afterwards_pays_for_all_pairs_and_seven_of_eight_may_be_luck() -> None:
    level = np.linspace(1, 1.7, 8)
    lower, mixed = level - 0.01, np.append(level[:7] - 0.01, 2)
    assert "7 of 8 seeds. Sign test, two-sided: p = 0.07. That may be **luck**" in words.verdict(
        "ab", [mixed, level]
    )
    assert "p = 0.0078. Luck alone seldom" in words.verdict("ab", [lower, level])
    said = words.verdict("abcde", [lower, level, *(level + more for more in (1, 2, 3))])
    assert "times 10 since this pair was picked from 10 afterwards" in said
    assert "may be **luck**" in said


def test_what_is_trained_is_said_and_that_one_decay_is_not_the_other() -> None:
    spec = Spec(
        net="mlp", count=800, share=0.5, optimisers=("adam", "adamw"), rates=(0.1, 0.1), weight_decay=0.1
    )
    said = " ".join(words.noticed(spec, []))
    assert "MLP with 140,106 weights learns 10 handwritten digits from 400 pictures" in said
    assert "one λ is not equally strong in both" in said


def test_one_that_guesses_or_diverges_is_told_and_others_are_not() -> None:
    gone = replace(end("Gone", 1e4, 0.01), diverged=8)
    said = words.troubles([end("Guesses", 2.3, 0.01), gone, end("Learns", 0.2, 0.01)])
    assert len(said) == 2
    assert "Guesses has learnt nothing" in said[0]
    assert "Gone diverged with 8 of 8 seeds" in said[1]


def test_a_run_is_read_at_what_was_measured_last_before_a_time() -> None:
    slow = end("Slow", 1.0, 0.02)
    assert [slow.at(seconds) for seconds in (0.0, 0.99, 1.0, 9.0)] == [4, 4, 2, 1]


def test_the_browser_gets_what_is_new_of_each_optimiser() -> None:
    app = finished(opened("network", optimisers="sgd.adam"))
    run, curves, history = shown(app), network.curves(Spec(**settings(app))), runs.history(shown(app))[0]
    header, blocks = network.view(run, curves, "seconds", history, None)
    assert [each["scale"] for each in header["runs"]] == network.paces(run, 2)
    assert (header["over"], header["anew"]) == (True, [True, True])
    assert blocks[5].tolist() == [line["steps"][1] for line in history]
    assert blocks[9].tolist() == [pytest.approx(line["loss"][1]) for line in history]
    assert network.view(run, curves, "step", history[-1:], None)[0]["anew"] == [False, False]


def test_files_have_every_report_every_seed_and_a_script_that_runs() -> None:
    app = finished(opened("network", optimisers="sgd.adam"))
    spec = Spec(**settings(app))
    assert files.bands(shown(app), spec).decode().splitlines()[-1].startswith('"Adam",8,')
    assert len(files.copies(shown(app), spec).decode().splitlines()) == 1 + 2 * 8
    compile(text := files.script(spec).decode(), "recompute.py", "exec")
    assert "rates=(0.05, 0.001)" in text


def test_presets_name_optimisers_and_rates_that_there_are() -> None:
    for preset in view.PRESETS.values():
        names = preset.settings["network_optimisers"].split(".")
        assert view.LEAST <= len(names) <= view.MOST
        assert all(preset.settings[f"network_{name}"] in view.RATES for name in names)
