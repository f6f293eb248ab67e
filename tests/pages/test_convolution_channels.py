"""The view "channels": sums, maps, matrices for pixels, and groups."""

import numpy as np
import pytest

from tests.pages.convolution_views import message, opened, panels, texts


def test_three_results_and_a_bias_add_up_to_the_map() -> None:
    app = opened("channels", red="sobel_x", green="box", blue="log", times_green="-2", b="0.5")
    shown = panels(app)
    parts = sum(shown[f"{name} result"] for name in ("red", "green", "blue"))
    np.testing.assert_allclose(parts + 0.5, shown["their sum, plus b = 0.5"], atol=1e-6)


def test_the_factor_is_in_the_kernel_that_is_shown() -> None:
    app = opened("channels", green="box", times_green="-2")
    np.testing.assert_allclose(panels(app)["its kernel for green"], np.full((3, 3), -2 / 9), rtol=1e-6)


def test_a_click_on_a_pixel_writes_its_sum_out() -> None:
    app = opened("channels", picture="coffee")
    app.session_state["channels.panels"] = {"pick": {"place": [12, 40]}}
    app.session_state["channels_at"] = "12.40"
    app.run()
    value = panels(app)["their sum, plus b = 0"][12, 40]
    assert any("y_{12,40}" in line.value and f"{value:.3g}" in line.value for line in app.latex)


def test_the_counts_of_the_lecture_stand_in_the_table() -> None:
    """N9 (Kainz)."""
    app = opened("channels", kind="maps", filters="6", size="5", padding="same", second="10")
    said = texts(app)
    for number in ("= 450", "= 456", "= 540", "= 550", "32 × 32 × 6", "32 × 32 × 10", "3,072"):
        assert number in said
    assert len([name for name in panels(app) if name.startswith("layer 2")]) == 10


def test_one_filter_without_padding_makes_a_map_of_28_px() -> None:
    app = opened("channels", kind="maps", filters="1", size="5", padding="valid", second="0")
    assert panels(app)["map 0"].shape == (28, 28)
    assert "28 × 28 × 1" in texts(app)


def test_a_matrix_is_applied_to_every_pixel() -> None:
    shown = panels(opened("channels", picture="coffee", kind="pixel", matrix="swap"))
    np.testing.assert_allclose(shown["as a picture"], shown["the picture"][..., ::-1], atol=1e-6)


def test_edited_weights_stand_in_the_link_and_are_applied() -> None:
    app = opened("channels", kind="pixel", matrix="own", weights="1,0,0;0,0.5,0;0,0,-0.25", bias="0,0,1")
    header, _ = message(app, "table")
    assert header["table"] == [[1, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, -0.25, 1]]
    shown = panels(app)
    np.testing.assert_allclose(shown["new blue"], 1 - 0.25 * shown["the picture"][..., 2], atol=1e-6)
    assert "Your own weights" in texts(app)


@pytest.mark.parametrize("weights", ["1,0;0,1", "9,0,0;0,1,0;0,0,1", "nan,0,0;0,1,0;0,0,1", "<b>"])
def test_weights_that_are_no_matrix_give_way_to_the_first_one(weights: str) -> None:
    header, _ = message(
        opened("channels", kind="pixel", matrix="swap", weights=weights, bias="0,0,0"), "table"
    )
    assert header["table"][0] == [0, 0, 1, 0]


def test_choosing_a_matrix_replaces_what_was_edited() -> None:
    app = opened("channels", kind="pixel", matrix="own", weights="1,0,0;0,1,0;0,0,1", bias="0,0,1")
    app.segmented_control(key="channels_matrix.control").set_value("negative").run()
    assert message(app, "table")[0]["table"][0] == [-1, 0, 0, 1]


def test_groups_are_drawn_with_their_weights() -> None:
    app = opened("channels", kind="groups", inputs="8", outputs="4", groups="4")
    header, blocks = message(app, "diagrams")
    assert [diagram["layers"] for diagram in header["diagrams"]] == [[8, 4], [8, 4], [8, 8, 4]]
    assert blocks[1].reshape(4, 8).sum(axis=1).tolist() == [2, 2, 2, 2]
    assert header["diagrams"][1]["note"] == "4 · 2 · 9 = 72 weights"


def test_groups_that_do_not_divide_are_explained() -> None:
    app = opened("channels", kind="groups", inputs="8", outputs="8", groups="3")
    assert not app.exception
    assert "3 groups cannot share 8 input channels" in texts(app)


@pytest.mark.parametrize("kind", ["sum", "maps", "pixel", "groups"])
def test_hostile_links_show_the_first_state(kind: str) -> None:
    names = (
        "red",
        "times_red",
        "b",
        "at",
        "filters",
        "size",
        "padding",
        "second",
        "matrix",
        "weights",
        "pixel",
    )
    for value in ("", "-1", "1e9.0", "²·³", "<script>", "x" * 10_000):
        app = opened("channels", **dict.fromkeys(names, value) | {"kind": kind, "groups": value or "2"})
        assert not app.exception
