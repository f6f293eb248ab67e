"""The cost view of the convolution page without a browser."""

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import convolution_cost as part

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Opener = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times that are known: each design takes a millisecond, the plain one two."""

    def times(compared: Mapping[str, object], side: int, *, padded: bool) -> dict[str, float]:
        return {name: 0.002 if name == "plain" else 0.001 for name in compared}

    part.seconds_of.clear()
    monkeypatch.setattr(part.timings, "times", times)


@pytest.fixture
def opened() -> Opener:
    def open_view(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in {"view": "cost", **query}.items():
            app.query_params[name] = value
        return app.run().switch_page("../convolution.py").run()

    return open_view


def table(app: AppTest) -> dict[str, Any]:
    """What convolution_cost.js gets: the selected name, and the designs by name."""
    for entry in app.get("bidi_component"):
        if packed := entry.proto.bytes:
            header = json.loads(packed[4 : 4 + struct.unpack("<I", packed[:4])[0]])
            if "designs" in header:
                return header | {"designs": {design["name"]: design for design in header["designs"]}}
    raise AssertionError("the table is not shown")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption])


def test_a_first_visit_shows_the_lecture_of_kainz_computed(opened: Opener) -> None:
    app = opened()
    designs = table(app)["designs"]
    assert not app.exception
    assert [designs[name]["macs"] for name in ("plain", "stack", "strips")] == [
        80_281_600,
        62_078_976,
        34_406_400,
    ]
    assert all(design["seconds"] > 0 for design in designs.values())


@pytest.mark.parametrize("name", part.PRESETS)
def test_every_preset_names_its_lecture_and_shows_its_design(opened: Opener, name: str) -> None:
    settings = part.PRESETS[name].settings
    app = opened(**settings)
    assert not app.exception
    assert table(app)["selected"] == settings["cost_design"]
    assert "Kainz" in texts(app) or "Korenev & Gryaznov, lecture 5" in texts(app)


def test_the_first_preset_is_what_a_first_visit_shows(opened: Opener) -> None:
    first = next(iter(part.PRESETS.values())).settings
    assert table(opened()) == table(opened(**first))


def test_a_click_on_a_design_writes_out_its_sums(opened: Opener) -> None:
    app = opened()
    app.session_state["cost_design"] = "stack"
    formulas = [entry.value for entry in app.run().latex]
    assert any("73{,}728" in formula for formula in formulas)
    assert any("&= 5 " in formula for formula in formulas)


def test_the_slips_of_the_lecture_are_set_right(opened: Opener) -> None:
    assert "9 weights and 10" in texts(opened(**part.PRESETS["strips"].settings))
    said = texts(opened(**part.PRESETS["inception"].settings))
    assert "it gives 308 M" in said
    assert "needs 128 M" in said


def test_where_time_does_not_follow_macs_is_said_with_numbers(opened: Opener) -> None:
    said = texts(opened())
    assert "Depthwise separable: 5.6 % of the multiplications of 5 × 5 take 50 % of its time here" in said
    assert "9 times what they promise" in said


def test_groups_that_do_not_divide_the_channels_are_explained(opened: Opener) -> None:
    app = opened(cost_channels="6", cost_groups="4")
    assert not app.exception
    assert "6 channels cannot be split into 4 groups" in texts(app)


def test_long_work_is_timed_only_when_asked_for(opened: Opener) -> None:
    app = opened(cost_channels="256", cost_side="128", cost_window="7")
    assert {design["seconds"] for design in table(app)["designs"].values()} == {None}
    app.button(key="cost.again").click().run()
    assert table(app)["designs"]["plain"]["seconds"] == 0.002


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 60_000])
def test_hostile_links_show_the_first_state(opened: Opener, value: str) -> None:
    app = opened(**dict.fromkeys(part.SETTINGS, value))
    assert not app.exception
    assert table(app)["designs"]["plain"]["weights"] == 25 * 64**2
    assert value not in texts(app) or not value
