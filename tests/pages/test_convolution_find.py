"""The view that finds a pattern without a browser: what it sends, and how it answers."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.feature import match_template
from streamlit.testing.v1 import AppTest

from pages.parts.convolution_find import PRESETS
from vizcore.exhibits import convolution
from vizcore.toolkit.images import encode_png
from vizcore.toolkit.samples import sample

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
COIN = "104.130.47.48"
Opener = Callable[..., AppTest]


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in ({"view": "find"} | query).items():
            app.query_params[name] = value
        return app.run().switch_page("../convolution.py").run()

    return open_page


def message_of(app: AppTest) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays that patch.js gets."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
            if "rival" in header:
                blocks = [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]
                return header, blocks
    raise AssertionError("patch.js got nothing")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption])


def test_a_first_visit_has_a_patch_with_contrast_and_a_map(opened: Opener) -> None:
    app = opened()
    assert not app.exception
    header, blocks = message_of(app)
    assert (header["box"][2:], header["rows"]) == ([13, 13], 52)
    assert header["peaks"][0][2] == pytest.approx(1)
    assert blocks[1].max() == pytest.approx(1)


def test_the_map_is_that_of_scikit_image(opened: Opener) -> None:
    header, blocks = message_of(opened(picture="coins", find_box=COIN))
    grey = convolution.grey(sample("coins"))
    theirs = match_template(grey, grey[104:151, 130:178])
    np.testing.assert_allclose(blocks[1].reshape(theirs.shape), theirs, atol=1e-6)
    assert header["limits"] == [-1, 1]


def test_coins_are_found_by_one_of_them(opened: Opener) -> None:
    app = opened(picture="coins", find_box=COIN, find_threshold="0.70")
    header, _ = message_of(app)
    assert header["peaks"][0][:2] == [104, 130]
    assert len(header["peaks"]) == 11
    assert "10 places score 0.7 or more" in texts(app)
    assert "row 33, column 77, with 0.914" in texts(app)


def test_the_formula_has_the_numbers_of_the_best_other_place_or_of_the_chosen_one(opened: Opener) -> None:
    first, chosen = (
        opened(picture="coins", find_box=COIN, find_threshold="0.70", find_at=at) for at in ("", "174.131")
    )
    assert any("= 0.914" in formula.value for formula in first.latex)
    assert any("= 0.891" in formula.value for formula in chosen.latex)


def test_plain_correlation_prefers_what_is_bright_and_the_page_says_so(opened: Opener) -> None:
    app = opened(picture="camera", find_box="125.190.45.50", find_map="plain")
    header, blocks = message_of(app)
    row, col = np.unravel_index(blocks[1].argmax(), (header["rows"], header["cols"]))
    assert header["rival"] == [row, col] != [125, 190]
    grey = convolution.grey(sample("camera"))
    there, here = grey[row : row + 45, col : col + 50].mean(), grey[125:170, 190:240].mean()
    assert f"{there:.3g} on average, those of the patch {here:.3g}" in texts(app)
    assert "Brightness wins" in texts(app)


def test_a_patch_without_contrast_is_explained_and_the_picture_stays(opened: Opener) -> None:
    app = opened()
    white = encode_png(np.ones((30, 40, 3), np.float32))
    app.session_state["stage.picture"] = {"pick": "shape-star"}
    app.run()
    app.file_uploader(key="stage.file").set_value(("white.png", white, "image/png")).run()
    assert "without contrast" in texts(app)
    header, _ = message_of(app)
    assert (header["h"], header["w"], header["rows"], header["peaks"]) == (30, 40, 0, [])


@pytest.mark.parametrize("box", ["60.60.9.9", "0.0.1.5", "1.2.3", "<b>"])
def test_a_link_to_a_box_that_does_not_fit_says_so_and_shows_another(opened: Opener, box: str) -> None:
    app = opened(find_box=box)
    assert not app.exception
    assert "does not fit this picture" in texts(app)
    assert message_of(app)[0]["rows"] == 52


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "0.0.0", "99.99", "x" * 9_000])
def test_hostile_links_show_the_first_state(opened: Opener, value: str) -> None:
    app = opened(find_map=value, find_threshold=value, find_at=value)
    assert not app.exception
    assert message_of(app)[0]["measure"] == "score"


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(opened: Opener, name: str) -> None:
    app = opened()
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert len(message_of(app)[0]["peaks"]) >= 1
    assert "What to notice" in texts(app)


def test_a_box_that_was_drawn_stands_in_the_session_as_four_numbers(opened: Opener) -> None:
    app = opened(picture="coins", find_at="3.3")
    app.session_state["find_box"] = COIN
    app.run()
    assert message_of(app)[0]["box"] == [104, 130, 47, 48]


def test_a_picture_of_eight_pixels_has_patches_too(opened: Opener) -> None:
    app = opened(picture="digit-3")
    assert not app.exception
    assert message_of(app)[0]["box"][2:] == [2, 2]
