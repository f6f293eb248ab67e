"""What is taken away from a training run, and its network on other pages."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import live_training_files as files
from pages.parts.live_training_pictures_settings import USUAL, value_of
from pages.server import trained
from pages.server.training import begun
from tests.pages.views import SHELL
from tests.runs.rehearsing import until_state
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit import checkpoints, held_out, nets

SHORT = {"count": 400, "batch": 50, "epochs": 1}


@pytest.fixture(scope="module")
def run() -> Iterator[str]:
    name = runs.start("live_training.train", SHORT)
    until_state(name, "finished")
    yield name
    runs.remove(name)


def page() -> None:
    """A page with a finished run: its exports, and the button that looks into it."""
    import streamlit as st

    from pages import frame
    from pages.frame import links
    from pages.parts import live_training_files
    from pages.server import trained

    links.follow("live_training", "picture", "net")
    frame.sidebar(frame.current())
    live_training_files.exports(st.query_params["run"])
    trained.button(st.query_params["run"])
    links.publish("live_training", "picture", "net")


def visited(run: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["run"] = run
    app.session_state["pages"] = {}
    return app.run()


def test_a_button_puts_the_network_into_the_tube(run: str) -> None:
    app = visited(run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "LOOKED_AT_BY", {})
        app.button(key="trained.look").click().run()
    assert not app.exception
    assert app.query_params["net"] == trained.keep(run)
    assert trained.keep(run) in app.session_state["stage.trained"]


def test_the_example_that_is_looked_at_comes_onto_the_stage(run: str) -> None:
    image, title = held_out.picture(begun(run), 2)
    assert (image.shape, image.dtype.name, image.max() <= 1) == ((32, 32, 3), "float32", True)
    assert title.startswith("Digits: example 3, ")
    app = visited(run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "LOOKED_AT_BY", {})
        app.button(key="trained.look").click().run()
    assert app.session_state["picture"] == held_out.name_of(begun(run), 0)


@pytest.mark.parametrize(("where", "view"), trained.LOOKED_AT_BY.items())
def test_other_pages_open_with_a_trained_network(run: str, where: str, view: str) -> None:
    app = AppTest.from_file(SHELL, default_timeout=60)
    app.query_params["net"], app.query_params["view"] = trained.keep(run), view
    app.run().switch_page(f"../{where}.py").run()
    assert not app.exception
    cards = "".join(part.proto.json for part in app.get("bidi_component"))
    assert "LeNet-5 on digits, step 6" in cards


def test_the_list_of_networks_has_a_group_for_those_trained_here(run: str) -> None:
    app = visited(run)
    app.session_state["stage.trained"] = (trained.keep(run), "mlp@" + 32 * "0")
    app.session_state["stage.net"] = {"pick": "x"}
    app.run()
    cards = "".join(part.proto.json for part in app.get("bidi_component"))
    assert '"title": "Trained here"' in cards
    assert f'"name": "{trained.keep(run)}"' in cards
    assert 32 * "0" not in cards


def test_the_layers_of_a_trained_network_can_be_changed_in_the_dialog(run: str) -> None:
    app = visited(run)
    app.session_state["net"] = trained.keep(run)
    app.session_state["stage.net"] = {"pick": "x"}
    app.session_state["stage.way"] = "Own architecture"
    assert not app.run().exception
    assert '"kind": "conv"' in str(app.text_area(key="stage.spec").value)


def test_weights_that_were_taken_away_can_be_brought_back(run: str) -> None:
    brought = checkpoints.receive(io.BytesIO(trained.file(run)), nets.all_architectures())
    assert f"{brought.architecture}@{brought.digest}" == trained.keep(run)


def test_the_menu_offers_weights_history_script_and_link(run: str) -> None:
    names = ["weights.safetensors", "history.csv", "train.py", "link.url"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "address", lambda: "http://here/live-training")
        assert [export.name for export in files.files(run)] == names


def test_the_history_has_a_row_for_each_report(run: str) -> None:
    head, *rows = files.history(run).decode().splitlines()
    assert head == "step,epoch,loss,hits,validation,accuracy,measured,lr"
    found = np.array([row.split(",") for row in rows], float)
    assert found[:, 0].tolist() == [line["step"] for line in runs.history(run)[0]]
    assert found[-1, 2] == pytest.approx(runs.history(run)[0][-1]["loss"])


@pytest.mark.parametrize(
    "changes", [{}, {"lr": 1e-05, "augment": ("shift", "rotate"), "norm": True}, {"net": "arch-x", "seed": 3}]
)
def test_the_link_says_the_same_settings_again(changes: dict[str, Any]) -> None:
    query = dict(pair.split("=") for pair in files.query(Spec(**changes)).split("&"))
    assert query.pop("view") == "pictures"
    read = {name[2:]: value_of(word, USUAL[name[2:]]) for name, word in query.items()}
    assert Spec(**read) == Spec(**changes)


def test_the_script_trains_to_the_same_weights(run: str, tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(files.script(Spec(**SHORT)))
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "step 6: loss" in done.stdout
    with (tmp_path / "weights.safetensors").open("rb") as file:
        mine = checkpoints.load(checkpoints.receive(file, {}).digest)
    theirs = checkpoints.load(trained.keep(run).partition("@")[2])
    assert all(np.allclose(mine[name], theirs[name], atol=1e-5) for name in theirs)


def test_the_script_for_own_pictures_reads_them(tmp_path: Path) -> None:
    text = files.script(Spec(data="own", net="mlp")).decode()
    assert 'with_name("pictures.npz")' in text
    compile(text, "train.py", "exec")
