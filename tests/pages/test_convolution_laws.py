"""The view "laws": what it sends, and what it says."""

import numpy as np
import pytest

from tests.pages.convolution_views import opened, panels, texts


def test_a_first_visit_shows_both_sides_and_no_difference() -> None:
    app = opened("laws")
    assert not app.exception
    assert list(panels(app)) == ["x", "x ∗ f", "f ∗ x", "the difference", "f"]
    assert np.abs(panels(app)["the difference"]).max() < 1e-13


def test_two_kernels_are_shown_with_the_one_they_become() -> None:
    app = opened("laws", law="associative", f="gaussian", g="sobel_x")
    assert [panels(app)[name].shape for name in ("f", "g", "f ∗ g")] == [(5, 5), (3, 3), (7, 7)]
    assert "become one of 7 × 7" in texts(app)


def test_correlation_is_shown_to_fail() -> None:
    app = opened("laws", law="commutative", f="emboss", **{"as": "correlation"})
    assert np.abs(panels(app)["the difference"]).max() > 0.1
    assert "turned by 180 degrees" in texts(app)
    assert any(r"\star" in formula.value for formula in app.latex)


@pytest.mark.parametrize(
    ("law", "holds"),
    [
        ("commutative", (True, False)),
        ("associative", (True, False)),
        ("distributive", (True, True)),
        ("scalar", (True, True)),
        ("shifts:", (True, True)),
        ("shifts, zero padding", (False, False)),
    ],
)
def test_the_table_says_which_laws_hold_for_which_operation(law: str, holds: tuple[bool, bool]) -> None:
    """N38 (Kainz)."""
    lines = texts(opened("laws", f="emboss", g="sobel_x")).splitlines()
    (line,) = (line for line in lines if line.startswith(f"| {law}"))
    cells = line.strip("|").split("|")[1:]
    assert tuple("does not hold" not in cell for cell in cells) == holds


def test_the_border_is_measured() -> None:
    app = opened("laws", picture="cat", law="border", f="box", shift="4")
    assert "Further inside the difference is 0." in texts(app)
    assert app.select_slider(key="laws_shift.control").value == "4"


@pytest.mark.parametrize("value", ["", "nan", "²", "<script>", "x" * 60_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("laws", **dict.fromkeys(("law", "f", "g", "as", "shift"), value))
    assert not app.exception
    assert "x ∗ f" in panels(app)


def test_a_picture_of_eight_pixels_is_shown_too() -> None:
    app = opened("laws", picture="digit-3", law="associative", f="gabor", g="log")
    assert not app.exception
    assert panels(app)["(x ∗ f) ∗ g"].shape == (8 + 8 + 6, 8 + 8 + 6)
