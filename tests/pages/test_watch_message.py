"""A network at one moment of its training, as a message: which arrays travel, and how maps are coded."""

import numpy as np
import pytest

from pages.components.watch import FINEST, NO_NUMBER, blocks

NAMES = {"weights": ["conv1"], "maps": ["conv1", "relu1"], "activations": ["relu1"], "classes": ["a", "b"]}
MAPS = np.array([[[-1, 0.5], [2, 0]], [[3, 0], [0, 0]]], np.float32)  # (2, 2, 2) of conv1
LOOK = {
    "maps": np.concatenate([MAPS.ravel(), MAPS.clip(0).ravel()]),
    "map_shapes": np.array([[2, 2, 2], [2, 2, 2]], np.int32),
    "filters": np.zeros((0, 0, 0, 0), np.float32),
    "unknown": np.zeros(3),
}


def decoded(layer: str | None) -> np.ndarray:
    header, arrays = blocks(LOOK, NAMES, layer)
    found = dict(zip([name for name, _ in header["arrays"]], arrays, strict=True))
    low, high = found["limits"].T[:, :, None, None]
    return low + (high - low) * found["maps"] / FINEST


def test_maps_come_back_within_half_a_step_and_zero_exactly() -> None:
    for layer, maps in (("conv1", MAPS), ("relu1", MAPS.clip(0))):
        np.testing.assert_allclose(decoded(layer), maps, atol=3 / FINEST)
        assert (decoded(layer)[maps == 0] == 0).all()


@pytest.mark.parametrize("layer", [None, "conv9"])
def test_without_a_layer_the_first_activation_is_shown(layer: str | None) -> None:
    assert blocks(LOOK, NAMES, layer)[0]["layer"] == "relu1"


def test_what_is_no_number_has_a_code_of_its_own() -> None:
    maps = LOOK["maps"].copy()
    maps[:2] = np.nan, np.inf
    header, arrays = blocks(LOOK | {"maps": maps}, NAMES, "conv1")
    codes = arrays[[name for name, _ in header["arrays"]].index("maps")]
    assert (codes == NO_NUMBER).sum() == 2


def test_a_network_without_maps_sends_none() -> None:
    header, arrays = blocks(LOOK, NAMES | {"maps": []}, "relu1")
    assert header["layer"] is None
    assert [name for name, _ in header["arrays"]] == ["filters", "luts"]
    assert len(arrays) == 2
