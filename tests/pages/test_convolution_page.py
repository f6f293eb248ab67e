"""The laboratory of one kernel without a browser: what it sends, and what its links say."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.convolution_slide_settings import fitted, shaped
from vizcore.exhibits.convolution import convolve, grey
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.samples import sample
from vizcore.toolkit.small import small

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Opener = Callable[..., AppTest]


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run().switch_page("../convolution.py").run()

    return open_page


def header_of(app: AppTest) -> dict[str, Any]:
    """What convolution.js gets besides the arrays."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header: dict[str, Any] = json.loads(packed[4 : 4 + length])
            if "kernel" in header:
                return header
    raise AssertionError("the laboratory was not mounted")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption, *app.latex])


def test_a_first_visit_is_complete(opened: Opener) -> None:
    app = opened()
    assert not app.exception
    header = header_of(app)
    assert header["kernel"] == [-1, 0, 1, -2, 0, 2, -1, 0, 1]
    assert (header["h"], header["oh"]) == (64, 62)
    assert "Sobel x" in texts(app)


def test_a_link_reproduces_kernel_and_settings(opened: Opener) -> None:
    link = {
        "picture": "cat",
        "slide_size": "96",
        "slide_kernel": "gabor",
        "slide_rows": "5",
        "slide_cols": "7",
    }
    link |= {"slide_numbers": "angle:30;sigma:1.5", "slide_stride": "2", "slide_padding": "3"}
    link |= {"slide_mode": "reflect", "slide_dilation": "2", "slide_as": "convolution", "slide_unit": "3.4"}
    header = header_of(opened(**link))
    assert (header["kh"], header["kw"], header["stride"], header["dilation"]) == (5, 7, 2, 2)
    assert (header["flipped"], header["selected"], header["before"]) == (True, [3, 4], [3, 3])
    assert {each["name"]: each["value"] for each in header["sliders"]} == {
        "frequency": 0.2,
        "angle": 30.0,
        "sigma": 1.5,
    }


def test_an_own_kernel_stands_in_the_link_with_every_digit(opened: Opener) -> None:
    header = header_of(opened(weights="0.1,-2;3,1e-05;0,7"))
    assert header["kernel"] == [0.1, -2, 3, 1e-05, 0, 7]
    assert (header["kh"], header["kw"], header["sliders"]) == (3, 2, [])


@pytest.mark.parametrize(
    "name", ["slide_kernel", "slide_rows", "slide_numbers", "slide_unit", "weights", "view"]
)
@pytest.mark.parametrize("value", ["", "-1", "1e9", "²", "<script>", "a:b;c", "nan"])
def test_hostile_links_show_a_state_that_works(opened: Opener, name: str, value: str) -> None:
    app = opened(**{name: value})
    assert not app.exception
    assert header_of(app)["kernel"]
    assert "<script>" not in texts(app)


def test_what_does_not_go_together_is_explained_and_the_controls_stay(opened: Opener) -> None:
    app = opened(slide_input="binary", slide_kernel="gaussian", slide_rows="11", slide_cols="11")
    assert not app.exception
    assert "11" in app.text[-1].value
    assert any(box.key == "slide_rows.control" for box in app.selectbox)


def test_typed_weights_become_the_kernel_of_the_link(opened: Opener) -> None:
    app = opened()
    app.session_state["slide.lab"] = {"pick": {"kernel": [[0, 1], [2.5, 0]]}}
    app.session_state["weights"] = "0,1;2.5,0"
    app.run()
    assert header_of(app)["kernel"] == [0, 1, 2.5, 0]
    assert app.selectbox(key="slide_kernel.control").value == "own"


def test_choosing_another_kernel_forgets_the_own_one(opened: Opener) -> None:
    app = opened(weights="0,1;2,0")
    app.selectbox(key="slide_kernel.control").set_value("gaussian").run()
    assert (header_of(app)["kh"], header_of(app)["kw"]) == (5, 5)
    assert app.selectbox(key="slide_kernel.control").value == "gaussian"


def test_an_own_kernel_keeps_its_middle_when_it_gets_another_size() -> None:
    weights = np.arange(9.0).reshape(3, 3)
    assert fitted(weights, 5, 1).tolist() == [[0], [1], [4], [7], [0]]
    assert fitted(weights, 1, 1).tolist() == [[4]]


def test_the_answer_while_dragging_is_that_of_the_page() -> None:
    assert shaped({"sliders": {"sigma": 1.2}}, "gaussian", (5, 5)).sum() == pytest.approx(1)
    assert shaped({"kernel": [[1, 2]]}, "own", (1, 2)).tolist() == [[1, 2]]


@pytest.mark.parametrize(
    "question",
    [
        {"kernel": [[1]]},
        {"kernel": "x"},
        {"kernel": [["1", "2"]]},
        {"sliders": {"sigma": 1e9}},
        {"sliders": {"nothing": 1}},
        {"sliders": {"sigma": "1"}},
    ],
)
def test_a_hostile_question_gets_a_sentence(question: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        shaped(question, "gaussian", (5, 5))


def test_normalising_makes_the_weights_sum_to_one(opened: Opener) -> None:
    app = opened(weights="1,2;3,4")
    app.button(key="slide.normalise").click().run()
    assert sum(header_of(app)["kernel"]) == pytest.approx(1)


def test_the_numbers_are_those_of_the_core(opened: Opener) -> None:
    app = opened(picture="cat", slide_size="32", slide_kernel="sobel_y")
    picture = small(grey(sample("cat"))[..., None], 32)[..., 0]
    output = convolve(picture, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]).output
    strongest = np.unravel_index(np.abs(output).argmax(), output.shape)
    assert header_of(app)["selected"] == [int(index) for index in strongest]
    assert f"{output.max():.3g}" in header_of(app)["alts"][1]


@pytest.mark.parametrize(
    ("query", "truth"),
    [
        ({"slide_kernel": "gaussian"}, "the same"),
        ({"slide_kernel": "sobel_x"}, "the same with the opposite sign"),
        ({"slide_kernel": "emboss"}, "another one"),
        ({"view": "signal"}, "half as much"),
        ({"view": "laws"}, "for shifts by multiples of 2 only"),
        ({"view": "matrix"}, "a quarter as large"),
        ({"view": "cost"}, "four times as many"),
        ({"view": "find", "picture": "coins"}, "the same"),
        ({"view": "channels"}, "another one"),
    ],
)
def test_a_question_is_answered_by_computing(opened: Opener, query: dict[str, str], truth: str) -> None:
    app = opened(**query)
    asked = next(radio for radio in app.radio if "What if" in radio.label)
    asked.set_value(truth).run()
    assert not app.exception
    assert "So it is." in texts(app)
