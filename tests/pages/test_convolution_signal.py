"""The view of one dimension without a browser: what it sends, and how it answers."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.parts.convolution_signal import PRESETS
from vizcore.exhibits import convolution
from vizcore.toolkit import signals
from vizcore.toolkit.samples import sample

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Opener = Callable[..., AppTest]


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in ({"view": "signal"} | query).items():
            app.query_params[name] = value
        return app.run().switch_page("../convolution.py").run()

    return open_page


def message_of(app: AppTest) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays that signal.js gets."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
            if "tracks" in header:
                blocks = [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]
                return header, blocks
    raise AssertionError("signal.js got nothing")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption])


def test_a_first_visit_shows_a_noisy_wave_and_its_moving_average(opened: Opener) -> None:
    app = opened()
    assert not app.exception
    header, blocks = message_of(app)
    signal = signals.observed(signals.shape("wave", 64), noise=0.1, levels=12, seed=0)
    output = signals.filtered(signal, signals.average(5), border="replicate").output
    assert [track["title"] for track in header["tracks"]] == ["Input x: a wave", "Output y: correlation"]
    np.testing.assert_allclose(blocks[0], signal, atol=1e-7)
    np.testing.assert_allclose(blocks[5], output, atol=1e-7)
    assert header["selected"] == 32


def test_the_numbers_in_the_text_are_computed(opened: Opener) -> None:
    app = opened(signal_width="9")
    clean = signals.shape("wave", 64)
    signal = signals.observed(clean, noise=0.1, levels=12, seed=0)
    output = signals.filtered(signal, signals.average(9), border="replicate").output
    said = texts(app)
    assert f"{signals.distance(signal, clean):.3g} before" in said
    assert f"{signals.distance(output, clean):.3g} behind" in said
    assert "0.333" in said  # the norm of nine weights of 1/9
    assert any(f"{output[32]:.3g}" in formula.value for formula in app.latex)


def test_the_kernel_of_a_convolution_is_sent_mirrored_and_an_impulse_shows_it(opened: Opener) -> None:
    app = opened(
        signal_kernel="own",
        signal_weights="1 2 3",
        signal_flip="convolution",
        signal_source="impulse",
        signal_noise="0",
        signal_levels="256",
        signal_length="24",
    )
    header, blocks = message_of(app)
    assert blocks[6].tolist() == [3, 2, 1]
    np.testing.assert_allclose(blocks[5][11:14], [1, 2, 3])
    np.testing.assert_allclose(blocks[9][11:14], [3, 2, 1])
    assert (header["tracks"][1]["title"], header["tracks"][1]["behind"]) == (
        "Output y: convolution",
        "correlation",
    )
    assert "changes the output by up to 2" in texts(app)


def test_a_row_of_the_picture_is_the_signal(opened: Opener) -> None:
    app = opened(
        picture="camera",
        signal_source="row",
        signal_row="40",
        signal_length="24",
        signal_noise="0",
        signal_levels="256",
    )
    _, blocks = message_of(app)
    np.testing.assert_allclose(blocks[0], convolution.grey(sample("camera"))[204, 244:268], atol=1e-6)
    assert "row 204, from column 244" in message_of(app)[0]["tracks"][0]["title"]


def test_a_small_picture_has_short_rows(opened: Opener) -> None:
    _, blocks = message_of(opened(picture="digit-3", signal_source="row", signal_width="31"))
    assert len(blocks[0]) == 8


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"signal_kernel": "own", "signal_weights": "1 x"}, "'x' is no weight"),
        ({"signal_kernel": "own", "signal_weights": "-1 0 1", "signal_sum": "one"}, "sum to 0"),
        (
            {"signal_source": "row", "picture": "digit-3", "signal_border": "valid", "signal_width": "9"},
            "9 px",
        ),
        ({"signal_kernel": "detector", "signal_bits": "0123456"}, "zeros and ones"),
    ],
)
def test_what_is_not_possible_is_explained_and_the_controls_stay(
    opened: Opener, settings: dict[str, str], why: str
) -> None:
    app = opened(**settings)
    assert not app.exception
    assert why in texts(app)
    assert any(part.key == "signal_kernel.control" for part in app.segmented_control)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 9_000])
def test_hostile_links_show_the_first_state(opened: Opener, value: str) -> None:
    names = (
        "kernel",
        "width",
        "sum",
        "flip",
        "border",
        "source",
        "row",
        "length",
        "noise",
        "levels",
        "seed",
        "at",
    )
    app = opened(**{f"signal_{name}": value for name in names})
    assert not app.exception
    assert message_of(app)[0]["tracks"][0]["title"] == "Input x: a wave"


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(opened: Opener, name: str) -> None:
    app = opened()
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_the_detector_shows_its_sums_its_decisions_and_its_output(opened: Opener) -> None:
    app = opened(signal_kernel="detector")
    header, blocks = message_of(app)
    assert header["bits"]
    assert blocks[5].tolist() == [0, 1, 1, 0]
    assert blocks[8].tolist() == [1, 2, 2, 1]
    assert blocks[10].tolist() == [0.5]
    assert "0011 instead of 0110, and the output stays" in texts(app)


def test_shifting_the_inputs_and_turning_one_over_change_them(opened: Opener) -> None:
    app = opened(signal_kernel="detector")
    app.button(key="signal_shift").click().run()
    assert app.session_state["signal_bits"] == "000110"
    app.session_state["signal_bits"] = "100110"
    app.run()
    assert message_of(app)[1][0].tolist() == [1, 0, 0, 1, 1, 0]


def test_what_was_set_is_kept_while_its_control_is_away(opened: Opener) -> None:
    app = opened()
    app.select_slider(key="signal_width.control").set_value("9").run()
    for kernel in ("own", "detector", "average"):
        app.session_state["signal_kernel"] = kernel
        app.run()
    assert app.select_slider(key="signal_width.control").value == "9"
    assert len(message_of(app)[1][6]) == 9


def test_a_click_on_an_output_writes_its_sum_out(opened: Opener) -> None:
    app = opened(signal_at="7")
    assert message_of(app)[0]["selected"] == 7
    assert any("y_{7}" in formula.value for formula in app.latex)
