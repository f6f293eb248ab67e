"""The gallery is complete, credited and readable without a network."""

import re
import subprocess
import sys

import numpy as np
import pytest

from vizcore.toolkit.data import SHAPE_CLASSES, digits, shapes
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.samples import SAMPLES, sample


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_valid_picture(name):
    image = sample(name)
    assert image.dtype == np.float32
    assert image.shape[2:] == (3,)
    assert 8 <= max(image.shape) <= 512
    assert image.min() >= 0
    assert image.max() <= 1
    assert image.std() > 0.05  # not an empty picture


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_can_be_linked_described_and_credited(name):
    entry = SAMPLES[name]
    assert re.fullmatch("[a-z0-9-]{3,20}", name)
    assert re.fullmatch(r"[A-Z][\w ]{2,15}", entry.title)
    assert re.search("CC0|public domain|CC BY|no known copyright|MIT licence", entry.credit)
    assert re.fullmatch(r"[A-Z].{15,90}\.", entry.alt)


def test_the_cat_is_ginger_and_lies_on_its_side_of_the_picture():
    assert sample("cat").shape == (300, 451, 3)
    red, green, blue = sample("cat").mean(axis=(0, 1))
    assert red > green > blue


def test_there_is_one_held_out_digit_of_each_class():
    held_out = digits()
    for number in range(10):
        image = sample(f"digit-{number}")
        same = (held_out.test_images == image[..., 0]).all(axis=(1, 2))
        assert image.shape == (8, 8, 3)
        assert (image == image[..., :1]).all()
        assert held_out.test_labels[same].tolist() == [number]


def test_there_is_one_example_of_each_shape():
    names = [name for name in SAMPLES if SAMPLES[name].group == "Shapes"]
    assert names == [f"shape-{name}" for name in SHAPE_CLASSES]
    assert all(sample(name).shape == (64, 64, 3) for name in names)


def test_the_star_is_drawn_where_a_star_belongs():
    drawn = shapes(1, seed=1001, classes=["star"])
    inside, outside = (sample("shape-star")[drawn.masks[0] == where].mean(axis=0) for where in (True, False))
    assert np.abs(inside - outside).max() > 0.2


def test_samples_are_loaded_once_and_cannot_be_changed():
    image = sample("horse")
    assert sample("horse") is image
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 0


def test_an_unknown_sample_is_refused_with_the_choices():
    with pytest.raises(InputError, match=r"no picture called '\.\./cat'.*digit-3"):
        sample("../cat")


def test_the_gallery_and_its_photographs_load_none_of_the_heavy_packages():
    heavy = "{'torch', 'sklearn', 'skimage', 'scipy'}"
    code = f"import sys, vizcore.toolkit.samples as s; s.sample('cat'); print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
