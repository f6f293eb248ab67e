"""The view that compares, without a browser: the runs it begins and finds again, its words, its files."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.compare import BAND, Shown, news, together
from pages.parts import live_training_compare as view
from pages.parts import live_training_compare_runs as compared
from pages.parts import live_training_compare_words as words
from pages.parts.live_training_compare_files import bands, copies, script
from tests.pages.convolution_views import message, texts
from tests.pages.training_views import linked
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.runs import folder
from vizcore.toolkit import seeds
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.training_spec import Spec

TINY = {"net": "mlp", "count": 100, "batch": 25, "epochs": 2, "copies": 8}


pytestmark = pytest.mark.usefixtures("no_run_stays")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of six steps."""
    monkeypatch.setattr(view, "BASE", {name: value for name, value in TINY.items() if name != "copies"})


def opened(**chosen: str) -> AppTest:
    return linked(view="compare", **{f"compare_{name}": value for name, value in chosen.items()})


def own(**chosen: str) -> AppTest:
    return opened(**{"experiment": "own", "vary": "weight_decay", "copies": "8"} | chosen)


def shown(app: AppTest) -> list[str]:
    return str(message(app, "runs")[0]["key"]).split(".")


def finished(app: AppTest) -> AppTest:
    until(lambda: all(runs.status(run).over for run in shown(app)))
    return app.run()


def begun(function: str = "live_training.seeds", **changes: Any) -> str:
    settings = {**TINY, **changes}
    if function == "live_training.train":
        del settings["copies"]
    run = runs.start(function, settings)
    until(lambda: runs.status(run).over)
    return run


def test_a_first_visit_begins_the_three_runs_of_the_first_experiment() -> None:
    app = opened()
    assert not app.exception
    header, _ = message(app, "runs")
    assert [run["name"] for run in header["runs"]] == ["neither", "weight decay 0.03", "dropout 0.5"]
    assert [run["wide"] for run in header["runs"]] == [BAND] * 3
    assert runs.description(shown(app)[1])["settings"]["weight_decay"] == 0.03
    assert app.query_params["compare_runs"] == header["key"]


def test_a_refresh_and_a_second_tab_find_the_same_runs(quick: None) -> None:
    first = own()
    again = own(runs=".".join(shown(first)))
    assert shown(again) == shown(first)
    assert len(folder.everything()) == 2


def test_another_experiment_ends_the_runs_of_the_one_before(quick: None) -> None:
    app = own()
    before = shown(app)
    app.selectbox(key="compare_vary.control").set_value("batch").run()
    assert not set(shown(app)) & set(before)
    until(lambda: all(runs.status(run).over for run in before))


def test_at_the_end_the_words_say_whether_the_difference_is_real(quick: None) -> None:
    app = finished(own(vary="lr", a="0.0001", b="0.01"))
    losses = compared.ends(shown(app), "validations")
    assert [len(each) for each in losses] == [8, 8]
    said = texts(app)
    assert words.verdict(["Learning rate: 0.0001", "Learning rate: 0.01"], losses) in said
    assert f"{np.median(losses[0]):.3g}" in said
    assert rf"{words.chance(*losses[::-1]) * 64:g}" in "\n".join(formula.value for formula in app.latex)


def test_equal_settings_are_told_from_different_seeds(quick: None) -> None:
    app = own(a="0.01", b="0.01")
    assert [runs.description(run)["settings"]["seed"] for run in shown(app)] == [0, 1000]


def test_single_runs_of_the_link_are_named_by_what_differs() -> None:
    found = [begun("live_training.train", optimiser=name) for name in ("adam", "sgd")]
    app = opened(what="runs", runs=".".join(found))
    assert shown(app) == found
    assert [run["name"] for run in message(app, "runs")[0]["runs"]] == ["Adam", "SGD"]
    assert "These are single runs: another seed may change their order." in texts(app)


def test_a_visit_without_runs_is_told_where_to_train() -> None:
    assert "There is no run of this visit yet." in texts(opened(what="runs"))


@pytest.mark.parametrize("hostile", ["../../etc", "0" * 32, "a.b.c.d.e", "%00"])
def test_links_to_runs_that_are_not_there_are_told_and_left(hostile: str, quick: None) -> None:
    app = own(runs=hostile)
    assert not app.exception
    assert "run" in texts(app)
    assert len(shown(app)) == 2
    assert not app.run().exception


def test_hostile_settings_fall_back_to_their_starts(quick: None) -> None:
    app = own(copies="1e9", vary="__init__", a="x", b="<b>", x="?")
    assert not app.exception
    assert [run["name"] for run in message(app, "runs")[0]["runs"]] == [
        "Optimiser: SGD",
        "Optimiser: Momentum",
    ]


def test_an_answer_has_what_is_new_of_each_run() -> None:
    run = begun()
    curves = compared.shown([run, run], ["first", "second"])
    assert curves[0] == Shown("first", BAND, 3, 6)
    assert compared.answer([run, run], curves, "epoch", {"since": [0, 7]})
    for hostile in ("x", [0], [0, None], [True, 0], {"a": 1}):
        with pytest.raises(InputError, match="whole numbers"):
            compared.answer([run, run], curves, "step", {"since": hostile})
    with pytest.raises(InputError, match="action"):
        compared.answer([run], curves[:1], "step", {"do": "remove"})


def test_axes_count_steps_epochs_or_seconds() -> None:
    run, curve = begun("live_training.train"), Shown("a", 1, 5, 100)
    status = runs.Status("running", 50, 100, 0, 10.0, 10.0, "", "cpu")
    assert [compared.scale(axis, run, status, curve) for axis in compared.AXES] == [1, 0.2, 0.2]
    queued = runs.Status("queued", 0, None, 1, 0.0, None, "", "")
    assert compared.scale("seconds", run, queued, curve) == 0


def test_seconds_of_many_seeds_are_those_that_they_measured() -> None:
    run = begun()
    status = runs.Status("running", 50, 100, 0, 1e9, 10.0, "", "cpu")
    last = runs.history(run)[0][-1]
    assert last["seconds"] > 0
    curve = Shown("a", BAND, 3, 6)
    assert compared.scale("seconds", run, status, curve) == last["seconds"] / last["step"]


def test_names_say_what_differs_and_equal_ones_are_counted() -> None:
    specs = [Spec(lr=0.1), Spec(lr=0.1, norm=True), Spec(lr=0.1, norm=True)]
    assert compared.differences(specs) == ["no batch norm", "batch norm (1)", "batch norm (2)"]
    assert compared.differences([Spec()]) == ["run"]
    assert compared.said_of("lr", 0.1) == "η = 0.1"


def test_runs_together_are_as_far_as_all_their_steps() -> None:
    going = runs.Status("running", 10, 100, 0, 1.0, 9.0, "", "cpu")
    done = runs.Status("finished", 100, 100, 0, 9.0, None, "", "cpu")
    both = together([done, going], 200)
    assert (both["state"], both["step"], both["total"], both["eta"]) == ("running", 110, 200, 9.0)
    assert together([done, done], 200)["state"] == "finished"


def test_the_chance_counts_pairs_and_equal_bands_have_an_even_one() -> None:
    first, second = np.array([1.0, 2.0]), np.array([2.0, 3.0])
    assert words.chance(first, second) == (3 + 0.5) / 4
    assert words.chance(first, first) == 0.5
    drawn = np.random.default_rng(0).normal(size=(2000, 2, 8))
    found = [words.chance(*pair) for pair in drawn]
    assert np.std(found) == pytest.approx(words.even(drawn[0, 0], drawn[0, 1]), rel=0.05)


def test_the_verdict_is_real_for_bands_apart_and_luck_for_equal_ones() -> None:
    near, far = np.linspace(1, 2, 16), np.linspace(3, 4, 16)
    assert "in 100% of all pairs the loss of “a” is lower" in words.verdict(["a", "b"], [near, far])
    assert "**real**" in words.verdict(["a", "b"], [near, far])
    assert "**luck**" in words.verdict(["a", "b"], [near, near + 0.01])


def test_a_diverged_band_says_so_in_the_table() -> None:
    row = words.row("η = 1", np.full(8, seeds.CEILING), np.zeros(8))
    assert row == "| η = 1 | diverged | diverged | diverged | 0% |"


def test_files_have_every_report_every_copy_and_a_script_that_runs() -> None:
    run = begun()
    *_, last = seeds.train(seeds.Spec(**TINY))
    assert bands([run], ["a"]).decode().splitlines()[-1].split(",")[:2] == ['"a"', "6"]
    rows = copies([run], ["a"]).decode().splitlines()[1:]
    assert [float(row.split(",")[3]) for row in rows] == pytest.approx(last.validations.tolist())
    text = script([run], ["a"]).decode()
    assert "'a': Spec(count=100, net='mlp', batch=25, epochs=2, copies=8)," in text
    compile(text, "recompute.py", "exec")


def test_settings_of_a_run_are_those_that_its_spec_gives_back() -> None:
    run = begun()
    assert asdict(compared.specs_of([run])[0])["seed"] == 0
    assert compared.specs_of([run])[0].epochs == 2


def standing(state: str, sentence: str = "") -> runs.Status:
    return runs.Status(state, 4, 8, 0, 1.0, None, sentence, "cpu")


def test_what_is_said_of_a_run_has_its_name_and_it_can_go_on_beside_one_that_is_done() -> None:
    done, lost = standing("finished"), standing("lost", "It was killed.")
    header, _ = news([Shown("a", 1, 4, 8), Shown("b", 1, 4, 8)], [done, lost], [[], []], [1.0, 1.0])
    assert (header["status"]["state"], header["status"]["sentence"]) == ("lost", "b: It was killed.")


def test_only_runs_that_can_go_on_are_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(runs, "status", standing)
    monkeypatch.setattr(runs, "resume", told.append)
    compared.obey(runs.resume, ["finished", "failed", "lost", "paused", "stopped"])
    assert told == ["lost", "paused", "stopped"]
