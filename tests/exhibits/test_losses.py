"""Losses as the exhibit offers them; what they compute is tested in tests/toolkit."""

import numpy as np
import pytest

from vizcore.exhibits import losses
from vizcore.exhibits.losses import LOSSES, curve


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_of_the_table_is_a_curve_over_its_prediction(name: str) -> None:
    found = curve(name)
    assert found.x[[0, -1]].tolist() == pytest.approx(LOSSES[name].span)
    assert np.isfinite(found.value).all()
    assert (found.value >= 0).all()
    assert found.value.max() > 0


def test_a_squared_error_of_three_is_nine_and_pulls_with_six() -> None:
    found = curve("mse", [4.0], target=1)
    assert found.value == pytest.approx([9])
    assert found.slope == pytest.approx([6])


def test_the_card_shows_eight_losses() -> None:
    maps, limits = losses.card()
    assert maps.shape == (8, 150, 150)
    assert (limits[:, 0] < limits[:, 1]).all()
