"""Archives of class folders: what is taken, what is left out and why, and what is refused as a whole."""

import io
import random
import stat
import struct
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image as Pillow

from vizcore.toolkit import archives
from vizcore.toolkit.archives import SIDE, Found, gathered, joined, unpacked
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import encode_png


def png(grey: float = 0.5, height: int = 20, width: int = 30) -> bytes:
    return encode_png(np.full((height, width, 3), grey, np.float32))


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def only(found: Found) -> tuple[list[str], dict[str, int]]:
    """Names of the classes, and what was left out."""
    return list(found.shots), dict(found.skipped)


def test_the_folder_of_a_picture_is_its_class() -> None:
    found = unpacked(packed({"cups/1.png": png(0.25), "./train/pots/2.png": png(), "cups/3.jpg": png()}))
    assert only(found) == (["cups", "pots"], {})
    assert [len(shots) for shots in found.shots.values()] == [2, 1]
    assert (found.shots["cups"][0] == 64).all()


def test_of_a_picture_its_middle_is_taken() -> None:
    image = np.zeros((40, 100, 3), np.float32)
    image[:, 30:70, 1] = 1
    (shot,) = unpacked(packed({"green/1.png": encode_png(image)})).shots["green"]
    assert shot.shape == (3, SIDE, SIDE)
    assert shot[1, :, 2:-2].min() == 255
    assert shot[[0, 2]].max() == 0


LEFT_OUT = {
    archives.HIDDEN: ("__MACOSX/cups/._1.png", "cups/.DS_Store", ".git/cups/1.png"),
    archives.OUTSIDE: (
        "/etc/1.png",
        "../cups/1.png",
        "a/../../1.png",
        "C:/x/1.png",
        "C:\\x\\1.png",
        "\\\\h\\s\\1.png",
    ),
    archives.LOOSE: ("1.png",),
}


@pytest.mark.parametrize(
    ("reason", "path"), [(why, path) for why, paths in LEFT_OUT.items() for path in paths]
)
def test_hidden_files_and_tricks_with_paths_are_left_out(reason: str, path: str) -> None:
    found = unpacked(packed({"good/1.png": png(), path: png()}))
    assert only(found) == (["good"], {reason: 1})


def test_folders_in_folders_end_somewhere() -> None:
    found = unpacked(packed({"good/1.png": png(), "a/" * 5000 + "1.png": png()}))
    assert only(found) == (["good"], {archives.OUTSIDE: 1})


def test_links_are_not_followed() -> None:
    link = zipfile.ZipInfo("cups/passwd.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO(packed({"good/1.png": png()}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert only(unpacked(out.getvalue())) == (["good"], {archives.LINK: 1})


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_path_counts_once() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for grey in (0.0, 1.0):
            archive.writestr("cups/1.png", png(grey))
    found = unpacked(out.getvalue())
    assert only(found) == (["cups"], {archives.TWICE: 1})
    assert found.count == 1


def changed(data: bytes, offset: int, value: int) -> bytes:
    """The last entry of an archive with another field of two bytes, in its list at the end."""
    at = data.rindex(archives.ENTRY) + offset
    return data[:at] + struct.pack("<H", value) + data[at + 2 :]


@pytest.mark.parametrize(("offset", "value", "reason"), [(8, 1, archives.LOCKED), (10, 12, archives.PACKED)])
def test_what_is_encrypted_or_packed_otherwise_is_left_out(offset: int, value: int, reason: str) -> None:
    data = changed(packed({"good/1.png": png(), "cups/2.png": png(0.1)}), offset, value)
    assert only(unpacked(data)) == (["good"], {reason: 1})


def test_damaged_pictures_and_other_files_are_left_out() -> None:
    files = {
        "cups/1.png": png(),
        "cups/2.png": png()[:40],
        "cups/notes.txt": b"hello",
        "cups/x.zip": packed({}),
    }
    assert only(unpacked(packed(files))) == (["cups"], {archives.DAMAGED: 1, archives.OTHER: 2})


def test_an_entry_whose_check_sum_is_wrong_is_left_out() -> None:
    data = packed({"good/1.png": png(), "cups/2.png": png(0.1)}, zipfile.ZIP_STORED)
    at = data.rindex(b"IEND")
    assert only(unpacked(data[:at] + b"jEND" + data[at + 4 :])) == (["good"], {archives.DAMAGED: 1})


def test_class_names_are_made_fit_to_be_shown() -> None:
    names = ("<img src=x onerror=alert(1)>", "a\u202eb", "x" * 3000, "![](http://evil/x.png)")
    found = unpacked(packed({f"{name.replace('/', '')}/1.png": png() for name in names}))
    assert all(len(name) <= 40 and name.isprintable() for name in found.shots)
    assert "ab" in found.shots


def test_a_bomb_is_left_out_before_it_is_unpacked() -> None:
    bomb = packed({"good/1.png": png(), "bomb/1.png": bytes(archives.images.MAX_BYTES + 1)})
    assert len(bomb) < 100_000
    assert only(unpacked(bomb)) == (["good"], {archives.LARGE: 1})


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    data = packed({"good/1.png": png(), "bomb/1.png": bytes(10_000_000)})
    at = data.rindex(archives.ENTRY) + 24
    lying = data[:at] + struct.pack("<I", 100) + data[at + 4 :]
    assert only(unpacked(lying))[0] == ["good"]


def test_many_large_entries_are_refused_once_they_are_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        unpacked(packed({f"bomb/{number}.png": png() + bytes(300_000) for number in range(9)}))


def solid(side: int, kind: str) -> bytes:
    """A small file of a large picture."""
    out = io.BytesIO()
    Pillow.new("RGB", (side, side), "red").save(out, kind)
    return out.getvalue()


def test_pictures_that_take_seconds_to_decode_are_refused_by_their_headers_at_once() -> None:
    picture = solid(7_000, "PNG")
    begin = time.process_time()
    with pytest.raises(InputError, match="2,940 million pixels"):
        unpacked(packed({f"cups/{number}.png": picture for number in range(60)}))
    assert time.process_time() - begin < 0.5


def test_a_header_behind_much_else_is_found_and_of_a_jpeg_four_pixels_count_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archives, "MAX_PIXELS", 40_000)
    picture = solid(400, "JPEG")
    late = picture[:2] + (b"\xff\xfe\xff\xff" + bytes(65_533)) * 6 + picture[2:]
    assert unpacked(packed({"cups/1.jpg": late})).count == 1
    for data in (packed({"a/1.jpg": late, "a/2.jpg": late}), packed({"a/1.png": solid(201, "PNG")})):
        with pytest.raises(InputError, match="at most 0 million can be read"):
            unpacked(data)


def test_a_long_list_of_entries_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 5)
    with pytest.raises(InputError, match="more than the 5 entries"):
        unpacked(packed({f"cups/{number}": b"" for number in range(6)}))


def test_work_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_SECONDS", 0.0)
    with pytest.raises(InputError, match="more than 0 s"):
        unpacked(packed({"cups/1.png": png()}))


def test_too_many_classes_or_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="at most 20 classes"):
        unpacked(packed({f"class {number}/1.png": png() for number in range(21)}))
    monkeypatch.setattr(archives.datasets, "OWN_MOST", 3)
    with pytest.raises(InputError, match="At most 3 own pictures"):
        unpacked(packed({f"cups/{number}.png": png() for number in range(4)}))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no ZIP archive"),
        (png(), "is PNG"),
        (packed({"cups/1.png": png()})[:60], "cut off or damaged"),
        (packed({}), "no picture in this archive"),
        (packed({"1.png": png()}), "left out: 1 in no folder"),
    ],
    ids=["empty", "picture", "cut off", "nothing in it", "no folders"],
)
def test_what_is_no_archive_of_pictures_is_explained(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        unpacked(data)


def test_five_hundred_damaged_archives_raise_nothing_else_and_end_soon() -> None:
    owner = random.Random(1)
    whole = packed(
        {f"{kind}/{number}.png": png(number / 9) for kind in ("cups", "pots") for number in range(4)}
    )
    for _ in range(500):
        broken = bytearray(whole)
        for _ in range(owner.randint(1, 12)):
            broken[owner.randrange(len(broken))] = owner.randrange(256)
        start = time.monotonic()
        with suppress(InputError):
            assert unpacked(bytes(broken[: owner.randint(30, len(broken))])).count <= 8
        assert time.monotonic() - start < 2


def test_progress_goes_up_to_one_and_is_told_now_and_then() -> None:
    told: list[float] = []
    unpacked(packed({f"cups/{number}.png": png() for number in range(120)}), told.append)
    assert told == sorted(told)
    assert 40 <= len(told) <= 60


def test_gathered_pictures_are_data_whose_pixels_are_means_of_two_by_two() -> None:
    shots = {"a": [np.zeros((3, SIDE, SIDE), np.uint8)] * 8, "b": [np.full((3, SIDE, SIDE), 9, np.uint8)] * 9}
    shots["a"][0] = np.tile(np.array([[10, 20], [30, 40]], np.uint8), (3, SIDE // 2, SIDE // 2))
    found = gathered(shots, 32)
    assert found.images.shape == (17, 3, 32, 32)
    assert (found.images[0] == 25).all()
    assert found.labels.tolist() == [0] * 8 + [1] * 9
    assert gathered(shots, 64).images.shape == (17, 3, 64, 64)


def test_pictures_of_one_class_from_two_sources_come_together() -> None:
    shot = np.zeros((3, SIDE, SIDE), np.uint8)
    both = joined({"a": [shot]}, {"b": [shot], "a": [shot, shot]})
    assert {name: len(shots) for name, shots in both.items()} == {"a": 3, "b": 1}


@pytest.mark.parametrize(("counts", "sentence"), [((9, 7), "“class 1” has 7"), ((9,), "2 to 20 classes")])
def test_too_few_pictures_or_classes_are_explained(counts: tuple[int, ...], sentence: str) -> None:
    shot = np.zeros((3, SIDE, SIDE), np.uint8)
    with pytest.raises(InputError, match=sentence):
        gathered({f"class {label}": [shot] * count for label, count in enumerate(counts)}, 32)


def test_a_picture_with_too_many_pixels_is_too_large_and_not_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives.images, "MAX_PIXELS", 1)
    data = packed({"cups/1.png": png()})
    with pytest.raises(InputError, match="1 too large, with more pixels"):
        unpacked(data)
