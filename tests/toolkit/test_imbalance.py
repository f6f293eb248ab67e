"""What rare examples weigh: against hand arithmetic and torch."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit import metrics
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.imbalance import compared, crowd, shares

SCORES, TARGETS = metrics.sample(count=1000, share=0.02, distance=4)
LOGITS = 2 * SCORES


def test_three_examples_at_the_logit_0_share_by_their_number_and_weight() -> None:
    plain = shares([0, 0, 0], [1, 0, 0], "bce_logits")
    assert (plain.examples, plain.loss, plain.gradient) == (pytest.approx(1 / 3),) * 3
    weighted = shares([0, 0, 0], [1, 0, 0], "bce_logits", weight=2)
    assert (weighted.loss, weighted.gradient) == (pytest.approx(0.5),) * 2


def test_losses_and_slopes_are_those_of_torch() -> None:
    z, y = torch.tensor(LOGITS, requires_grad=True), torch.tensor(TARGETS, dtype=torch.float64)
    theirs = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    theirs.sum().backward()
    found = shares(LOGITS, TARGETS, "bce_logits")
    np.testing.assert_allclose(found.losses, theirs.detach(), atol=1e-14)
    np.testing.assert_allclose(found.slopes, z.grad, atol=1e-14)


def test_a_weight_multiplies_the_odds_of_the_rare_class() -> None:
    plain, weighted = (shares(LOGITS, TARGETS, "bce_logits", weight=weight).gradient for weight in (1, 10))
    assert plain < 0.05
    assert weighted / (1 - weighted) == pytest.approx(10 * plain / (1 - plain))


def test_a_factor_is_a_class_weight_of_any_size() -> None:
    factor = shares(LOGITS, TARGETS, "bce_logits", factor=7)
    weight = shares(LOGITS, TARGETS, "bce_logits", weight=7)
    np.testing.assert_allclose(factor.slopes, weight.slopes)
    assert factor.loss == pytest.approx(weight.loss)


def test_a_crowd_has_two_rare_examples_about_their_mean() -> None:
    logits, targets = crowd(50, rare=-0.5, many=-4)
    assert (targets.sum(), len(targets)) == (2, 102)
    assert logits[targets == 1].mean() == pytest.approx(-0.5)
    assert logits[targets == 0].mean() == pytest.approx(-4)
    assert logits[targets == 0].std() == pytest.approx(1, abs=0.03)


def test_weights_of_the_ratio_undo_the_numbers_of_two_classes_that_are_alike() -> None:
    found = compared(100, rare=2, many=-2, gamma=0)
    assert found["plain"].gradient == pytest.approx(1 / 101, rel=0.15)
    assert found["weighted"].gradient == pytest.approx(0.5, abs=0.04)
    assert found["focal"].gradient == pytest.approx(found["plain"].gradient)  # without a focus


@pytest.mark.parametrize(("ratio", "rare"), [(0, 0), (1001, 0), (10, float("nan")), (10, 11)])
def test_a_crowd_that_cannot_be_is_explained(ratio: int, rare: float) -> None:
    with pytest.raises(InputError, match="The ratio goes from 1 to 1,000"):
        crowd(ratio, rare=rare, many=0)


def test_the_focal_loss_leaves_the_easy_examples_out() -> None:
    easy = np.abs(LOGITS) > 3
    plain = shares(LOGITS, TARGETS, "bce_logits").losses
    focal = shares(LOGITS, TARGETS, "focal", alpha=0.5).losses
    assert focal[easy].sum() / focal.sum() < 0.5 * plain[easy].sum() / plain.sum()


def test_nothing_to_share_is_a_share_of_0() -> None:
    found = shares([0, 1], [1, 1], "focal", alpha=0)
    assert (found.examples, found.loss, found.gradient) == (1, 0, 0)


@pytest.mark.parametrize(
    ("logits", "targets", "loss", "settings"),
    [
        ([0], [1], "hinge", {}),
        ([0], [1, 0], "focal", {}),
        ([0], [2], "focal", {}),
        ([101], [1], "focal", {}),
        ([float("nan")], [1], "focal", {}),
        ([0], [1], "focal", {"weight": 1}),
        ([0], [1], "bce_logits", {"weight": 0}),
        ([0], [1], "bce_logits", {"factor": -1}),
    ],
)
def test_what_cannot_be_used_is_explained(
    logits: list[float], targets: list[int], loss: str, settings: dict[str, float]
) -> None:
    with pytest.raises(InputError):
        shares(logits, targets, loss, **settings)
