"""Signals of one dimension: against NumPy, scipy, hand arithmetic and the lectures."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from vizcore.toolkit import signals
from vizcore.toolkit.errors import InputError

SIGNAL = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
# border -> what scipy calls it
SCIPY = {"zeros": "constant", "replicate": "nearest", "reflect": "mirror", "circular": "grid-wrap"}


def test_three_equal_weights_by_hand() -> None:
    found = signals.filtered(SIGNAL, signals.average(3), border="valid")
    np.testing.assert_allclose(found.output, np.array([8, 6, 10, 15, 16, 17]) / 3)


def test_five_weights_of_the_weighted_average_are_those_of_pascals_triangle() -> None:
    np.testing.assert_array_equal(16 * signals.weighted(5), [1, 4, 6, 4, 1])


@pytest.mark.parametrize("width", [1, 2, 5, 8, 31])
def test_averages_leave_a_constant_as_it_is(width: int) -> None:
    for weights in (signals.average(width), signals.weighted(width)):
        output = signals.filtered(np.full(40, 0.7), weights, border="reflect").output
        np.testing.assert_allclose(output, 0.7)


@pytest.mark.parametrize("border", SCIPY)
@pytest.mark.parametrize("weights", [[1.0, -2, 5], [2.0, 3, 5, 7, 11]])
def test_correlation_and_convolution_are_those_of_scipy(border: str, weights: list[float]) -> None:
    kernel = np.array(weights)
    for flip, theirs in ((False, ndimage.correlate1d), (True, ndimage.convolve1d)):
        ours = signals.filtered(SIGNAL, kernel, border=border, flip=flip).output
        np.testing.assert_allclose(ours, theirs(SIGNAL, kernel, mode=SCIPY[border]))


@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_whole_windows_are_those_of_numpy(count: int) -> None:
    kernel = np.arange(1.0, count + 1)
    plain, flipped = (signals.filtered(SIGNAL, kernel, border="valid", flip=flip) for flip in (False, True))
    np.testing.assert_allclose(plain.output, np.correlate(SIGNAL, kernel, mode="valid"))
    np.testing.assert_allclose(flipped.output, np.convolve(SIGNAL, kernel, mode="valid"))


def test_an_impulse_brings_the_kernel_back_mirrored_unless_it_is_flipped() -> None:
    impulse, kernel = signals.shape("impulse", 7), np.array([1.0, 2, 3])
    assert signals.filtered(impulse, kernel).output[2:5].tolist() == [3, 2, 1]
    assert signals.filtered(impulse, kernel, flip=True).output[2:5].tolist() == [1, 2, 3]


def test_the_sources_say_what_stands_at_each_padded_place() -> None:
    found = signals.filtered(SIGNAL, np.array([1.0, 2, 4, 8]), border="replicate")
    assert found.sources.tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 7]
    assert found.output[0] == 3 + 2 * 3 + 4 * 1 + 8 * 4


@pytest.mark.parametrize("levels", [2, 3, 12])
def test_a_quantised_signal_takes_only_its_levels(levels: int) -> None:
    seen = signals.observed(signals.shape("wave", 400), noise=0.5, levels=levels, seed=3)
    np.testing.assert_allclose(np.unique(seen), np.arange(levels) / (levels - 1))


def test_noise_belongs_to_its_seed_and_leaves_the_global_generator_alone() -> None:
    clean = signals.shape("steps", 50)
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    one, again, other = (signals.observed(clean, noise=0.1, levels=256, seed=seed) for seed in (4, 4, 5))
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_without_noise_and_on_many_levels_the_signal_stays() -> None:
    clean = signals.shape("wave", 64)
    np.testing.assert_allclose(signals.observed(clean, noise=0, levels=256, seed=0), clean, atol=0.5 / 255)


def test_white_noise_shrinks_by_the_norm_of_the_weights() -> None:
    noise = torch.randn(200_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64).numpy()
    for weights in (signals.average(9), signals.weighted(5), np.array([-1.0, 0, 1])):
        kept = np.std(ndimage.correlate1d(noise, weights))
        assert kept == pytest.approx(signals.noise_gain(weights), rel=0.02)


def test_the_detector_of_the_lectures_by_hand() -> None:
    found = signals.detected(signals.read_bits("011010"))
    assert found.sums.tolist() == [2, 2, 2, 1]
    assert found.hidden.tolist() == [1, 1, 1, 0]
    assert found.output.tolist() == [0.75]


def test_a_pair_of_ones_may_move_and_the_output_stays() -> None:
    outputs = [signals.detected(signals.read_bits(bits)).output for bits in ("011000", "001100", "000110")]
    assert [output.tolist() for output in outputs] == [[0.5]] * 3


def test_two_ones_that_are_too_far_apart_are_not_detected() -> None:
    assert signals.detected(signals.read_bits("100100")).hidden.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "weights"), [("1 2 1", [1, 2, 1]), ("-1,0,1", [-1, 0, 1]), (" .5 ,1e3 ", [0.5, 1000])]
)
def test_own_weights_are_read_from_text(text: str, weights: list[float]) -> None:
    assert signals.read(text).tolist() == weights


@pytest.mark.parametrize(
    "text", ["", " , ", "1 x 2", "nan", "inf 1", "2e6", "1 " * 32, "1;2", "__import__('os')"]
)
def test_weights_that_cannot_be_read_are_explained(text: str) -> None:
    with pytest.raises(InputError, match="weight"):
        signals.read(text)


@pytest.mark.parametrize("text", ["", "00110", "0012001", "1" * 25, "٠١٠١٠١"])
def test_inputs_that_the_detector_cannot_read_are_explained(text: str) -> None:
    with pytest.raises(InputError, match="zeros and ones"):
        signals.read_bits(text)


def test_weights_are_divided_by_their_sum_unless_it_is_zero() -> None:
    assert signals.normalised(np.array([1.0, 2, 1])).tolist() == [0.25, 0.5, 0.25]
    with pytest.raises(InputError, match="sum to 0"):
        signals.normalised(np.array([0.1, 0.2, -0.3]))


@pytest.mark.parametrize("settings", [{"border": "valid"}, {"border": "reflect"}, {"border": "nothing"}])
def test_what_does_not_fit_is_explained(settings: dict[str, str]) -> None:
    with pytest.raises(InputError):
        signals.filtered(SIGNAL, np.ones(31), **settings)


def test_the_written_sum_has_the_numbers_in_it() -> None:
    found = signals.filtered(SIGNAL, np.array([1.0, -2, 1]))
    assert r"y_{0} &= 1 \cdot 0 + (-2) \cdot 3 + 1 \cdot 1 \\ &= -5" in signals.sum_written(found, SIGNAL, 0)
    assert r"\dots" in signals.sum_written(signals.filtered(SIGNAL, np.ones(5)), SIGNAL, 3)


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("border", ["zeros", "valid"])
def test_the_formula_is_what_is_computed(flip: bool, border: str) -> None:
    weights = np.array([1.0, 2, 4, 8])
    found = signals.filtered(SIGNAL, weights, border=border, flip=flip)
    behind = 3 - found.before
    first, sign = (-behind, -1) if flip else (-found.before, 1)
    padded = dict(enumerate(SIGNAL))
    sums = [
        sum(weight * padded.get(place + sign * (first + k), 0) for k, weight in enumerate(weights))
        for place in range(len(found.output))
    ]
    np.testing.assert_allclose(found.output, sums)
    assert rf"\sum_{{k={first}}}" in signals.formula(found, flip=flip)
