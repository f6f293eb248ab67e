"""Training of the bundled networks, with next to no pictures."""

import dataclasses

import numpy as np
import pytest
import torch

from vizcore import train_bundled
from vizcore.toolkit import nets, variation
from vizcore.toolkit.nets import NETS, load
from vizcore.toolkit.shared import Shared
from vizcore.train_bundled import NETWORKS, RECIPES, initialised, measured, train

NET = NETS["lenet5"]
RECIPE = dataclasses.replace(RECIPES["lenet5"], epochs=4, batch=32)


@pytest.fixture(scope="module")
def examples() -> train_bundled.Examples:
    images, labels = RECIPE.examples(NET)
    return images[:256], labels[:256]


def test_a_few_steps_lower_the_loss(examples):
    losses = list(train(initialised(NET.build(10), 0), NET, RECIPE, examples))
    assert len(losses) == 4
    assert losses[-1] < losses[0] - 0.1


def test_equal_seeds_give_equal_losses(examples):
    short = dataclasses.replace(RECIPE, epochs=1)
    runs = [next(train(initialised(NET.build(10), seed), NET, short, examples)) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("name", ["tiny_vgg", "small_resnet", "segmenter"])
def test_networks_for_shapes_can_be_trained_too(name):
    net = NETWORKS[name]
    few = train_bundled.scene_examples if name == "segmenter" else train_bundled.shape_examples
    recipe = dataclasses.replace(RECIPES[name], epochs=1, batch=25)
    loss = next(train(initialised(net.build(len(net.classes)), 0), net, recipe, few(net, count=50)))
    assert 1.5 < loss < 4  # about ln 10 = 2.30 before it knows anything


def test_first_weights_have_the_variance_of_he_initialisation():
    module = initialised(NET.build(10), 0)
    assert module.fc1.weight.std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert not module.fc1.bias.any()


def test_accuracy_counts_right_answers():
    class First(torch.nn.Linear):
        def forward(self, x):
            return x[:, 0, 0, :10] + 0 * self.weight.sum()

    images = torch.eye(10).view(10, 1, 1, 10)  # the largest pixel is the answer
    labels = torch.tensor([0, 1, 2, 3, 4, 5, 6, 0, 0, 0])
    assert measured(First(1, 1), NET, (images, labels)) == (pytest.approx(0.7), 10)


@pytest.mark.parametrize("vary", [variation.vary_digits, variation.vary_shapes])
def test_variations_are_new_pictures_that_the_generator_determines(vary):
    images = torch.rand(5, 3, 16, 16)
    before = images.clone()
    once, again = (vary(images, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(once, again)
    assert torch.equal(images, before)
    assert once.shape == images.shape
    assert 0 <= once.min() < once.max() <= 1


def test_labels_of_pixels_move_with_the_picture(monkeypatch):
    monkeypatch.setattr(variation, "_lit", lambda images, generator, draw: images)
    labels = torch.randint(11, (5, 16, 16), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    images = labels[:, None].expand(-1, 3, -1, -1) / 10
    varied, moved = variation.vary_scenes(images, labels, torch.Generator().manual_seed(3))
    assert torch.equal(varied, moved[:, None].expand(-1, 3, -1, -1) / 10)
    assert not torch.equal(moved, labels)


def test_a_tenth_as_many_scenes_have_no_shape_and_every_pixel_has_its_class():
    images, labels = train_bundled.scene_examples(NETWORKS["segmenter"], count=20)
    assert images.shape == (22, 3, 64, 64)
    assert [scene.unique().tolist() for scene in labels] == [[0, 1 + k % 10] for k in range(20)] + 2 * [[0]]


def test_pictures_move_turn_and_grow_by_no_more_than_asked():
    images, generator = torch.rand(3, 1, 9, 9), torch.Generator().manual_seed(0)
    still = variation._warped(images, generator, angle=0, shift=0, scale=(1, 1), padding="zeros")
    np.testing.assert_allclose(still, images, atol=1e-5)
    square = torch.zeros(1, 1, 64, 64)
    square[..., 24:40, 24:40] = 1
    doubled = variation._warped(square, generator, angle=0, shift=0, scale=(2, 2), padding="zeros")
    assert doubled.sum().item() == pytest.approx(4 * 16**2, rel=0.01)


def test_both_dark_and_light_digits_are_shown_in_training(examples):
    varied = variation.vary_digits(examples[0], torch.Generator().manual_seed(0))
    corners = varied[:, 0, [0, 0, -1, -1], [0, -1, 0, -1]].median(dim=1).values
    assert 0.4 < (corners > 0.5).float().mean() < 0.6


def test_main_writes_weights_that_load_and_a_card_with_their_figures(tmp_path, monkeypatch, examples):
    for module in (nets, train_bundled):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    short = dataclasses.replace(RECIPE, epochs=1, examples=lambda net: examples)
    monkeypatch.setattr(train_bundled, "RECIPES", {"lenet5": short})
    monkeypatch.setattr(nets, "_networks", Shared(nets.nbytes))  # nothing loaded yet
    train_bundled.main(["lenet5"])
    share, _ = measured(load("lenet5", "cpu"), NET, short.held_out(NET)["held out"])
    assert f"Accuracy, held out: {share:.2%} of 450" in (tmp_path / "README.md").read_text()
