"""What rare examples weigh: against hand arithmetic and torch."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit import metrics
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.imbalance import shares

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
    ],
)
def test_what_cannot_be_used_is_explained(
    logits: list[float], targets: list[int], loss: str, settings: dict[str, float]
) -> None:
    with pytest.raises(InputError):
        shares(logits, targets, loss, **settings)
