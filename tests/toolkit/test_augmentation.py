"""Augmentations: same shape, same range, the generator decides, and what each one changes."""

import pytest
import torch
from torch import Generator

from vizcore.toolkit.augmentation import AUGMENTATIONS, augmented
from vizcore.toolkit.errors import InputError

PICTURES = torch.rand(6, 3, 16, 16, generator=Generator().manual_seed(1))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_pictures_keep_shape_and_range_but_change(name: str) -> None:
    found = augmented(PICTURES, [name], Generator().manual_seed(2))
    assert found.shape == PICTURES.shape
    assert found.min() >= 0
    assert found.max() <= 1
    assert not torch.equal(found, PICTURES)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_one_seed_gives_one_change_and_each_picture_its_own(name: str) -> None:
    twice = [augmented(PICTURES[:1].repeat(8, 1, 1, 1), [name], Generator().manual_seed(3)) for _ in range(2)]
    assert torch.equal(twice[0], twice[1])
    assert len({each.numpy().tobytes() for each in twice[0]}) > 1


def test_a_flip_mirrors_left_to_right_or_leaves_a_picture_alone() -> None:
    found = augmented(PICTURES, ["flip"], Generator().manual_seed(0))
    same, mirrored = ((found == each).all(dim=(1, 2, 3)) for each in (PICTURES, PICTURES.flip(3)))
    assert (same | mirrored).all()
    assert same.any()
    assert mirrored.any()


def test_a_cutout_is_grey_and_about_a_ninth_of_the_picture() -> None:
    found = augmented(torch.zeros(500, 1, 30, 30), ["cutout"], Generator().manual_seed(0))
    assert set(found.unique().tolist()) == {0.0, 0.5}
    assert 0.06 < (found > 0).float().mean() < 0.115  # some of them reach over the border


def test_several_follow_one_another_and_none_changes_nothing() -> None:
    assert augmented(PICTURES, [], Generator()) is PICTURES
    both = augmented(PICTURES, ["shift", "noise"], Generator().manual_seed(5))
    owner = Generator().manual_seed(5)
    torch.testing.assert_close(both, augmented(augmented(PICTURES, ["shift"], owner), ["noise"], owner))


def test_an_unknown_augmentation_is_explained() -> None:
    with pytest.raises(InputError, match="no augmentation called 'fly'"):
        augmented(PICTURES, ["fly"], Generator())
