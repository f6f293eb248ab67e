"""Zone plates and their samples: known frequencies, Nyquist, aliases."""

import numpy as np
import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.sampling import sampled, zone_plate


def stripes(side: int, periods: int) -> np.ndarray:
    """Upright waves, that many on the whole width."""
    return np.tile(0.5 + 0.5 * np.cos(2 * np.pi * periods * np.arange(side) / side), (side, 1))


def peaks(spectrum: np.ndarray) -> list[int]:
    """Distance of the strongest waves from the middle, in columns."""
    middle = len(spectrum) // 2
    return sorted({abs(int(col) - middle) for _, col in np.argwhere(spectrum > 0.9 * spectrum.max())})


def test_rings_reach_half_a_cycle_per_pixel_at_the_sides() -> None:
    plate = zone_plate(64)
    assert plate[32, 32] == 1
    assert plate[32, :4].round().tolist() == [1, 0, 1, 0]  # black, white, black, white
    np.testing.assert_array_equal(plate, plate.T)


def test_zooming_in_halves_every_frequency() -> None:
    columns = np.arange(-16, 17)
    for zoom, squares in ((0.5, 256), (1, 128)):
        along = zone_plate(64, zoom)[32, 32 + columns]
        np.testing.assert_allclose(along, np.cos(np.pi * columns**2 / squares) ** 2, atol=1e-12)


def test_waves_below_nyquist_stay_and_faster_ones_come_back_slower() -> None:
    assert peaks(sampled(stripes(32, 6), 2).sampled_spectrum) == [6]  # of at most 8
    assert peaks(sampled(stripes(32, 13), 2).sampled_spectrum) == [3]  # 16 - 13


def test_a_blur_weakens_what_would_be_aliased_by_its_known_factor() -> None:
    plain, blurred = (sampled(stripes(32, 13), 2, taps, border="circular") for taps in (0, 3))
    passed = np.cos(np.pi * 13 / 32) ** 2  # of 1 2 1 / 4 at 13/32 cycles/px
    assert blurred.sampled_spectrum.max() == pytest.approx(passed * plain.sampled_spectrum.max())


@pytest.mark.parametrize(("periods", "share"), [(6, 0), (13, 1)])
def test_the_share_beyond_nyquist_is_all_or_nothing_for_one_wave(periods: int, share: float) -> None:
    assert sampled(stripes(32, periods), 2).beyond == pytest.approx(share, abs=1e-12)


def test_of_a_zone_plate_a_quarter_survives_every_second_pixel_and_a_blur_saves_most() -> None:
    shares = [sampled(zone_plate(256), 2, taps).beyond for taps in (0, 3, 5)]
    assert shares[0] == pytest.approx(0.75, abs=0.01)
    assert shares[0] > 5 * shares[1] > 20 * shares[2]


def test_every_pixel_kept_is_nothing_lost() -> None:
    plate = zone_plate(33)
    found = sampled(plate, 1)
    np.testing.assert_array_equal(found.samples, plate)
    assert (found.nyquist, found.beyond) == (0.5, 0)
    assert sampled(plate, 4).samples.shape == (9, 9)
    assert sampled(np.ones((8, 8)), 2).beyond == 0


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="zoom"):
        zone_plate(64, 3)
    with pytest.raises(InputError, match="8 to 1024"):
        zone_plate(4)
    with pytest.raises(InputError, match="step"):
        sampled(zone_plate(16), 0)
    with pytest.raises(InputError, match="taps"):
        sampled(zone_plate(16), 2, 4)
