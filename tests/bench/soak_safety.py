"""`make soak`: odd pictures, archives, weights and texts, as many as reliability.md says. Half an hour."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.bench.load.measure import Server
from tests.browser import chromium, injected, school, told
from tests.browser.injected import PAYLOADS, Place
from tests.browser.watching import Watched
from tests.server.test_odd_uploads import looked_on, odd_files
from tests.toolkit import test_images as odd
from vizcore.toolkit.errors import InputError

Figure = Callable[[str, float, str], None]
NETS = ("tiny_vgg", "small_resnet", "lenet5", "resnet18~0", "vgg16~0")
LARGE = {  # of 49 million pixels, or as many as are read
    "PNG": ("RGBA", 7_000, {}),
    "JPEG": ("RGB", 7_000, {}),
    "progressive JPEG": ("CMYK", 5_000, {"progressive": True, "subsampling": 0}),
    "GIF": ("L", 7_000, {}),
    "BMP": ("1", 7_000, {}),
    "WEBP": ("RGBA", 3_870, {"lossless": True}),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with injected.place(tmp_path_factory.mktemp("injected")) as place:
        yield place


# ---------------------------------------------------------------- R1: pictures


def bench_five_thousand_damaged_pictures(figure: Figure) -> None:
    took, most = alone(_damaged, 5_000)
    figure("5,000 damaged pictures: p99 in ms", 1000 * float(np.percentile(took, 99)), "at most 50")
    figure("5,000 damaged pictures: slowest in s", max(took), "at most 1")
    figure("5,000 damaged pictures: memory in MB", most, "at most 300")
    assert max(took) <= 10
    assert most <= 300


@pytest.mark.parametrize("kind", LARGE)
def bench_the_largest_picture(figure: Figure, kind: str) -> None:
    took, most = alone(_large, kind)
    figure(f"the largest {kind}: s of CPU", took, "at most 1")
    figure(f"the largest {kind}: memory in MB", most, "at most 300")
    assert most <= 300


def alone(work: Callable[[Any], Any], argument: Any) -> tuple[Any, float]:
    """What `work` returns in a process of its own, and how many MB more than at first it held at once."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, argument))


def _measured(work: Callable[[Any], Any], argument: Any) -> tuple[Any, float]:
    prepared = work(argument)  # imports, and makes the files
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _peak()
    return prepared(), _peak() - before


def _peak() -> float:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def _damaged(count: int) -> Callable[[], list[float]]:
    def read_all() -> list[float]:
        took = []
        owner = np.random.default_rng(2026)
        for turn in range(count):
            data = odd.mutated(odd.SEEDS[turn % len(odd.SEEDS)], owner)
            begin = time.process_time()
            try:
                picture = odd.read(data, max_side=64)
            except InputError:
                odd.refusal(data)
            else:
                odd.assert_valid(picture, 64)
            took.append(time.process_time() - begin)
        return took

    return read_all


def _large(kind: str) -> Callable[[], float]:
    mode, side, options = LARGE[kind]
    out = io.BytesIO()
    PIL.Image.new(mode, (side, side)).save(out, kind.split()[-1], **options)
    odd.read(odd.FULL["PNG"])

    def read() -> float:
        begin = time.process_time()
        odd.read(out.getvalue())
        return time.process_time() - begin

    return read


# ---------------------------------------------------------------- S8: archives


def archives() -> dict[str, Callable[[], bytes]]:
    """Archives that nobody packs by mistake, by what is wrong with them."""
    comment = b"\xff\xfe\xff\xff" + bytes(65_533)

    def picture(kind: str, mode: str, side: int) -> bytes:
        out = io.BytesIO()
        PIL.Image.new(mode, (side, side)).save(out, kind)
        return out.getvalue()

    def zipped(count: int, make: Callable[[], bytes], name: str = "c/{}.png") -> bytes:
        out, content = io.BytesIO(), make()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(count):
                packed.writestr(name.format(number), content)
        return out.getvalue()

    def late(segments: int, end: bool = True) -> bytes:
        jpeg = picture("JPEG", "RGB", 7_000)
        return jpeg[:2] + segments * comment + (jpeg[2:] if end else b"")

    return {
        "60 PNG of 49 million pixels": lambda: zipped(60, lambda: picture("PNG", "RGBA", 7_000)),
        "2 PNG of 49 million pixels": lambda: zipped(2, lambda: picture("PNG", "RGBA", 7_000)),
        "8 JPEG of 49 million pixels": lambda: zipped(8, lambda: picture("JPEG", "RGB", 7_000)),
        "60 JPEG with late headers": lambda: zipped(60, lambda: late(6)),
        "60 JPEG without an end": lambda: zipped(60, lambda: late(300, end=False)),
        "5,000 JPEG with long headers": lambda: zipped(5_000, lambda: late(3)),
        "60 WebP": lambda: zipped(60, lambda: picture("WEBP", "RGB", 3_800)),
        "6 GIF of 49 million pixels": lambda: zipped(6, lambda: picture("GIF", "L", 7_000)),
        "5,000 small pictures": lambda: zipped(5_000, lambda: picture("PNG", "RGB", 8)),
        "5,001 small pictures": lambda: zipped(5_001, lambda: picture("PNG", "RGB", 8)),
        "20,000 of a few bytes": lambda: zipped(19_999, lambda: b"\x89PNG\r\n\x1a\n"),
        "20,001 of a few bytes": lambda: zipped(20_001, lambda: b""),
        "21 bombs of 20 MB": lambda: zipped(21, lambda: b"\x89PNG\r\n\x1a\n" + bytes(19_900_000)),
        "60 bombs of 20 MB": lambda: zipped(60, lambda: b"GIF89a" + bytes(19_900_000)),
        "40 bombs of 21 MB": lambda: zipped(40, lambda: b"\x89PNG\r\n\x1a\n" + bytes(21_000_000)),
        "40 texts of 20 MB": lambda: zipped(40, lambda: bytes(20_000_000)),
        "9,000 classes": lambda: zipped(9_000, lambda: picture("PNG", "RGB", 8), "c{}/1.png"),
        "19,000 deep paths": lambda: zipped(19_000, lambda: b"", "a/" * 900 + "{}.png"),
        "19,000 long names": lambda: zipped(19_000, lambda: b"", "x" * 4_000 + "/{}.png"),
    }


@pytest.mark.parametrize("what", archives())
def bench_a_hostile_archive(figure: Figure, what: str) -> None:
    took, most = alone(_unpacked, what)
    figure(f"an archive of {what}: s of CPU", took, "at most 2")
    figure(f"an archive of {what}: memory in MB", most, "at most 500")
    assert most <= 500


def _unpacked(what: str) -> Callable[[], float]:
    from vizcore.toolkit.archives import unpacked

    data = archives()[what]()

    def unpack() -> float:
        begin = time.process_time()
        with suppress(InputError):
            unpacked(data)
        return time.process_time() - begin

    return unpack


# ---------------------------------------------------------------- R2: through the server


def bench_three_hundred_odd_uploads(server: Server, figure: Figure) -> None:
    seen = looked_on(server, odd_files(300))
    figure("300 odd uploads: memory at most in MB, above the start", seen.grown, "at most 300")
    figure("300 odd uploads: /healthz meanwhile, p95 in s", seen.wait, "at most 0.5")
    assert seen.came.failed == []
    assert seen.came.taken + seen.came.refused == 300
    assert seen.grown <= 300


# ---------------------------------------------------------------- S5, S6: texts and pages


def bench_every_text_in_every_setting_of_every_view(place: Place) -> None:
    loud = []
    for page, view in told.views():
        turns = [told.hostile(page, view, turn) for turn in range(len(PAYLOADS))]
        turns += [{name: value} for turn in turns[::4] for name, value in turn.items()]
        for given in [*turns, *({"net": net} for net in place.nets.values())]:
            loud += [
                (page, view, *given, each) for each in told.loud(place.port, told.link(page, view, given))
            ]
    assert loud == []


def bench_every_view_in_a_browser_with_a_hostile_link(place: Place) -> None:
    with chromium.started() as browser:
        for turn, (page, view) in enumerate(told.views()):
            net = list(place.nets.values())[turn % len(place.nets)]
            for given in (told.hostile(page, view, turn) | {"net": net}, {"net": net}, {}):
                watched = Watched(browser, place.address)
                watched.open(f"{place.address}/{told.link(page, view, given)}")
                watched.assert_harmless()
                watched.context.close()


# ---------------------------------------------------------------- R10: how long a page takes


def bench_no_view_takes_five_seconds(server: Server, figure: Figure) -> None:
    port = int(server.address.rpartition(":")[2])
    while school.get(port, "/readyz")[0] != 200:
        time.sleep(1)
    slow = sorted(
        (_opening(port, page, view, net), f"{page} {view} {net}")
        for page, view in told.views()
        for net in NETS
    )
    for took, what in slow[-8:]:
        figure(f"opening {what}: s", took, "at most 5")


def _opening(port: int, page: str, view: str, net: str) -> float:
    begin = time.monotonic()
    assert list(told.said(port, told.link(page, view, {"net": net, "picture": "astronaut"})))
    return time.monotonic() - begin
