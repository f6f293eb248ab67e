"""Losses as functions of one prediction, place by place, as torch.nn.functional has them before the mean.

Losses of several numbers (classes, distances, angles) keep all but one of them fixed. torch has no hinge loss
for scores, no 0-1 loss and no focal loss; these three are written out.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def mse(x: Tensor, *, target: float) -> Tensor:
    """(x - y)^2."""
    return F.mse_loss(x, torch.full_like(x, target), reduction="none")


def l1(x: Tensor, *, target: float) -> Tensor:
    """|x - y|."""
    return F.l1_loss(x, torch.full_like(x, target), reduction="none")


def smooth_l1(x: Tensor, *, target: float, beta: float) -> Tensor:
    """Quadratic within beta of the target, then linear with the slope 1."""
    return F.smooth_l1_loss(x, torch.full_like(x, target), beta=beta, reduction="none")


def huber(x: Tensor, *, target: float, delta: float) -> Tensor:
    """Quadratic within delta of the target, then linear with the slope delta."""
    return F.huber_loss(x, torch.full_like(x, target), delta=delta, reduction="none")


def hinge(x: Tensor, *, target: float) -> Tensor:
    """Zero from a margin of 1 on; the target is -1 or 1."""
    return F.relu(1 - target * x)


def zero_one(x: Tensor, *, target: float) -> Tensor:
    """1 where the sign is wrong, or where there is none; the target is -1 or 1."""
    return (target * x <= 0).to(x.dtype)


def bce(x: Tensor, *, target: float) -> Tensor:
    """Of probabilities; torch keeps logarithms from falling below -100."""
    return F.binary_cross_entropy(x, torch.full_like(x, target), reduction="none")


def bce_logits(x: Tensor, *, target: float, weight: float) -> Tensor:
    """Of logits; the weight is that of class 1."""
    return F.binary_cross_entropy_with_logits(
        x, torch.full_like(x, target), pos_weight=torch.tensor(weight, dtype=x.dtype), reduction="none"
    )


def cross_entropy(
    x: Tensor, *, second: float, third: float, target: float, weight: float, smoothing: float, ignore: float
) -> Tensor:
    """Of the logits (x, second, third) of three classes; the weight is that of class 0."""
    logits = torch.stack([x, torch.full_like(x, second), torch.full_like(x, third)], dim=1)
    return F.cross_entropy(
        logits,
        torch.full(x.shape, int(target)),
        weight=torch.tensor([weight, 1, 1], dtype=x.dtype),
        ignore_index=int(ignore),
        label_smoothing=smoothing,
        reduction="none",
    )


def nll(x: Tensor, *, weight: float) -> Tensor:
    """Of the log-probability of the right class, whose weight it is."""
    weights = torch.tensor([weight], dtype=x.dtype)
    return F.nll_loss(x[:, None], torch.zeros(x.shape, dtype=torch.long), weights, reduction="none")


def kl(x: Tensor, *, target: float) -> Tensor:
    """Of two classes: the first has the probability x, and should have the one of the target."""
    log_probabilities = torch.stack([x.log(), torch.log1p(-x)], dim=1)
    targets = torch.tensor([target, 1 - target], dtype=x.dtype).expand_as(log_probabilities)
    return F.kl_div(log_probabilities, targets, reduction="none").sum(1)


def reverse_kl(x: Tensor, *, target: float) -> Tensor:
    """The same with both distributions in each other's place."""
    probabilities = torch.stack([x, 1 - x], dim=1)
    log_targets = torch.tensor([target, 1 - target], dtype=x.dtype).log().expand_as(probabilities)
    return F.kl_div(log_targets, probabilities, reduction="none").sum(1)


def margin_ranking(x: Tensor, *, other: float, target: float, margin: float) -> Tensor:
    """Zero where x is on the right side of the other by the margin; target 1 says above, -1 below."""
    return F.margin_ranking_loss(
        x, torch.full_like(x, other), torch.full_like(x, target), margin=margin, reduction="none"
    )


def triplet(x: Tensor, *, positive: float, negative: float, margin: float) -> Tensor:
    """On a line: the anchor x should be nearer to the positive than to the negative by the margin.

    torch adds 1e-6 to every difference lest a distance be 0; here the formula is exact.
    """
    anchor = x[:, None]
    near, far = torch.full_like(anchor, positive), torch.full_like(anchor, negative)
    return F.triplet_margin_loss(anchor, near, far, margin=margin, eps=0, reduction="none")


def cosine(x: Tensor, *, target: float, margin: float) -> Tensor:
    """Of two vectors in the plane, x degrees apart; the target is 1 for alike, -1 for different."""
    turned = torch.stack([torch.deg2rad(x).cos(), torch.deg2rad(x).sin()], dim=1)
    fixed = torch.tensor([1.0, 0.0], dtype=x.dtype).expand_as(turned)
    return F.cosine_embedding_loss(turned, fixed, torch.full_like(x, target), margin=margin, reduction="none")


def focal(x: Tensor, *, target: float, gamma: float, alpha: float) -> Tensor:
    """Binary cross entropy of logits, faded by (1 - p_t)^gamma; the target is 0 or 1."""
    right = x if target else -x  # logit of the right class
    fade = torch.exp(gamma * F.logsigmoid(-right))
    return -(alpha if target else 1 - alpha) * fade * F.logsigmoid(right)
