"""Data sets: shapes, splits, bounds."""

import numpy as np
import pytest

from vizcore.toolkit import datasets
from vizcore.toolkit.data import digits
from vizcore.toolkit.datasets import DATASETS, OWN, Own, dataset, own
from vizcore.toolkit.errors import InputError


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_pictures_are_bytes_of_the_shape_that_the_table_says(name: str) -> None:
    found = dataset(name, count=400)
    assert found.images.shape == (300, *DATASETS[name].shape)
    assert found.held_images.shape == (100, *DATASETS[name].shape)
    assert found.images.dtype == np.uint8
    assert found.counts.sum() == 300


def test_no_digit_is_on_both_sides_and_none_is_lost() -> None:
    found = dataset("digits")
    both = np.concatenate([found.labels, found.held_labels])
    known = np.concatenate([digits().train_labels, digits().test_labels])
    assert np.bincount(both).tolist() == np.bincount(known).tolist()


def test_another_seed_holds_out_others() -> None:
    first, second = (dataset("digits", seed=seed).held_labels for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_noise_has_the_deviation_it_is_given_where_nothing_is_clipped() -> None:
    clean, noisy = (dataset("shapes", count=400, noise=noise).images.astype(float) for noise in (0, 0.1))
    middle = (clean > 100) & (clean < 155)
    assert (noisy - clean)[middle].std() / 255 == pytest.approx(0.1, rel=0.05)


def test_the_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        dataset("digits").images[0] = 0


def test_too_few_examples_and_unknown_data_are_explained() -> None:
    with pytest.raises(InputError, match="too few for 10 classes"):
        dataset("digits", count=30)
    with pytest.raises(InputError, match="no data set"):
        dataset("imagenet")


def test_both_sides_of_a_split_have_the_same_share_of_each_class() -> None:
    found = dataset("digits", share=0.2, seed=3)
    held = np.bincount(found.held_labels, minlength=10)
    np.testing.assert_allclose(held / (held + found.counts), 0.2, atol=0.01)


def test_equal_settings_give_the_very_same_arrays_and_the_usual_number_is_meant_by_0() -> None:
    assert dataset("digits", seed=7) is dataset("digits", seed=7)
    assert dataset("digits", seed=7, count=1_797) is dataset("digits", seed=7)


def test_noise_does_not_depend_on_how_many_pictures_get_it_together(monkeypatch: pytest.MonkeyPatch) -> None:
    images = dataset("digits").images[:50]
    at_once = datasets._noisy(images, 0.1, np.random.default_rng(1))
    monkeypatch.setattr(datasets, "SHEET", 7)
    np.testing.assert_array_equal(datasets._noisy(images, 0.1, np.random.default_rng(1)), at_once)


def pictures(counts: tuple[int, ...], side: int = 32) -> Own:
    labels = np.repeat(np.arange(len(counts)), counts)
    images = np.random.default_rng(0).integers(256, size=(len(labels), 3, side, side), dtype=np.uint8)
    return own(images, labels, np.array([f"class {label}" for label in range(len(counts))]))


def test_own_pictures_are_split_like_any_others() -> None:
    found = dataset(OWN, pictures((40, 20), 64), share=0.5)
    assert (found.name, found.classes) == (OWN, ("class 0", "class 1"))
    assert found.counts.tolist() == [20, 10]
    assert found.held_images.shape == (30, 3, 64, 64)


def test_fewer_own_pictures_keep_the_balance_of_the_classes() -> None:
    found = dataset(OWN, pictures((200, 100)), count=30, share=0.5)
    assert (found.counts + np.bincount(found.held_labels)).tolist() == [20, 10]


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((50,), "2 to 20 classes"),
        ((8,) * 21, "2 to 20 classes"),
        ((8, 7), "“class 1” has 7 pictures"),
        ((8, 1), "“class 1” has 1 picture."),
        ((2_993, 8), "At most 3,000 own pictures"),
    ],
)
def test_own_pictures_that_are_too_few_or_too_many_are_explained(
    counts: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        pictures(counts)


def test_own_pictures_of_another_size_are_explained() -> None:
    with pytest.raises(InputError, match="32 or 64 px"):
        pictures((8, 8), side=48)


def test_own_pictures_that_are_not_there_are_explained() -> None:
    with pytest.raises(InputError, match="never part of a link"):
        dataset(OWN)
