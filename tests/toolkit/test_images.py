"""Pictures are read rightly, and whatever is not a picture is refused in a sentence."""

import io
import pickle
import re
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable

import numpy as np
import PIL.Image
import PIL.ImageFile
import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.filetypes import KINDS
from vizcore.toolkit.images import (
    MAX_BYTES,
    READERS,
    Picture,
    decode,
    digest,
    encode_png,
    read,
    stated_pixels,
)

FORMATS = {  # name -> (what Pillow calls it, options for a file without loss)
    "PNG": ("PNG", {}),
    "WebP": ("WEBP", {"lossless": True, "exact": True}),
    "BMP": ("BMP", {}),
}
BOMB = zlib.compress(bytes(64_000_000), 9)  # 62 kB that unpack to 64 MB


def noise(height: int, width: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (height, width, channels), dtype=np.uint8)


def encoded(pixels: np.ndarray | PIL.Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image = PIL.Image.fromarray(pixels) if isinstance(pixels, np.ndarray) else pixels
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, depth: int, colour: int, rows: Iterable[bytes], *chunks: bytes) -> bytes:
    """A PNG by hand; `rows` are packed samples, colour is 0 grey, 2 RGB, 3 palette, 4 grey and alpha."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def eight_bit(data: bytes) -> list:
    """The decoded picture as rows of 0 to 255; fails where a value is no multiple of 1/255."""
    pixels = decode(data) * 255
    np.testing.assert_allclose(pixels, np.rint(pixels), atol=1e-4)
    return np.rint(pixels).astype(int).tolist()


def refusal(data: bytes) -> str:
    """The sentence with which `data` is refused; fails where it shows the inside of the program."""
    with pytest.raises(InputError) as caught:
        read(data)
    message = str(caught.value)
    assert 20 < len(message) < 200
    assert not re.search(r"0x[0-9a-f]{4}|Error|Traceback|PIL|\.py|<|\n|/", message)
    return message


# ---------------------------------------------------------------- right pixels


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (5, 7), (31, 17)])
def test_files_without_loss_come_back_exactly(kind, size):
    pixels = noise(*size)
    picture = read(encoded(pixels, FORMATS[kind][0], **FORMATS[kind][1]))
    assert picture.pixels.dtype == np.float32
    np.testing.assert_array_equal(picture.pixels, pixels.astype(np.float32) / np.float32(255))
    assert picture.notes == ()


def test_a_jpeg_of_one_colour_keeps_it():
    pixels = decode(encoded(np.full((30, 20, 3), (200, 100, 50), np.uint8), "JPEG", quality=95))
    np.testing.assert_allclose(pixels * 255, np.broadcast_to((200, 100, 50), (30, 20, 3)), atol=2)


def test_grey_becomes_three_equal_channels():
    assert eight_bit(encoded(np.array([[0, 7, 255]], np.uint8), "PNG")) == [[[0] * 3, [7] * 3, [255] * 3]]


def test_one_bit_is_black_and_white():
    assert eight_bit(png(3, 1, 1, 0, [b"\xa0"])) == [[[255] * 3, [0] * 3, [255] * 3]]


def test_all_sixteen_bit_greys_are_scaled_not_clipped():
    grey = np.arange(65536).reshape(256, 256)
    pixels = decode(png(256, 256, 16, 0, [row.astype(">u2").tobytes() for row in grey]))
    np.testing.assert_allclose(pixels[..., 1], grey / 65535, atol=0.5 / 255 + 1e-6)
    assert pixels.mean() == pytest.approx(0.5, abs=1e-4)


def test_sixteen_bit_colour_keeps_its_high_byte():
    assert eight_bit(png(1, 1, 16, 2, [bytes([12, 12, 0, 0, 255, 255])])) == [[[12, 0, 255]]]


def test_half_transparent_red_on_white_is_pink():
    picture = read(encoded(np.array([[[255, 0, 0, 128]]], np.uint8), "PNG"))
    assert np.rint(picture.pixels * 255).tolist() == [[[255, 127, 127]]]
    assert picture.notes == ("Transparent parts are shown on white.",)


@pytest.mark.parametrize("kind", ["PNG", "WebP"])
def test_colours_hidden_under_full_transparency_stay_hidden(kind):
    pixels = noise(5, 7, 4)
    pixels[..., 3] = 0
    assert (decode(encoded(pixels, FORMATS[kind][0], **FORMATS[kind][1])) == 1).all()


def test_one_transparent_pixel_far_up_in_a_large_picture_is_noted():
    pixels = np.full((2_000, 1_000, 4), 255, np.uint8)
    pixels[0, 0] = 0
    assert "Transparent parts are shown on white." in read(encoded(pixels, "PNG")).notes


def test_an_opaque_alpha_channel_needs_no_note():
    pixels = noise(5, 7, 4)
    pixels[..., 3] = 255
    assert read(encoded(pixels, "PNG")).notes == ()


def test_grey_with_alpha_on_white():
    data = png(3, 1, 8, 4, [bytes([0, 255, 0, 0, 0, 128])])
    assert eight_bit(data) == [[[0] * 3, [255] * 3, [127] * 3]]


def test_sixteen_bit_grey_with_alpha_on_white():
    data = png(2, 1, 16, 4, [struct.pack(">4H", 0x4040, 65535, 0x4040, 0)])
    assert eight_bit(data) == [[[0x40] * 3, [255] * 3]]


PALETTE = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))


def test_palette_indices_become_colours():
    assert eight_bit(png(3, 1, 8, 3, [b"\2\0\1"], PALETTE)) == [[[0, 0, 255], [255, 0, 0], [0, 255, 0]]]


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (b"\xff\x00", [[255, 0, 0], [255, 255, 255], [0, 0, 255]]),
        (b"\x80\x00\xff", [[255, 127, 127], [255, 255, 255], [0, 0, 255]]),
    ],
)
def test_palette_entries_can_be_transparent(alpha, expected):
    assert eight_bit(png(3, 1, 2, 3, [b"\x18"], PALETTE, chunk(b"tRNS", alpha))) == [expected]


@pytest.mark.parametrize(
    ("depth", "colour", "row", "key", "expected"),
    [
        (1, 0, b"\x40", b"\0\1", [0, 255]),
        (2, 0, b"\x10", b"\0\1", [0, 255]),  # samples 0 and 1: 0 and 85 of 255
        (4, 0, b"\x0a", b"\0\x0a", [0, 255]),
        (8, 0, b"\x00\xaa", b"\0\xaa", [0, 255]),
        (16, 0, b"\x00\x00\xaa\xbb", b"\xaa\xbb", [0, 255]),
        (8, 2, b"\0\0\0\1\2\3", b"\0\1\0\2\0\3", [0, 255]),
        (16, 2, b"\0\0\0\0\0\0\1\x09\2\x09\3\x09", b"\1\x09\2\x09\3\x09", [0, 255]),
    ],
)
def test_the_one_transparent_colour_of_a_png_is_white_at_every_depth(depth, colour, row, key, expected):
    assert eight_bit(png(2, 1, depth, colour, [row], chunk(b"tRNS", key))) == [[[v] * 3 for v in expected]]


@pytest.mark.parametrize(
    ("ink", "light"),
    [((0, 0, 0, 0), (255, 255, 255)), ((0, 255, 255, 0), (255, 0, 0)), ((0, 0, 0, 255), (0, 0, 0))],
)
def test_printing_inks_become_light(ink, light):
    sheet = PIL.Image.new("CMYK", (16, 16), ink)
    np.testing.assert_allclose(decode(encoded(sheet, "JPEG", quality=95))[8, 8] * 255, light, atol=3)


TURNS = {  # EXIF orientation -> what sets the picture upright
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: p[::-1].swapaxes(0, 1),
    7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
    8: lambda p: p.swapaxes(0, 1)[::-1],
}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", TURNS)
def test_photos_are_set_upright(kind, orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    pixels = noise(40, 56)
    plain = decode(encoded(pixels, kind))
    np.testing.assert_array_equal(decode(encoded(pixels, kind, exif=exif)), TURNS[orientation](plain))


def test_orientation_six_puts_the_lower_left_corner_on_top():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # "the top row is the right side of the scene": turn clockwise
    pixels = np.array([[[1] * 3, [2] * 3], [[3] * 3, [4] * 3]], np.uint8)
    assert np.array(eight_bit(encoded(pixels, "PNG", exif=exif)))[..., 0].tolist() == [[3, 1], [4, 2]]


@pytest.mark.filterwarnings("ignore")  # Pillow warns about broken EXIF; nobody but the log sees it
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_garbage_exif_costs_no_picture(kind):
    pixels = noise(16, 24)
    plain = decode(encoded(pixels, kind))
    rng = np.random.default_rng(3)
    for length in range(0, 120, 3):
        garbage = rng.bytes(length)
        for exif in (
            garbage,
            b"Exif\0\0II*\0\x08\0\0\0" + garbage,
            b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + garbage,
        ):
            np.testing.assert_array_equal(decode(encoded(pixels, kind, exif=exif)), plain)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_shown(kind):
    first, second = (PIL.Image.new("RGB", (6, 4), colour) for colour in ("red", "lime"))
    picture = read(encoded(first, kind, save_all=True, append_images=[second], lossless=True))
    assert np.rint(picture.pixels * 255).reshape(-1, 3).tolist() == [[255, 0, 0]] * 24
    assert [re.sub("GIF|WebP|PNG", "file", note) for note in picture.notes] == [
        "This file has 2 frames; the first one is shown."
    ]


def test_a_gif_is_transparent_where_it_says_so():
    palette = PIL.Image.new("P", (2, 1))
    palette.putpalette([9, 9, 9, 0, 0, 255])
    palette.putdata([0, 1])
    assert eight_bit(encoded(palette, "GIF", transparency=0)) == [[[255, 255, 255], [0, 0, 255]]]


def test_a_camera_file_with_a_second_picture_shows_the_first():
    red, blue = (PIL.Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    data = encoded(red, "MPO", save_all=True, append_images=[blue])
    np.testing.assert_allclose(decode(data)[3, 3], (1, 0, 0), atol=0.02)


def test_what_hangs_behind_the_picture_is_ignored():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.js", "alert(1)")
    jpeg = encoded(noise(9, 9), "JPEG")
    np.testing.assert_array_equal(decode(jpeg + archive.getvalue()), decode(jpeg))


# ---------------------------------------------------------------- size


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1280, 300), (1280, 300)),
        ((2000, 1000), (1280, 640)),
        ((3000, 1), (1280, 1)),
        ((3, 40_000), (1, 1280)),
    ],
)
def test_the_longer_side_is_at_most_1280_and_the_shorter_at_least_1(size, expected):
    picture = read(encoded(PIL.Image.new("RGB", size, (10, 20, 30)), "PNG"))
    assert picture.pixels.shape == (expected[1], expected[0], 3)
    assert (np.rint(picture.pixels * 255) == (10, 20, 30)).all()


def test_the_note_gives_the_upright_size():
    exif = PIL.Image.Exif()
    exif[0x0112] = 8
    picture = read(encoded(PIL.Image.new("RGB", (800, 400)), "JPEG", exif=exif), max_side=200)
    assert picture.notes == ("Scaled from 400 × 800 to 100 × 200 pixels.",)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_shrinking_neither_shifts_nor_darkens(kind):
    across, down = np.meshgrid(np.linspace(0, 255, 3085), np.linspace(0, 255, 1001))
    ramps = np.rint(np.stack([across, down, 0 * down + 100], axis=2)).astype(np.uint8)
    pixels = decode(encoded(ramps, kind, quality=95, subsampling=0), max_side=257)
    centres = (np.arange(257) + 0.5) / 257 * 3085 - 0.5
    error = (pixels[40, :, 0] - centres / 3084)[5:-5]  # at the rim the window of the filter is cut
    assert abs(error).max() < 2.5 / 255
    assert abs(error.mean()) < 0.1 / 255  # a shift by a whole pixel would be 1 / 255
    assert pixels.mean(axis=(0, 1)) == pytest.approx([0.5, 0.5, 100 / 255], abs=0.5 / 255)


def test_hidden_colours_do_not_bleed_when_a_picture_shrinks():
    pixels = np.zeros((1000, 1000, 4), np.uint8)  # black and transparent
    pixels[:, 500:] = (255, 255, 255, 255)
    np.testing.assert_array_equal(decode(encoded(pixels, "PNG"), max_side=37), np.ones((37, 37, 3)))


# ---------------------------------------------------------------- refusals

NO_PICTURES = {
    "SVG": b'<?xml version="1.0"?>\n<!-- c --><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "HEIC": b"\0\0\0\x18ftypheic" + bytes(200),
    "AVIF": b"\0\0\0\x1cftypavif" + bytes(200),
    "TIFF": encoded(noise(4, 4), "TIFF"),
    "PDF": b"%PDF-1.7\n1 0 obj\n",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "ZIP": b"PK\x03\x04" + bytes(60),
    "HTML": b"\n<!DOCTYPE html><html><body><svg></svg></body></html>",
    "pickle": pickle.dumps({"weights": [1.0, 2.0]}),
    "text": "Größe: 3 × 4".encode(),
    "empty": b"",
    "first bytes are 7f 45 4c 46": b"\x7fELF\2\1\1" + bytes(60),
}


@pytest.mark.parametrize("word", NO_PICTURES)
def test_a_file_that_is_no_picture_is_called_by_its_name(word):
    assert word in refusal(NO_PICTURES[word])


def test_random_bytes_are_no_picture():
    rng = np.random.default_rng(11)
    for length in range(16, 216):
        assert "not a picture" in refusal(b"\0" + rng.bytes(length))


def test_every_format_that_is_read_is_recognised():
    assert set(READERS) <= set(KINDS)


def test_a_file_of_more_than_20_mb_is_refused():
    assert "20,000,001 bytes; at most 20,000,000" in refusal(encoded(noise(2, 2), "PNG").ljust(MAX_BYTES + 1))


def header_only(kind: str, width: int, height: int) -> bytes:
    """A small file that promises width x height pixels."""
    if kind == "PNG":
        return png(width, height, 8, 2, [b"\0"])
    if kind == "GIF":
        return b"GIF89a" + struct.pack("<HH", width, height) + encoded(noise(2, 2), "GIF")[10:]
    if kind == "WebP":
        still = encoded(noise(2, 2), "WEBP", lossless=True)[12:]
        canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
        frame = bytes(6) + b"\1\0\0\1\0\0" + bytes(4) + still  # 2 x 2 in the corner of the canvas
        chunks = [(b"VP8X", b"\2\0\0\0" + canvas), (b"ANIM", bytes(6)), (b"ANMF", frame)]
        body = b"WEBP" + b"".join(name + struct.pack("<I", len(what)) + what for name, what in chunks)
        return b"RIFF" + struct.pack("<I", len(body)) + body
    if kind == "BMP":
        return encoded(noise(2, 2), "BMP").replace(
            struct.pack("<ii", 2, 2), struct.pack("<ii", width, height)
        )
    return encoded(noise(2, 3), "JPEG").replace(
        struct.pack(">HH", 2, 3), struct.pack(">HH", height, width), 1
    )


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("side", [8_000, 12_000])
def test_a_bomb_is_refused_by_its_header(kind, side):
    assert f"This {kind} has {side} x {side} pixels; at most" in refusal(header_only(kind, side, side))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_a_promise_of_20000_squared_is_refused_by_its_header(kind):
    assert "20000 x 20000" in refusal(header_only(kind, 20_000, 20_000))


def test_a_webp_may_be_smaller_only_because_it_is_read_in_four_copies():
    assert "at most 15 million" in refusal(header_only("WebP", 4_000, 4_000))


def test_a_progressive_jpeg_may_be_smaller_because_all_of_its_waves_are_held():
    small = encoded(noise(2, 3), "JPEG", progressive=True)
    large = small.replace(struct.pack(">HH", 2, 3), struct.pack(">HH", 5_001, 5_000), 1)
    assert "This progressive JPEG has 5000 x 5001 pixels; at most 25 million" in refusal(large)
    assert stated_pixels(large) == 0


def test_the_header_says_how_many_pixels_would_be_decoded():
    for kind, data in FULL.items():
        assert stated_pixels(data) == 23 * 31, kind
    assert stated_pixels(header_only("PNG", 8_000, 8_000)) == 0
    assert stated_pixels(FULL["JPEG"][:30]) is stated_pixels(b"<svg>") is None


def test_pictures_up_to_the_limit_are_read():
    assert decode(png(7_000, 7_100, 1, 0, [bytes(875)] * 7_100)).shape == (1280, 1262, 3)
    assert decode(encoded(PIL.Image.new("RGB", (3_900, 3_800)), "WEBP", method=0)).shape == (1247, 1280, 3)


def test_the_largest_webp_is_refused_although_its_size_stays_unsaid():
    assert "pixels that can be read" in refusal(header_only("WebP", 16_384, 16_384))


def test_a_complete_bomb_under_pillows_own_limit_is_never_unpacked(monkeypatch):
    data = png(13_300, 13_300, 1, 0, [bytes(1663)] * 13_300)
    monkeypatch.setattr(PIL.ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    assert "13300 x 13300" in refusal(data)


def test_a_picture_of_one_endless_row_is_refused():
    assert "65,535 a side" in refusal(header_only("PNG", 40_000_000, 1))


@pytest.mark.parametrize(
    "bomb",
    [
        chunk(b"zTXt", b"Comment\0\0" + BOMB),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + BOMB),
        chunk(b"iCCP", b"profile\0\0" + BOMB),
    ],
)
def test_a_bomb_beside_the_pixels_is_refused_in_little_memory(bomb):
    data = png(1, 1, 8, 0, [b"\0"], bomb)
    tracemalloc.start()
    try:
        assert "damaged" in refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "data",
    [
        png(1, 1, 8, 0, [b"\0"], chunk(b"abCd", b"") * 200_000),
        b"\xff\xd8" + b"\xff\xe1\0\x10Exif\0\0II*\0\x08\0\0\0" * 200_000 + encoded(noise(9, 9), "JPEG")[2:],
        encoded(noise(9, 9), "GIF")[:-1] + b",\0\0\0\0\1\0\1\0\0\2\0" * 200_000 + b";",
    ],
    ids=["PNG chunks", "JPEG segments", "GIF frames"],
)
def test_a_file_of_countless_pieces_is_refused(data):
    assert "too many pieces" in refusal(data)


def test_a_jpeg_of_countless_scans_is_refused():
    data = encoded(PIL.Image.new("L", (64, 64)), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    assert "106 scans; at most 100" in refusal(data[:-2] + scan * 100 + b"\xff\xd9")


FULL = {
    "PNG": encoded(noise(23, 31), "PNG"),
    "JPEG": encoded(noise(23, 31), "JPEG"),
    "progressive JPEG": encoded(noise(23, 31), "JPEG", progressive=True),
    "WebP": encoded(noise(23, 31), "WEBP"),
    "BMP": encoded(noise(23, 31), "BMP"),
    "GIF": encoded(noise(23, 31), "GIF"),
}


@pytest.mark.parametrize("kind", FULL)
def test_a_file_cut_off_anywhere_is_refused_or_already_whole(kind):
    data, whole = FULL[kind], decode(FULL[kind])
    for cut in [*range(30, len(data) - 30, 29), *range(len(data) - 30, len(data))]:
        try:
            pixels = decode(data[:cut])
        except InputError:
            assert "cut off or damaged" in refusal(data[:cut])
        else:
            assert cut > len(data) - 30  # only what follows the last pixel is missing
            np.testing.assert_array_equal(pixels, whole)


def test_a_file_cut_in_the_middle_is_refused():
    for data in FULL.values():
        assert "cut off or damaged" in refusal(data[: len(data) // 2])


SEEDS = [
    *FULL.values(),
    encoded(noise(9, 13, 4), "PNG"),
    encoded(noise(9, 13, 4), "WEBP", lossless=True),
    encoded(PIL.Image.fromarray(noise(9, 13)).quantize(9), "PNG", transparency=b"\0\x80\xff"),
    encoded(PIL.Image.fromarray(noise(9, 13)).convert("CMYK"), "JPEG"),
    encoded(noise(9, 13), "GIF", save_all=True, append_images=[PIL.Image.new("RGB", (13, 9))]),
    png(4, 2, 16, 0, [bytes(range(8))] * 2, chunk(b"tRNS", b"\0\1"), chunk(b"tEXt", b"transparency\0no")),
    png(4, 2, 16, 2, [bytes(range(24))] * 2, chunk(b"tRNS", b"\0\1\2\3\4\5")),
]


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Change, drop, repeat or insert a few bytes, mostly near the start, where the headers are."""
    out = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        reach = len(out) if rng.random() < 0.5 else min(len(out), 80)
        at, length = int(rng.integers(reach)), int(rng.integers(1, 9))
        match rng.integers(4):
            case 0:
                out[at] = rng.integers(256)
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length]
            case 3:
                out[at : at + 4] = rng.choice(
                    [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", rng.bytes(4)]
                )
    return bytes(out)


@pytest.mark.filterwarnings("ignore")  # Pillow's warnings about what it finds are for the log
@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_mutated_files_give_a_picture_or_a_sentence(seed):
    rng = np.random.default_rng(seed)
    for _ in range(80):
        data = mutated(SEEDS[seed], rng)
        try:
            picture = read(data, max_side=64)
        except InputError:
            refusal(data)
        else:
            assert_valid(picture, 64)


def assert_valid(picture: Picture, max_side: int) -> None:
    pixels = picture.pixels
    assert pixels.dtype == np.float32
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert 1 <= min(pixels.shape) <= max(pixels.shape[:2]) <= max_side
    assert 0 <= pixels.min() <= pixels.max() <= 1


# ---------------------------------------------------------------- the way out


def test_an_image_survives_its_png_exactly():
    image = decode(encoded(noise(31, 17), "PNG"))
    np.testing.assert_array_equal(decode(encode_png(image)), image)


def test_encoding_rounds_and_clips_to_eight_bits():
    image = np.array([[[0.5, 1.2, -0.1]]], np.float32)
    assert eight_bit(encode_png(image)) == [[[128, 255, 0]]]


def test_equal_images_have_equal_digests_however_they_lie_in_memory():
    image = decode(encoded(noise(4, 6), "PNG"))
    assert digest(image) == digest(np.asfortranarray(image))
    assert re.fullmatch("[0-9a-f]{32}", digest(image))


def test_digests_tell_shapes_and_single_values_apart():
    image = np.zeros((4, 6, 3), np.float32)
    other = image.copy()
    other[0, 0, 0] = 1 / 255
    assert len({digest(image), digest(image.reshape(6, 4, 3)), digest(other)}) == 3
