"""Scores of held-out digits: against probabilities, and what the model card says."""

import numpy as np
import pytest
from scipy.special import softmax

from vizcore.toolkit import digit_scores as module
from vizcore.toolkit.digit_scores import MODELS, digit_scores
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metrics import decision, thresholds


@pytest.mark.parametrize("digit", [0, 8])
def test_the_scores_of_lenet_are_the_log_odds_of_its_softmax(digit: int) -> None:
    chance = softmax(module._logits(), axis=1)[:, digit]
    np.testing.assert_allclose(digit_scores("lenet5", digit)[0], np.log(chance / (1 - chance)), rtol=1e-6)


def test_the_highest_score_of_lenet_is_right_as_often_as_its_card_says() -> None:
    scores = np.stack([digit_scores("lenet5", digit)[0] for digit in range(10)])
    right = np.stack([digit_scores("lenet5", digit)[1] for digit in range(10)])
    assert right[scores.argmax(0), np.arange(450)].mean() == pytest.approx(0.9911, abs=5e-5)


def test_the_linear_model_ranks_eights_well_and_lenet_better() -> None:
    areas = [thresholds(*digit_scores(model, 8)).auc for model in MODELS]
    assert 0.9 < areas[0] < areas[1] < 1


def test_a_linear_model_has_one_weight_per_pixel() -> None:
    pixels = np.column_stack([module.digits().test_images.reshape(450, 64), np.ones(450)]).astype(float)
    scores, _ = digit_scores("linear", 3)
    weights = np.linalg.lstsq(pixels, scores, rcond=None)[0]
    np.testing.assert_allclose(pixels @ weights, scores, atol=1e-4)


def test_an_undecided_score_is_0() -> None:
    found = decision(*digit_scores("linear", 8), 0)
    assert found.true_positives + found.false_negatives == 43
    assert found.accuracy > 0.95


def test_what_is_shared_cannot_be_written_to() -> None:
    for array in digit_scores("linear", 1):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(("model", "digit", "said"), [("svm", 8, "no model"), ("linear", 10, "no digit 10")])
def test_what_there_is_not_is_explained(model: str, digit: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        digit_scores(model, digit)
