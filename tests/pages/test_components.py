"""Browser-side parts: what is packed can be read back, and scripts that import each other fit together."""

import json
import re
import struct

import numpy as np
import pytest

from pages.components import FOLDER, bundle, pack
from pages.components.layers import pack as pack_layers
from pages.components.maps import View
from pages.components.maps import pack as pack_maps
from vizcore.exhibits.feature_maps import Layer

SCRIPTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js"))}


def unpacked(message: bytes) -> tuple[dict[str, object], list[np.ndarray]]:
    (length,) = struct.unpack("<I", message[:4])
    header = json.loads(message[4 : 4 + length])
    start = 4 + length
    return header, [
        np.frombuffer(message, kind, count, start + offset) for offset, count, kind in header["blocks"]
    ]


def test_header_and_arrays_come_back_and_lie_at_multiples_of_four() -> None:
    arrays = [np.arange(5, dtype=np.uint8), np.array([[1.5, -2]], np.float32), np.array([7], np.int32)]
    header, read = unpacked(pack({"name": "é"}, *arrays))
    assert header["name"] == "é"
    assert all(offset % 4 == 0 for offset, _, _ in header["blocks"])  # type: ignore[attr-defined]
    for sent, got in zip(arrays, read, strict=True):
        np.testing.assert_array_equal(got, sent.ravel())


@pytest.mark.parametrize(("side", "kind"), [(8, "f4"), (112, "f2")])
def test_small_layers_travel_exactly_and_large_ones_in_half_precision(side: int, kind: str) -> None:
    maps = np.random.default_rng(1).normal(size=(64, side, side)).astype(np.float32)
    view = View("conv1", "id", 0, (0, 0), 1, (), False, "64 maps")
    message = pack_maps(
        view, maps, np.ones((64, 2), np.float32), np.arange(64), np.zeros((4, 4, 3), np.float32)
    )
    header, blocks = unpacked(message)
    assert header["blocks"][0][2] == kind  # type: ignore[index]
    np.testing.assert_allclose(blocks[0], maps.ravel(), rtol=5e-4, atol=1e-7)


def test_values_beyond_half_precision_are_not_cut() -> None:
    maps = np.full((64, 112, 112), 1e6, np.float32)
    view = View("conv1", "id", 0, (0, 0), 1, (), False, "64 maps")
    message = pack_maps(
        view, maps, np.ones((64, 2), np.float32), np.arange(64), np.zeros((4, 4, 3), np.float32)
    )
    assert (unpacked(message)[1][0] == 1e6).all()


def test_layers_name_what_they_read_by_its_place_and_bring_their_thumbnail() -> None:
    texts = ("Sum", "linear", "", (1, 2, 2), 0, 0, "", "", ())
    layers = [
        Layer("input", *texts, ()),
        Layer("conv", *texts, ("input",)),
        Layer("add", *texts, ("conv", "input")),
    ]
    thumbs = [np.full((2, 3), place, np.uint8) for place in range(3)]
    header, blocks = unpacked(pack_layers(layers, thumbs, [False, True, False], "conv", 1, "id"))
    sent: list[dict[str, object]] = header["layers"]  # type: ignore[assignment]
    assert [layer["inputs"] for layer in sent] == [[], [0], [0, 1]]
    assert sent[0]["thumb"] == [2, 3]
    assert blocks[0].tolist() == [0] * 6 + [1] * 6 + [2] * 6


def test_equal_content_makes_equal_messages() -> None:
    assert pack({"a": 1}, np.arange(3)) == pack({"a": 1}, np.arange(3))


def declared(script: str, export: str = "(?:export )?") -> list[str]:
    """Names of the functions and constants at the top level of a script."""
    lines = re.findall(rf"^{export}(?:default )?(?:function|const|let) (.*)", script, re.MULTILINE)
    return [name for line in lines for name in re.findall(r"^\w+|(?<=, )[A-Z]+(?= = )", line)]


def test_a_bundle_has_each_script_once_and_behind_what_it_imports() -> None:
    code = bundle("unit")
    some = ["unpack", "describe", "drawCells", "drawSelected", "render"]  # from canvas up to unit
    assert [name for name in declared(code) if name in some] == some
    assert not re.search("^import ", code, re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_that_become_one_module_share_no_name(name: str) -> None:
    names = declared(bundle(name))
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_what_it_calls_and_only_what_is_exported(name: str) -> None:
    known = set(re.findall(r"(?:function|const|let) (\w+)", SCRIPTS[name]))
    for names, stem in re.findall(r'^import \{ (.*) \} from "\./(\w+)\.js";$', SCRIPTS[name], re.MULTILINE):
        assert set(names.split(", ")) <= set(declared(SCRIPTS[stem], "export "))
        known |= set(names.split(", "))
    exported = {each for script in SCRIPTS.values() for each in declared(script, "export ")}
    called = {each for each in exported if re.search(rf"(?<![\w.]){each}[(\[]", SCRIPTS[name])}
    assert called <= known
