"""The loss on a plane without a browser: what is sent while it is computed, words, files and links."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import loss_landscape_plane as view
from pages.parts import loss_landscape_plane_words as words
from pages.parts.loss_landscape_plane_files import script, title
from pages.parts.loss_landscape_plane_source import Source, in_the_tube
from tests.pages.views import linked, message, texts
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.toolkit.landscape_spec import Spec

ROOT = Path(__file__).parents[2]
AXIS = np.linspace(-1, 1, 25)
BOWL: dict[str, Any] = {  # a newest report
    "phase": "surface",
    "grid": 13,
    "done": 169,
    "of": 625,
    "eta": 4.0,
    "error": None,
    "a": AXIS,
    "b": AXIS,
    "loss": 0.5 + AXIS**2 + (AXIS[:, None] - 0.5) ** 2,
    "accuracy": np.full((25, 25), 0.9) - 0.8 * AXIS**2,
    "computed": np.indices((25, 25)).sum(axis=0) % 2 == 0,
}
PATH: dict[str, Any] = {
    "explained": np.array([0.7, 0.2]),
    "coordinates": np.array([[-1.0, 0.5], [0.0, 0.0]]),
    "distances": np.array([0.25, 0.0]),
    "relative": np.array([0.1, 0.0]),
    "path_loss": np.array([2.5, 0.75]),
    "plane_loss": np.array([1.5, 0.75]),
}


pytestmark = pytest.mark.usefixtures("no_run_stays")


def opened(**settings: str) -> AppTest:
    """A first visit to a small landscape of the bundled LeNet-5, unless the link says otherwise."""
    usual = {"view": "plane", "net": "lenet5", "ll_of": "tube", "ll_points": "13", "ll_pictures": "50"}
    return linked("loss_landscape", usual | settings)


def test_a_landscape_is_there_once_its_run_is_over_with_a_low_loss_in_its_middle() -> None:
    app = opened(ll_plane="random")
    assert not app.exception
    header, _ = message(app, "panes")
    until(lambda: runs.status(header["run"]).over)
    app.run()
    header, blocks = message(app, "panes")
    assert header["panes"][0]["note"] == "13 × 13 points computed."
    assert blocks[2].size == 169
    assert 0 < blocks[2].reshape(13, 13)[6, 6] < 0.2
    assert "What to notice" in texts(app)


def test_what_is_computed_is_said_with_the_error_of_the_spline_before() -> None:
    spec = Spec(points=49)
    assert words.note(spec, BOWL).startswith("13 × 13 points computed, 49 × 49 drawn")
    finer = BOWL | {"grid": 25, "error": 0.314}
    assert words.note(spec, finer).endswith(
        "The spline through 13 × 13 was off by 0.31 % of the range at most."
    )


def test_a_lower_place_in_the_plane_is_named_and_the_loss_of_the_path_told_from_that_of_the_plane() -> None:
    said = " ".join(words.noticed(Spec(plane="pca"), BOWL | PATH))
    assert "the lowest is $a = 0$, $b = 0.5$, where the loss is 0.5" in said
    assert "90 % of the variance" in said
    assert "checkpoint 1 of 2 has 2.5 nats, and its nearest point of the plane 1.5" in said


def test_the_curvature_says_how_large_a_rate_may_be() -> None:
    bowl = BOWL | {"eigenvalues": np.array([8.0, 2.0])}
    assert "above 2 / λ₁ = 0.25 would not stay" in words.noticed(Spec(plane="hessian"), bowl)[1]
    assert words.titles(Spec(plane="hessian"), bowl)[0] == "a: eigenvector 1, curvature 8"


def test_the_path_is_sent_with_its_own_losses_and_steps() -> None:
    source = Source("A network", {"training": {}}, steps=(0, 20))
    header, blocks = view.answer(Spec(plane="pca", training={}), source, [], BOWL | PATH)
    assert header["panes"][0]["coarse"]
    assert blocks[6].tolist() == [2.5, 0.75]
    assert blocks[7].tolist() == [0, 20]


def test_the_straight_way_and_the_edge_are_answered_with_numbers() -> None:
    assert words._straight(BOWL | PATH)[0] == "falls"
    assert words._edge(BOWL) == ("few", "Of the pictures 10 % are right, with a loss of 1.75 nats.")


def test_a_run_of_live_training_leads_to_its_landscape_with_its_path() -> None:
    run = runs.start("live_training.train", {"net": "mlp", "count": 200, "epochs": 1, "device": "cpu"})
    until(lambda: runs.status(run).over)
    app = linked("live_training", {"view": "pictures", "run": run})
    next(button for button in app.button if button.label == "See its landscape").click().run()
    assert app.session_state["ll_run"] == run
    found = opened(ll_of="run", ll_run=run, ll_plane="random")
    until(lambda: runs.status(message(found, "panes")[0]["run"]).over)
    header, blocks = message(found.run(), "panes")
    assert header["panes"][0]["title"] == f"MLP on digits, step {runs.checkpoints(run)[-1]}"
    assert blocks[7].tolist() == list(runs.checkpoints(run))


def test_a_run_of_live_training_that_is_not_there_is_said_with_the_way_to_one() -> None:
    app = opened(ll_of="run", ll_run="0" * 32)
    assert not app.exception
    assert "See its landscape" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "nan", "1e9", "²", "<script>", "x" * 100])
def test_hostile_links_show_a_landscape(value: str) -> None:
    names = ("plane", "norm", "span", "seed", "statistics", "at", "scale", "until", "run")
    app = opened(**{f"ll_{name}": value for name in names})
    assert not app.exception
    assert message(app, "panes")[0]["place"] == [0, 0]


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened()
    for key, value in (view.PRESETS[name].settings | {"ll_points": "13", "ll_epochs": "1"}).items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert message(app, "panes")[0]["panes"][0]["title"]


def test_the_title_of_a_page_that_is_taken_away_says_which_settings() -> None:
    said = title(Spec(points=25, seed=3), Source("A network", {}))
    assert said == (
        "Loss landscape: A network; random directions, normalisation per filter, seed 3; ±1, 25 × 25 points"
    )


def test_an_infinite_loss_is_no_matter_for_the_words_about_the_ring() -> None:
    loss = BOWL["loss"].copy()
    loss[0, 0] = np.inf
    assert words.around(BOWL | {"loss": loss}, 0.5).max() < np.inf


def test_a_circle_is_read_by_a_spline_and_the_ends_of_a_straight_way_where_they_were_computed() -> None:
    ring = words.around(BOWL, 0.5)
    assert ring.min() == pytest.approx(0.5, abs=1e-4)
    assert ring.max() == pytest.approx(0.5 + 0.25 + 0.75, abs=0.1)
    assert words._straight(BOWL | PATH)[1].startswith("It begins at 1.5 nats")


def test_progress_is_said_in_phases() -> None:
    assert words.progress({}) == {"far": ""}
    assert words.progress(BOWL) == {"far": "point 169 of 625 of the surface", "eta": 4.0, "total": 625}
    report = {"phase": "training", "done": 120, "of": 215, "eta": 3.0}
    assert words.progress(report)["far"] == "update 120 of 215 of the training"


def test_what_the_link_names_in_vain_is_said_and_the_seed_is_only_that_of_random_directions() -> None:
    app = opened(ll_plane="random", ll_norm="strange", ll_span="0.3")
    assert "The link sets “Normalisation” to strange" in texts(app)
    assert "The link sets “Reaches” to 0.3" in texts(app)
    first = message(opened(ll_plane="hessian", ll_seed="1"), "panes")[0]["run"]
    assert first == message(opened(ll_plane="hessian", ll_seed="2"), "panes")[0]["run"]


def test_a_network_without_pictures_of_its_classes_is_refused_at_once() -> None:
    app = opened(net="resnet18~0", ll_plane="random")
    assert not app.exception
    assert "No data set here has the classes of ResNet-18" in texts(app)


def test_the_camera_of_the_link_is_that_of_the_picture() -> None:
    app = opened(ll_plane="random", ll_camera="1.5,0.5,2")
    assert message(app, "panes")[0]["camera"] == [1.5, 0.5, 2]
    app = opened(ll_plane="random", ll_camera="nan,0.5,2")
    assert message(app, "panes")[0]["camera"] is None


def test_the_exported_script_computes_the_surface(tmp_path: Path) -> None:
    spec = Spec(points=13, pictures=50)
    (tmp_path / "recompute.py").write_bytes(script(spec, in_the_tube("lenet5")))
    place = {"cwd": tmp_path, "env": {"PYTHONPATH": str(ROOT)}}
    done = subprocess.run([sys.executable, "recompute.py"], capture_output=True, check=True, **place)  # type: ignore[call-overload]
    assert done.stdout.decode().startswith("13 x 13 points: lowest loss")
    assert np.load(tmp_path / "landscape.npz")["loss"].shape == (13, 13)
