"""Pictures on the stage without a browser: uploads, this visit, the drawing, and the second picture."""

import base64
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import pictures
from vizcore.toolkit import images
from vizcore.toolkit.images import encode_png
from vizcore.toolkit.samples import sample

Opener = Callable[..., AppTest]


def page() -> None:
    """A page that says what is on its stages."""
    import numpy as np
    import streamlit as st

    from pages import frame
    from pages.frame import links

    names = ("picture", "net", *frame.BESIDE)
    links.follow("page", *names)
    if "paint" in st.session_state:
        frame.put(np.full((5, 6, 3), st.session_state["paint"], np.float32), "painted")
    stage = frame.current()
    frame.header("feature_maps", {}, stage)
    frame.sidebar(stage)
    if stage.drawn:
        frame.pad()
    frame.beside_control(stage)
    for shown in filter(None, (stage, frame.beside(stage))):
        st.text(f"{shown.picture}: {shown.title} {shown.digest} own {shown.own} through {shown.net}")
    links.publish("page", *names)


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_function(page, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_page


def texts(app: AppTest) -> list[str]:
    assert not app.exception
    return [element.value for element in app.text]


def choosing(app: AppTest) -> AppTest:
    """Open the dialog, by a click on the card in the sidebar."""
    app.session_state["stage.picture"] = {"pick": "x"}
    return app.run()


def upload(app: AppTest, number: int) -> str:
    """Upload a picture that is different for each number; returns its name in links."""
    image = np.full((9, 7, 3), number / 255, np.float32)
    choosing(app)
    app.file_uploader(key="stage.file").set_value((f"{number}.png", encode_png(image), "image/png")).run()
    return f"mine-{images.digest(image)[:8]}"


def visit(app: AppTest) -> list[str]:
    return [picture.name for picture in app.session_state["stage.visit"]]


def test_an_upload_stands_on_the_stage_under_its_digest(opened: Opener) -> None:
    app = opened(picture="cat")
    name = upload(app, 3)
    assert texts(app)[0].startswith(f"{name}: 3.png")
    assert "own True" in texts(app)[0]
    assert app.query_params["picture"] == name


def test_a_damaged_file_gets_advice_and_changes_nothing(opened: Opener) -> None:
    app = choosing(opened(picture="cat"))
    app.file_uploader(key="stage.file").set_value(("notes.png", b"%PDF-1.7", "image/png")).run()
    assert any("PDF" in text for text in texts(app))
    assert any(text.startswith("cat: Cat") for text in texts(app))


def test_the_last_eight_pictures_of_the_visit_stay_newest_first(opened: Opener) -> None:
    app = opened()
    names = [upload(app, number) for number in range(10)]
    assert visit(app) == names[:1:-1]
    assert upload(app, 5) == visit(app)[0]  # the same picture again only moves to the front
    assert sorted(visit(app)) == sorted(names[2:])


def test_large_pictures_of_the_visit_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, tuple[pictures.Picture, ...]] = {}
    monkeypatch.setattr("streamlit.session_state", session)
    monkeypatch.setattr(pictures.links, "choose", lambda *_: None)
    monkeypatch.setattr(pictures, "KEPT_BYTES", 3 * 16 * 16 * 3 * 4)
    for number in range(6):
        pictures.put(np.full((16, 16, 3), number / 8, np.float32), f"picture {number}")
    assert [kept.title for kept in session["stage.visit"]] == ["picture 5", "picture 4", "picture 3"]


def test_a_picture_of_the_visit_can_be_put_back(opened: Opener) -> None:
    app = opened()
    first, _ = upload(app, 1), upload(app, 2)
    app.session_state["picture"] = first
    app.run()
    assert texts(app)[0].startswith(f"{first}: 1.png")


@pytest.mark.parametrize("name", ["mine", "mine-12345678", "mine-<b>"])
def test_a_link_to_an_own_picture_of_another_visit_says_that_it_is_lost(opened: Opener, name: str) -> None:
    assert texts(opened(picture=name))[0] == pictures.LOST


def test_a_link_to_nothing_shows_the_first_picture_and_never_its_own_words(opened: Opener) -> None:
    app = opened(picture="**[free](http://x)**")
    assert texts(app)[:1] == [pictures.NOT_HERE]
    assert texts(app)[1].startswith("shape-star:")


def test_any_page_can_put_a_picture_on_the_stage(opened: Opener) -> None:
    app = opened()
    app.session_state["paint"] = 0.5
    app.run()
    assert texts(app)[0].split(" ")[1] == "painted"
    assert visit(app)[0].startswith("mine-")


def test_other_visitors_get_an_empty_pad_for_a_link_to_a_drawing(opened: Opener) -> None:
    app = opened(picture="drawing")
    empty = images.digest(np.zeros((64, 64, 3), np.float32))
    assert texts(app) == [f"drawing: Your drawing {empty} own True through tiny_vgg"]
    assert any("No link carries it" in caption.value for caption in app.caption)


def test_what_the_pad_sends_is_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.arange(64 * 64, dtype=np.uint8)
    message = {"n": 1, "pixels": base64.b64encode(pixels.tobytes()).decode(), "strokes": []}
    state: dict[str, object] = {"stage.pad": {"pick": message}}
    monkeypatch.setattr("streamlit.session_state", state)
    monkeypatch.setattr(pictures.links, "choose", lambda *_: None)
    pictures._draw()
    drawn = pictures._find(pictures.DRAWING, drawable=True).image
    np.testing.assert_array_equal(drawn[..., 1].ravel(), pixels.astype(np.float32) / 255)


@pytest.mark.parametrize("message", [None, 5, {}, {"n": 1, "pixels": "AAAA", "strokes": []}])
def test_a_hostile_message_changes_no_drawing(monkeypatch: pytest.MonkeyPatch, message: object) -> None:
    state: dict[str, object] = {"stage.pad": {"pick": message}}
    monkeypatch.setattr("streamlit.session_state", state)
    pictures._draw()
    assert "damaged" in str(state["stage.refused"])
    assert "stage.drawn" not in state


def test_beside_a_picture_stands_the_next_of_its_group(opened: Opener) -> None:
    app = opened(picture="digit-9", beside="picture")
    assert [text.split(":")[0] for text in texts(app)] == ["digit-9", "digit-0"]
    assert opened(picture="digit-9", beside="picture", picture2="cat").text[1].value.startswith("cat:")


def test_there_is_one_pad_and_it_belongs_to_the_first_picture(opened: Opener) -> None:
    shown = texts(opened(picture="digit-1", beside="picture", picture2="drawing"))
    assert shown[0] == pictures.NOT_HERE
    assert shown[2].startswith("digit-2:")


@pytest.mark.parametrize("hostile", ["x", "<script>", "nan"])
def test_nothing_stands_beside_the_stage_unless_asked_for(opened: Opener, hostile: str) -> None:
    assert len(texts(opened(beside=hostile))) == 1
    app = opened(beside="picture")
    app.segmented_control(key="stage.beside").set_value("").run()
    assert len(texts(app)) == 1
    assert "beside" not in app.query_params


def test_a_sample_is_nobodys_own(opened: Opener) -> None:
    digest = images.digest(sample("cat"))
    assert texts(opened(picture="cat")) == [f"cat: Cat {digest} own False through tiny_vgg"]
