"""Data of a training run without a browser: samples, split, augmentation, downloads, own pictures."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.strips import Strip, View, pack
from pages.parts import live_training_own as own_pictures
from tests.pages.losses_views import Message, texts, unpacked
from vizcore.toolkit import datasets, public_data
from vizcore.toolkit.augmentation import preview
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import encode_png

Opener = Callable[..., AppTest]


def page() -> None:
    """A page that chooses data, shows them, and says what a run would get."""
    import streamlit as st

    from pages.frame import links
    from pages.parts import live_training_data as data
    from pages.parts import live_training_own as own_pictures

    names = ("t_data", "t_count", "t_share", "t_noise", "t_augment", "t_seed")
    links.follow("live_training", *names)
    data.choose()
    data.data_controls()
    if st.session_state.get("dialog"):  # for a browser a dialog stays open by itself
        own_pictures.add_pictures()
    found = data.taken()
    shapes = {name: array.shape for name, array in found.arrays.items()}
    st.text(f"taken: {shapes} {found.extent.most if found.extent else 0} {found.why}")
    links.publish("live_training", *names)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Open the page with a link, on a computer that has no public data."""
    monkeypatch.setenv("CONVOSCOPE_DATA", str(tmp_path))

    def open_page(**query: str) -> AppTest:
        app = AppTest.from_function(page, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_page


def strips(app: AppTest) -> list[Message]:
    """What the rows of pictures get: samples, then the preview."""
    sent = [unpacked(part.proto.bytes) for part in app.get("bidi_component") if part.proto.bytes]
    return [message for message in sent if "rows" in message[0]]


def packed(counts: dict[str, int]) -> bytes:
    """An archive with so many pictures in each folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, count in counts.items():
            for number in range(count):
                archive.writestr(
                    f"{name}/{number}.png", encode_png(np.full((8, 9, 3), number / 99, np.float32))
                )
    return out.getvalue()


def upload(app: AppTest, data: bytes) -> AppTest:
    """Open the dialog and bring an archive."""
    app.session_state["dialog"] = True
    app.run()
    app.file_uploader(key="own.file.0").set_value(("mine.zip", data, "application/zip")).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_each_class_has_a_row_of_samples_and_a_bar_of_both_sides_of_the_split(opened: Opener) -> None:
    ((header, blocks),) = strips(opened(t_share="0.5"))
    data = datasets.dataset("digits", share=0.5)
    held = np.bincount(data.held_labels)
    assert [row["name"] for row in header["rows"]] == list("0123456789")
    assert [row["counts"] for row in header["rows"]] == np.stack([data.counts, held], 1).tolist()
    first = data.images[data.labels == 0][0, 0]
    np.testing.assert_array_equal(blocks[0][: 3 * 32 * 32 : 3], first.ravel())


def test_the_numbers_in_the_text_are_those_of_the_data(opened: Opener) -> None:
    said = texts(opened(t_data="shapes", t_count="500", t_share="0.2"))
    assert "**400** pictures to learn from, **100** held out" in said
    assert "The classes are balanced." in said


def test_noise_shows_in_the_samples(opened: Opener) -> None:
    clean, noisy = (strips(opened(t_noise=noise))[0][1][0].astype(int) for noise in ("0", "0.3"))
    assert 20 < np.abs(noisy - clean).mean() < 80


def test_six_pictures_are_shown_before_and_after_augmentation_and_drawn_again(opened: Opener) -> None:
    app = opened(t_augment="rotate.cutout")
    data = datasets.dataset("digits")
    _, (header, (pixels,)) = strips(app)
    before, after = np.split(pixels, 2)
    np.testing.assert_array_equal(before[::3], data.images[:6].ravel())
    np.testing.assert_array_equal(after[::3], preview(data.images[:6], ["rotate", "cutout"], 0).ravel())
    again = strips(press(app, "Draw again"))[1][1][0]
    assert not np.array_equal(again, pixels)
    assert [row["name"] for row in header["rows"]] == ["Before", "After"]


def test_pills_become_a_setting_in_the_order_of_the_table(opened: Opener) -> None:
    app = opened()
    app.get("button_group")[0].set_value(["cutout", "shift"]).run()
    assert app.query_params["t_augment"] == "shift.cutout"


@pytest.mark.parametrize("value", ["<b>", "9" * 60, "nan", "shift..shift.fly", "-1"])
def test_a_hostile_link_shows_the_digits(value: str, opened: Opener) -> None:
    app = opened(t_data=value, t_count=value, t_share=value, t_noise=value, t_augment=value, t_seed=value)
    assert "1,348" in texts(app)


def test_too_few_examples_are_explained_beside_the_controls(opened: Opener) -> None:
    many = packed({str(number): 8 for number in range(20)})
    app = press(upload(opened(t_data="own", t_share="0.05"), many), "Use them")
    assert "160 examples are too few for 20 classes" in texts(app)


@pytest.mark.parametrize("name", public_data.PUBLIC)
def test_public_data_that_are_not_here_can_be_downloaded_and_nothing_else_is_shown(
    name: str, opened: Opener, tmp_path: Path
) -> None:
    app = opened(t_data=name)
    assert str(tmp_path) in texts(app)
    assert [button.label[:8] for button in app.button] == ["Download"]
    assert strips(app) == []


def test_a_download_that_fails_says_why(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    def asleep(name: str, *_: object) -> None:
        raise InputError(f"{name} is asleep.")

    monkeypatch.setattr(public_data, "download", asleep)
    app = press(opened(t_data="mnist"), "Download 11.1 MB")
    end = time.monotonic() + 10
    while "mnist is asleep" not in texts(app):
        assert time.monotonic() < end
        app.run()


def test_an_archive_becomes_data_and_says_what_was_left_out(opened: Opener) -> None:
    app = upload(opened(t_data="own"), packed({"cup": 9, "pot": 12, ".hidden": 1}))
    assert "21 pictures of 2 classes were added. Left out: 1 hidden" in texts(app)
    press(app, "Use them")
    assert "There are 21 pictures of 2 classes." in texts(app)
    assert "{'images': (21, 3, 32, 32), 'labels': (21,), 'classes': (2,)} 21" in texts(app)
    assert [row["name"] for row in strips(app)[0][0]["rows"]] == ["cup", "pot"]


def test_own_pictures_can_be_taken_at_twice_the_side(opened: Opener) -> None:
    app = upload(opened(t_data="own"), packed({"cup": 9, "pot": 12}))
    app.get("button_group")[1].set_value("64").run()
    assert "(21, 3, 64, 64)" in texts(press(app, "Use them"))


def test_too_few_pictures_of_a_class_are_explained_and_cannot_be_used(opened: Opener) -> None:
    app = upload(opened(t_data="own"), packed({"cup": 9, "pot": 7}))
    assert "“pot” has 7 pictures" in texts(app)
    assert next(button for button in app.button if button.label == "Use them").disabled


def test_a_class_with_too_few_pictures_is_left_out_and_the_others_can_be_used(opened: Opener) -> None:
    app = upload(opened(t_data="own"), packed({"cup": 9, "pot": 12, "lid": 1}))
    assert "Left out, with fewer than 8 pictures: “lid” (1)." in texts(app)
    assert "{'images': (21, 3, 32, 32), 'labels': (21,), 'classes': (2,)} 21" in texts(press(app, "Use them"))


def test_one_picture_of_one_class_is_said_in_the_singular(opened: Opener) -> None:
    assert "1 picture of 1 class was added." in texts(upload(opened(t_data="own"), packed({"cup": 1})))


def test_a_hostile_archive_is_explained(opened: Opener) -> None:
    app = upload(opened(t_data="own"), b"PK\x03\x04 nothing")
    assert "cut off or damaged" in texts(app)


def test_all_own_pictures_can_be_removed(opened: Opener) -> None:
    app = press(upload(opened(t_data="own"), packed({"cup": 9, "pot": 12})), "Remove all")
    assert app.session_state[own_pictures.ALBUM] == {}
    assert "no pictures of your own yet" in texts(app)


def test_grey_pictures_travel_as_colour_and_names_as_they_are() -> None:
    grey = np.arange(8, dtype=np.uint8).reshape(2, 1, 2, 2)
    header, (pixels,) = unpacked(pack(View("two", ("pictures",)), [Strip("<b>", grey, (2,))]))
    assert pixels.tolist() == np.repeat(np.arange(8), 3).tolist()
    assert header["rows"] == [{"name": "<b>", "pictures": 2, "counts": [2]}]
