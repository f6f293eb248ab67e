"""The bundled segmentation network: what it finds, and how its answer moves with the picture."""

import re

import numpy as np
import pytest
import torch

from vizcore import train_bundled
from vizcore.toolkit import nets
from vizcore.toolkit.antialias import rewired
from vizcore.toolkit.data import SHAPE_CLASSES, shapes
from vizcore.toolkit.device import best
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.graphs import outputs
from vizcore.toolkit.layers import describe
from vizcore.toolkit.samples import sample
from vizcore.toolkit.segmenter import SEGMENTER, network, segment

CARD = (nets.WEIGHTS / "README.md").read_text().split("## segmenter:")[1]


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Intersection over union of two masks."""
    return (first & second).sum() / (first | second).sum()


def test_it_finds_held_out_shapes_as_well_as_the_model_card_says() -> None:
    for what, examples in train_bundled.held_out_scenes(SEGMENTER).items():
        share, count, iou = train_bundled.measured(nets.fresh(SEGMENTER), SEGMENTER, examples)
        line = re.search(rf"{what}: ([\d.]+)% of {count:,} pixels, mean IoU ([\d.]+)", CARD)
        assert 100 * share == pytest.approx(float(line[1]), abs=0.02)
        assert iou == pytest.approx(float(line[2]), abs=0.002)  # sums differ a little elsewhere
        assert iou >= 0.95


@pytest.mark.parametrize("name", SHAPE_CLASSES)
def test_a_shape_of_the_gallery_is_taken_for_what_it_is(name: str) -> None:
    found = segment(sample(f"shape-{name}")).labels
    assert np.mean(found[found > 0] == SEGMENTER.classes.index(name)) >= 0.95


def test_masks_of_held_out_shapes_are_found() -> None:
    drawn = shapes(50, seed=2)
    found = [segment(image).labels for image in drawn.images]
    wanted = drawn.masks * (1 + drawn.labels)[:, None, None]
    overlaps = [overlap(mask == true.max(), true > 0) for mask, true in zip(found, wanted, strict=True)]
    assert np.median(overlaps) >= 0.97
    assert min(overlaps) >= 0.6


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_an_empty_picture_is_background(grey: float) -> None:
    assert not segment(np.full((64, 64, 3), grey, np.float32)).labels.any()


def test_a_scene_without_a_shape_is_nearly_all_background() -> None:
    assert np.mean([segment(image).labels > 0 for image in shapes(20, seed=4, bare=True).images]) < 0.005


def test_probabilities_of_all_classes_add_up_to_one_and_the_largest_gives_the_label() -> None:
    found = segment(sample("cat"))
    assert found.classes == ("background", *SHAPE_CLASSES)
    assert found.probabilities.shape == (11, 64, 64)
    np.testing.assert_allclose(found.probabilities.sum(axis=0), 1, atol=1e-5)
    np.testing.assert_array_equal(found.probabilities.argmax(axis=0), found.labels)


@pytest.mark.parametrize(
    ("move", "follows"), [((8, 0), True), ((-16, 24), True), ((1, 0), False), ((4, 4), False)]
)
def test_on_a_torus_the_answer_moves_with_the_picture_in_steps_of_8_px(
    move: tuple[int, int], follows: bool
) -> None:
    steps = rewired(network("cpu"), border="circular")
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    answer, moved = (outputs(steps, batch)["head"] for batch in (picture, picture.roll(move, (2, 3))))
    assert torch.allclose(moved, answer.roll(move, (2, 3)), rtol=0, atol=1e-4) == follows


def test_its_steps_give_what_it_gives_and_each_is_a_layer_with_words() -> None:
    module, steps = nets.fresh(SEGMENTER), network("cpu")
    batch = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(outputs(steps, batch)["head"], module(batch), atol=1e-5)
    assert [step.name for step in steps] == [
        name for name, part in module.named_modules() if not part._modules
    ]
    assert all(describe(step.module).formula for step in steps)


def test_at_most_one_map_in_eight_is_dead() -> None:
    drawn = torch.from_numpy(shapes(50, seed=2).images).permute(0, 3, 1, 2)
    found = outputs(network("cpu"), train_bundled.normalised(drawn, SEGMENTER))
    alive = {name: (maps.amax(dim=(0, 2, 3)) > 0).float().mean().item() for name, maps in found.items()}
    assert min(alive.values()) >= 7 / 8, alive


def test_sessions_share_one_frozen_network() -> None:
    assert network() is network(best())
    modules = [step.module for step in network()]
    assert not any(module.training for module in modules)
    assert not any(weight.requires_grad for module in modules for weight in module.parameters())


def test_it_is_no_classifier() -> None:
    assert "segmenter" not in nets.all_architectures()
    with pytest.raises(InputError):
        nets.find("segmenter")


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(InputError, match="picture"):
        segment(np.zeros((64, 64)))
