"""What is said of a loss at one prediction, with its numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vizcore.exhibits import losses
from vizcore.exhibits.losses import LOSSES
from vizcore.toolkit import softmaxes
from vizcore.toolkit.loss_table import Loss
from vizcore.toolkit.losses import kl_of_probabilities

SAME = 1e-9  # difference of losses that counts as none
ALIKE = 5e-4  # relative difference of gradients that counts as none


@dataclass(frozen=True)
class Shown:
    """A loss with its parameters, and the prediction at the cursor."""

    name: str  # key of LOSSES
    settings: Mapping[str, float]
    at: float
    value: float
    slope: float

    @property
    def loss(self) -> Loss:
        """Its entry in the table."""
        return LOSSES[self.name]

    def value_at(self, x: float) -> float:
        """The loss of another prediction."""
        return losses.curve(self.name, x, **self.settings).value.item()


def noticed(shown: Shown, beside: Shown | None) -> list[str]:
    """Sentences with the numbers at the cursor."""
    said = [SAYS[shown.name](shown)]
    if beside:
        said.append(compared(shown, beside))
    return [_signs(sentence) for sentence in said]


def compared(shown: Shown, beside: Shown) -> str:
    """How much harder one loss pulls than the other."""
    line = f"{beside.loss.title} is {beside.value:.3g} there, with the gradient {beside.slope:.3g}"
    if not (shown.slope and beside.slope):
        return f"{line}."
    ratio = abs(shown.slope / beside.slope)
    return f"{line}: {shown.loss.title} pulls {_times(ratio)} as hard."


def _times(ratio: float) -> str:
    """How many times, in front of "as hard"."""
    if abs(ratio - 1) < ALIKE:
        return "just"
    if ratio < 1e-6 or ratio > 1e6:
        return "less than a millionth" if ratio < 1 else "more than a million times"
    if ratio < 0.1:
        return f"about 1/{float(f'{1 / ratio:.2g}'):,.0f}"
    return f"{ratio:.3g} times" if ratio < 1000 else f"about {float(f'{ratio:.2g}'):,.0f} times"


def landing(shown: Shown) -> tuple[str, str]:
    """The name of the answer after one step against the gradient with the rate 1, and the numbers."""
    low, high = shown.loss.limits
    to = shown.at - shown.slope
    step = f"The {shown.loss.axis} goes from {shown.at:.3g} to {to:.3g}"
    if not low <= to <= high:
        return "outside", _signs(f"{step}, but it lies between {low:g} and {high:g}.")
    after = shown.value_at(to)
    change = after - shown.value
    truth = "same" if abs(change) < SAME else "higher" if change > 0 else "lower"
    return truth, _signs(f"{step}, the loss from {shown.value:.3g} to {after:.3g}.")


def _signs(sentence: str) -> str:
    return sentence.replace(" -", " −").replace("(-", "(−")


def _mse(shown: Shown) -> str:
    target = shown.settings["target"]
    half = shown.value_at((shown.at + target) / 2)
    return (
        f"An error of {abs(shown.at - target):.3g} costs {shown.value:.3g}, half of it only {half:.3g}. The "
        "gradient is twice the error, so far outliers pull hardest."
    )


def _l1(shown: Shown) -> str:
    return (
        f"An error of {abs(shown.at - shown.settings['target']):.3g} costs as much, and the gradient is "
        f"{shown.slope:.3g} however large it is: an outlier pulls no harder than any other example, and near "
        "the target nothing slows the steps down."
    )


def _bent(shown: Shown) -> str:
    bend = shown.settings["beta" if shown.name == "smooth_l1" else "delta"]
    error = abs(shown.at - shown.settings["target"])
    if error < bend:
        return (
            f"The error {error:.3g} lies within the bend {bend:.3g}: there the loss is a parabola, and the "
            "gradient fades towards the target."
        )
    return (
        f"The error {error:.3g} lies beyond the bend {bend:.3g}: there the loss is a straight line, and the "
        f"gradient stays at {shown.slope:.3g}."
    )


def _hinge(shown: Shown) -> str:
    margin = shown.settings["target"] * shown.at
    if margin >= 1:
        return f"The margin y·ŷ is {margin:.3g}, at least 1: loss and gradient are 0, and nothing is learned."
    where = "right, but by less than 1" if margin > 0 else "not on the right side"
    return f"The margin y·ŷ is {margin:.3g}: {where}. The gradient is {shown.slope:.3g}, whatever it lacks."


def _zero_one(shown: Shown) -> str:
    verdict = "a mistake, which costs 1" if shown.value else "no mistake"
    return (
        f"This is {verdict}. The gradient is {shown.slope:.3g} here and wherever there is one, so gradient "
        "descent never moves: the losses that are trained stand in for this one."
    )


def _bce(shown: Shown) -> str:
    most = losses.curve("bce", 0.0, target=1).value.item()
    return (
        f"Sure and wrong is what costs: {shown.value:.3g} here, with the gradient {shown.slope:.3g}, and "
        f"both grow without bound towards the end. PyTorch stops at {most:g}, lest it become infinite."
    )


def _bce_logits(shown: Shown) -> str:
    return (
        f"The gradient is {shown.slope:.3g}. For w = 1 it is σ(z) − y, never beyond 1: being sure and wrong "
        "pulls with a steady force, and nothing overflows however large the logit."
    )


def _cross_entropy(shown: Shown) -> str:
    given, target = shown.settings, int(shown.settings["target"])
    if given["ignore"] == target:
        return f"Class {target} is ignored: this example costs 0 and teaches nothing."
    shares = _probabilities(shown, shown.at)
    said = (
        f"The probabilities are {', '.join(f'{share:.3g}' for share in shares)}; class {target} is right, so "
        f"cross entropy without weights and smoothing is −log {shares[target]:.3g}."
    )
    if given["smoothing"] and target == 0 and (best := surest(given)) < shown.loss.span[1]:
        said += (
            f" Smoothed by {given['smoothing']:.3g} it is lowest at the logit {best:.3g}, where the right "
            f"class has {_probabilities(shown, best)[0]:.3g}: to be surer than that costs again."
        )
    return (
        f"{said} Here class 0 alone has a weight; in the view “A batch” every class has one, and the mean is "
        "divided by their sum."
    )


def surest(given: Mapping[str, float]) -> float:
    """The logit of class 0 at which its own smoothed cross entropy is lowest: there its slope is 0."""
    share = given["smoothing"] / 3  # of every class
    odds = given["weight"] * (1 - 2 * share) / (2 * share)
    return float(np.log(odds) + np.logaddexp(given["second"], given["third"]))


def _probabilities(shown: Shown, logit: float) -> list[float]:
    logits = [logit, shown.settings["second"], shown.settings["third"]]
    return softmaxes.steps(logits, 0).probabilities.tolist()


def _nll(shown: Shown) -> str:
    return (
        f"The gradient is {shown.slope:.3g} everywhere: what bends cross entropy is the softmax in front. "
        "Over a batch the mean is Σ lₙ / Σ w; the lecture has this formula garbled, see the view “A batch”."
    )


def _kl(shown: Shown) -> str:
    target = shown.settings["target"]
    there, back = (losses.curve(name, shown.at, target=target).value.item() for name in ("kl", "reverse_kl"))
    slip = kl_of_probabilities(shown.at, target)
    return (
        f"Of p = {shown.at:.3g} from y = {target:.3g} the divergence is {there:.3g}, the other way round "
        f"{back:.3g}: it is not symmetric, so no distance, though the lecture calls it one. PyTorch takes "
        f"**log**-probabilities, which the lecture leaves out: given p itself, it would return {slip:.3g}."
    )


def _margin(shown: Shown) -> str:
    if not shown.value:
        return "The order is right by the margin: loss and gradient are 0, and nothing is learned."
    return (
        f"To be right by the margin {shown.value:.3g} is missing; the gradient is {shown.slope:.3g}, however "
        "much it is. The second score gets the opposite one."
    )


def _triplet(shown: Shown) -> str:
    near, far = (abs(shown.at - shown.settings[name]) for name in ("positive", "negative"))
    said = f"The positive is {near:.3g} away, the negative {far:.3g}"
    if not shown.value:
        return f"{said}: right by the margin, so loss and gradient are 0, and nothing is learned."
    if not shown.slope:
        return f"{said}. Beyond both of them a move changes the two distances alike: wrong, and no gradient."
    return f"{said}. The gradient is {shown.slope:.3g}: both pull the same way."


def _cosine(shown: Shown) -> str:
    cosine = np.cos(np.radians(shown.at))
    return (
        f"At {shown.at:.3g}° the cosine is {cosine:.3g}. The gradient {shown.slope:.3g} per degree fades "
        "towards 0° and towards 180°: opposite vectors are hardly moved, however wrong that is."
    )


def _focal(shown: Shown) -> str:
    unfocused = losses.curve("focal", shown.at, **{**shown.settings, "gamma": 0}).value.item()
    if not unfocused:
        return "The weight α leaves nothing of this class."
    kept, gamma = shown.value / unfocused, shown.settings["gamma"]
    return (
        f"With the focus γ = {gamma:.3g} the loss keeps {kept:.3g} of what it is without: nearly all where "
        "the prediction is wrong, hardly anything where it is right."
    )


SAYS: Mapping[str, Callable[[Shown], str]] = {
    "mse": _mse,
    "l1": _l1,
    "smooth_l1": _bent,
    "huber": _bent,
    "hinge": _hinge,
    "zero_one": _zero_one,
    "bce": _bce,
    "bce_logits": _bce_logits,
    "cross_entropy": _cross_entropy,
    "nll": _nll,
    "kl": _kl,
    "reverse_kl": _kl,
    "margin_ranking": _margin,
    "triplet": _triplet,
    "cosine": _cosine,
    "focal": _focal,
}
