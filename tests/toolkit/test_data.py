"""The digits and the drawn shapes."""

import numpy as np
import pytest
from scipy import ndimage

from vizcore.toolkit import shapes as drawing
from vizcore.toolkit.data import SHAPE_CLASSES, digits, shapes
from vizcore.toolkit.errors import InputError


@pytest.fixture(scope="module")
def drawn() -> drawing.Shapes:
    return shapes(400, seed=7)


def pieces(mask: np.ndarray) -> int:
    """Number of parts of a mask; pixels that touch at a corner hang together."""
    return ndimage.label(mask, np.ones((3, 3)))[1]


def test_all_1797_digits_are_there_and_a_quarter_of_each_class_is_held_out():
    data = digits()
    held_out, all_of_them = (
        np.bincount(data.test_labels),
        np.bincount(np.r_[data.train_labels, data.test_labels]),
    )
    assert all_of_them.sum() == 1797
    assert np.all(np.abs(held_out - all_of_them / 4) <= 1)


def test_digits_are_sixteenths_from_0_to_1():
    images = digits().train_images
    assert images.shape[1:] == (8, 8)
    assert images.dtype == np.float32
    assert set(np.unique(images)) == {np.float32(level / 16) for level in range(17)}


def test_no_digit_is_on_both_sides_of_the_split():
    data = digits()
    trained = {image.tobytes() for image in data.train_images}
    assert not any(image.tobytes() in trained for image in data.test_images)


def test_digits_cannot_be_written_on_and_are_loaded_once():
    assert digits() is digits()
    with pytest.raises(ValueError, match="read-only"):
        digits().train_images[0] = 0


def test_a_seed_gives_the_same_pictures_and_a_longer_set_begins_with_the_shorter(drawn):
    few = shapes(73, seed=7)
    np.testing.assert_array_equal(few.images, drawn.images[:73])
    np.testing.assert_array_equal(few.masks, drawn.masks[:73])
    assert not np.array_equal(few.masks, shapes(73, seed=8).masks)


def test_the_pictures_that_the_bundled_networks_learned_from_stay_as_they_are(drawn):
    areas = drawn.masks.sum(axis=(1, 2))[:5]
    np.testing.assert_allclose(areas, [1619, 825, 664, 1182, 524], atol=2)  # sines differ a little elsewhere
    pixels = [[0.29034, 0.266469, 0.727419], [0.614555, 0.458379, 0.694173], [0.604617, 0.567557, 0.544482]]
    np.testing.assert_allclose(drawn.images[[0, 73, 399], 20, 30], pixels, atol=1e-5)


def test_a_bare_scene_is_the_same_picture_without_its_object(drawn):
    bare = shapes(73, seed=7, bare=True)
    masks = drawn.masks[:73]
    assert not bare.masks.any()
    assert np.array_equal(bare.images[~masks], drawn.images[:73][~masks])
    assert np.mean(bare.images[masks] != drawn.images[:73][masks]) > 0.9


def test_drawing_leaves_the_global_generator_alone():
    before = np.random.get_state()[1].copy()
    shapes(1, seed=0)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_classes_take_turns(drawn):
    assert len(SHAPE_CLASSES) == 10
    np.testing.assert_array_equal(drawn.labels[:12], [*range(10), 0, 1])
    chosen = shapes(5, seed=0, classes=("star", "ring")).labels
    assert [SHAPE_CLASSES[label] for label in chosen] == ["star", "ring", "star", "ring", "star"]


def test_pictures_are_float32_within_0_and_1(drawn):
    assert drawn.images.shape == (400, 64, 64, 3)
    assert drawn.images.dtype == np.float32
    assert drawn.images.min() >= 0
    assert drawn.images.max() <= 1


def test_the_object_shows_exactly_where_its_mask_is_true(monkeypatch):
    plain = drawing._textured
    layers = iter(["object", "backdrop"])
    monkeypatch.setattr(
        drawing, "_textured", lambda rng, pair: plain(rng, pair) * 0 + (next(layers) == "object")
    )
    monkeypatch.setattr(drawing, "_cluttered", lambda rng, scene: scene)
    picture = shapes(50, seed=1)  # a white object on black, under changing light and noise
    light = picture.images.mean(axis=3)
    inside, outside = np.where(picture.masks, light, 1), np.where(picture.masks, 0, light)
    assert np.all(inside.min(axis=(1, 2)) > outside.max(axis=(1, 2)))


def test_every_outline_lies_within_the_unit_circle_and_nearly_reaches_it():
    v, u = np.meshgrid(*[np.linspace(-1.5, 1.5, 601, dtype=np.float32)] * 2, indexing="ij")
    for name, inside in drawing.OUTLINES.items():
        assert 0.89 < np.hypot(u, v)[inside(u, v)].max() <= 1, name


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("circle", np.pi * 0.9**2),
        ("ring", np.pi * (0.96**2 - 0.56**2)),
        ("square", 1.4**2),
        ("triangle", 3 * np.sqrt(3) / 4),
        ("cross", 2 * 0.54 * 1.88 - 0.54**2),
        ("star", 5 * 0.45 * np.sin(np.pi / 5)),
        ("arrow", 1.05 * 0.4 + 0.78 * 0.88**2),
        ("hourglass", 2 * (2 * 0.09 * 0.78 + 0.68 * 0.78**2)),
    ],
)
def test_areas_follow_from_plane_geometry(name, area):
    v, u = np.meshgrid(*[np.linspace(-1.2, 1.2, 1201, dtype=np.float32)] * 2, indexing="ij")
    assert drawing.OUTLINES[name](u, v).mean() * 2.4**2 == pytest.approx(area, rel=0.01)


def test_every_object_is_one_piece_but_for_the_thinnest_tips(drawn):
    for mask in drawn.masks:
        sizes = np.bincount(ndimage.label(mask, np.ones((3, 3)))[0].ravel())[1:]
        assert sizes.max() >= 0.97 * sizes.sum()


def test_only_the_ring_has_a_hole(drawn):
    holes = [pieces(np.pad(~mask, 1, constant_values=True)) - 1 for mask in drawn.masks]
    rings = drawn.labels == SHAPE_CLASSES.index("ring")
    assert np.all(np.array(holes)[rings] == 1)
    assert not np.any(np.array(holes)[~rings & (drawn.labels != SHAPE_CLASSES.index("crescent"))])


def test_objects_differ_in_size_and_place(drawn):
    areas = drawn.masks[drawn.labels == 0].sum(axis=(1, 2))
    assert areas.max() > 3 * areas.min()
    assert drawn.masks.any(axis=0)[8:-8, 8:-8].all()


def test_every_colour_of_the_object_is_far_from_every_colour_of_the_backdrop():
    rng = np.random.default_rng(0)
    for _ in range(100):
        behind, ahead = drawing._colours(rng)
        apart = np.linalg.norm(ahead[:, :, None] - behind[:, None], axis=-1)
        assert apart.min() >= drawing.CONTRAST


@pytest.mark.parametrize("wrong", [{"count": 0}, {"classes": ()}, {"classes": ("blob",)}])
def test_impossible_orders_are_explained(wrong):
    with pytest.raises(InputError, match=r"at least 1|hourglass"):
        shapes(**{"count": 1, "seed": 0, **wrong})
