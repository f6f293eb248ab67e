"""Own pictures to train on: from a ZIP archive of class folders, and from the camera, class by class.

They lie in the memory of this visit, and in the folder of each run that learns from them.
"""

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages import components
from pages.components.strips import Strip, View, pack
from pages.frame import links
from pages.parts.convolution_controls import choice
from pages.server import uploads
from pages.server.errors import advice
from vizcore.toolkit import archives, datasets, images
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.labels import clean_label

SOURCES = {"zip": "A ZIP archive", "camera": "The camera"}
SIDES = {str(side): f"{side} × {side} px" for side in datasets.OWN_SIDES}
KEPT = (
    "Pictures are cut to squares. Yours lie in the server's memory for this visit and in the folder of each "
    "run that learns from them, and are deleted with these. No link carries them."
)
ALBUM = "own.album"  # in the session: dict[class, list of (3, SIDE, SIDE) uint8]
GATHERED = "own.gathered"  # the same as data, behind the side for which it was made
SMALLER = datasets.OWN_SIDES[0]
SHOWN = 14  # pictures of each class


def album() -> dict[str, list[archives.Pixels]]:
    """The pictures of this visit by class."""
    found: dict[str, list[archives.Pixels]] = st.session_state.get(ALBUM, {})
    return found


def gathered() -> datasets.Own:
    """The pictures of this visit as data, without classes that have too few.

    Raises:
        InputError: there are none, or there are not two classes with enough.
    """
    shots = album()
    if not shots:
        raise InputError(
            "There are no pictures of your own yet. Add a ZIP archive with a folder for each class, or take "
            "some with the camera."
        )
    side = links.setting("own.side")
    if st.session_state.get(GATHERED, ("",))[0] != side:
        st.session_state[GATHERED] = (
            side,
            archives.gathered(enough(shots), int(side) if side in SIDES else SMALLER),
        )
    data: datasets.Own = st.session_state[GATHERED][1]
    return data


def enough(shots: dict[str, list[archives.Pixels]]) -> dict[str, list[archives.Pixels]]:
    """The classes with enough pictures; all of them where fewer than two have."""
    found = {name: each for name, each in shots.items() if len(each) >= datasets.OWN_EACH}
    return found if len(found) >= datasets.OWN_CLASSES[0] else shots


def left_out() -> str:
    """Which classes have too few pictures: a sentence, or nothing."""
    shots = album()
    few = [f"“{name}” ({len(each)})" for name, each in shots.items() if name not in enough(shots)]
    return f"Left out, with fewer than {datasets.OWN_EACH} pictures: {', '.join(few)}." if few else ""


def keep(shots: dict[str, list[archives.Pixels]]) -> None:
    """Let these be the pictures of this visit."""
    st.session_state[ALBUM] = shots
    st.session_state.pop(GATHERED, None)


def controls() -> None:
    """A button that opens the dialog, and what is there by now."""
    add, words = st.columns([1, 3], vertical_alignment="center")
    if add.button("Add or remove pictures", icon=":material/add_photo_alternate:", width="stretch"):
        st.session_state.pop("own.report", None)
        add_pictures()
    words.caption(KEPT)
    try:
        own = gathered()
    except InputError as error:
        st.text(str(error))
    else:
        there = (
            counted(len(own.labels), "picture", "pictures"),
            counted(len(own.classes), "class", "classes"),
        )
        st.text(f"There are {' of '.join(there)}. {left_out()}".strip())


@st.dialog("Own pictures", width="large", on_dismiss="rerun")
def add_pictures() -> None:
    """Bring pictures, and see what there is of each class."""
    source = st.segmented_control(
        "From", list(SOURCES), format_func=SOURCES.__getitem__, default="zip", required=True, key="own.source"
    )
    if source == "zip":
        _archive()
    else:
        _camera()
    _there()


def _archive() -> None:
    """Take in an archive, and say what of it was left out."""
    file = st.file_uploader(
        "An archive with a folder of pictures for each class; the folder's name is the class",
        type="zip",
        key=f"own.file.{_turn()}",
        max_upload_size=archives.MAX_BYTES // 1_000_000,
    )
    if file is not None and file.file_id != st.session_state.get("own.received"):
        st.session_state["own.received"] = file.file_id
        st.session_state["own.report"] = _turn(), *_received(file)
    turn, accepted, sentence = st.session_state.get("own.report", (-1, True, ""))
    if turn == _turn():
        (st.text if accepted else advice)(sentence)


def _received(upload: UploadedFile) -> tuple[bool, str]:
    """Whether an archive was taken in, and what to say about it."""
    bar = st.progress(0.0, "Reading the pictures")

    def tell(share: float) -> None:
        bar.progress(share, "Reading the pictures")

    try:
        with uploads.taken(upload, "archive") as data:
            found = archives.unpacked(data, tell)
            keep(archives.joined(album(), found.shots))
    except InputError as error:
        return False, str(error)
    finally:
        bar.empty()
    skipped = f" Left out: {archives.reasons(found.skipped)}." if found.skipped else ""
    added = (
        f"{counted(found.count, 'picture', 'pictures')} of {counted(len(found.shots), 'class', 'classes')}"
    )
    return True, f"{added} {'was' if found.count == 1 else 'were'} added.{skipped}"


def counted(count: int, one: str, many: str) -> str:
    """So many of them."""
    return f"{count:,} {one if count == 1 else many}"


def _camera() -> None:
    """Take pictures of one class after the other."""
    name = st.text_input(
        "Class of the next pictures", key="own.class", max_chars=40, placeholder="Such as: cup"
    )
    if not name.strip():
        few = datasets.OWN_EACH
        st.caption(f"Name a class first. Then take at least {few} pictures of it, each from another side.")
        return
    key = f"own.camera.{_turn()}"
    st.camera_input("What the camera sees", key=key, width=420, on_change=_take, args=(key, name))
    if refused := st.session_state.pop("own.refused", ""):
        advice(refused)


def _take(key: str, name: str) -> None:
    """Take in what the camera saw; the next shot needs no click that clears this one."""
    try:
        with uploads.taken(st.session_state[key], "picture") as data:
            shot = archives.fitted(images.decode(data, max_side=4 * archives.SIDE))
            keep(archives.joined(album(), {clean_label(name): [shot]}))
    except InputError as error:
        st.session_state["own.refused"] = str(error)
    st.session_state["own.turn"] = _turn() + 1


def _remove() -> None:
    """Forget all pictures, and the archive that some of them came from."""
    keep({})
    st.session_state["own.turn"] = _turn() + 1


def _turn() -> int:
    """What the keys of uploader and camera end with: another one empties them."""
    number: int = st.session_state.get("own.turn", 0)
    return number


def _there() -> None:
    """What there is of each class, whether it is enough, and what to do with it."""
    shots = album()
    if shots:
        rows = [Strip(name, np.array(each[-SHOWN:]), (len(each),)) for name, each in shots.items()]
        view = View(f"The newest pictures of {len(shots)} classes", ("pictures",), side=44)
        components.mount("strips", data=pack(view, rows), key="own.strips")
    choice("Size for the network", SIDES, "own.side")
    why = ""
    try:
        gathered()
    except InputError as error:
        why = str(error)
    if sentence := why or left_out():
        st.text(sentence)
    use, remove = st.columns(2)
    if use.button("Use them", type="primary", disabled=bool(why), width="stretch"):
        links.choose("t_data", datasets.OWN)
        st.rerun()
    remove.button(
        "Remove all", disabled=not shots, on_click=_remove, icon=":material/delete:", width="stretch"
    )
    st.caption(KEPT)
