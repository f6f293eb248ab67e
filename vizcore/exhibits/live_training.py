r"""A network learns by taking many small steps down the slope of its loss.

**One step.** A **mini-batch** of $B$ examples goes **forward** through the network and gives logits $z$.
Their mean cross entropy is the loss $L$. The chain rule, **backward** through the same layers, gives its
gradient $g = \partial L / \partial w$ for every weight. Then all weights move at once, in plain gradient
descent by

$$
w \leftarrow w - \eta\, g
$$

with the **learning rate** $\eta$. When all examples have been used once, an **epoch** is over, and they are
shuffled.

**Why batches.** The gradient of a batch is an estimate of that of all examples. Its direction varies with the
examples drawn, the less the more there are: the variance falls as $1 / B$. Small batches are noisy but cheap.

**Learning rate.** Too small, and nothing much happens; too large, and each step lands higher than it began:
the loss grows until it is no number any more (`nan`). On a bowl with curvature $a$ the limit is $2 / a$. A
**schedule** begins with large steps and ends with small ones.

**Optimisers.** Momentum $v \leftarrow 0.9\, v + g$ adds up what gradients agree on. RMSProp and Adagrad
divide each gradient by its usual size. Adam does both, AdamW keeps weight decay apart from it.

**How weights start.** All zeros: all units of a layer stay alike. Too large or too small: signals explode or
vanish on their way. Kaiming draws them with variance $2 / d$ for $d$ inputs, biases 0.

**Two losses.** What counts is the loss on examples that no step has seen, the **validation** set. While both
fall, the network learns; when only the training loss falls, it learns by heart: it **overfits**. When both
stay high it **underfits**. Against overfitting: more data, **augmentation** (changes that leave the class as
it is), weight decay (L2: $L + \tfrac{\lambda}{2} \lVert w \rVert^2$; L1: $L + \lambda \lVert w \rVert_1$),
**dropout** (each value is set to 0 with a probability while training, and the rest is scaled up), **early
stopping** once the validation loss has not fallen for a number of epochs, and label smoothing.

**Signs of health.** A step should change weights by about a thousandth of their length: far less, and the
rate is too small; far more, and it is too large. Gradients of early layers should not be a millionth of those
of late ones. Units that are 0 for all examples are dead.

**One run proves little.** Another seed gives other weights and another order. Comparing two settings means
comparing two bands of runs.

**Where lecture texts are wrong.** One lecture prints Adam with $m$ in place of $v$ in its second moment, and
without the root below the step; what runs here is the paper's. It also gives LeNet 70% on MNIST, which is
about 99%. Weights in $[-\tfrac1d, \tfrac1d]$, as another has it, are too small for deep networks. For the
rest see the theory of *Activation functions* and *Losses*.

**What runs here.** PyTorch's own layers and optimisers, on the fastest device of the server, in a process of
its own. Pictures are laid out channels last, and one fused kernel moves all weights. What is random depends
on the seed and the number of the step alone, so that equal settings give equal runs, a pause changes nothing,
and a run goes on from any checkpoint as if it had never stopped.

Sources: Robbins & Monro 1951; Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapters 7 and 8; LeCun
et al. 1998, *Efficient BackProp*; Kingma & Ba 2014, arXiv:1412.6980; Loshchilov & Hutter 2017,
arXiv:1711.05101; Smith 2017, arXiv:1506.01186 (finding the rate); Ioffe & Szegedy 2015, arXiv:1502.03167
(batch norm); Srivastava et al. 2014 (dropout); He et al. 2015, arXiv:1502.01852 and arXiv:1512.03385.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import datasets, playground
from vizcore.toolkit.inspection import Arrays, inspected
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import LIVE, Report, Spec

__all__ = ["Report", "Run", "Spec", "card", "train"]


class Run(Training):
    """A training run that can be looked into."""

    def look(self) -> Arrays:
        """Filters, maps, gradients and mistakes at the present step; see `inspected`."""
        return inspected(self)


def train(
    spec: Spec,
    state: bytes | None = None,
    images: datasets.Pixels | None = None,
    labels: datasets.Labels | None = None,
    classes: NDArray[np.str_] | None = None,
) -> Iterator[Report]:
    """Train as far as the caller pulls; stop pulling to pause, drop it to cancel.

    Args:
        spec: the settings; those of `Spec()` train LeNet-5 on the digits.
        state: of an earlier run, to go on from there, with all that is LIVE as `spec` has it.
        images: (N, 3, S, S) own pictures in colour, where these are the data; S is 32 or 64.
        labels: (N,) their classes.
        classes: the names of these.

    Returns:
        A `Run`: an iterator over a report before the first step and one after each. A run that diverges ends
        with a report that says so.

    Raises:
        InputError: data or network are not there or do not fit one another.
    """
    own = None
    if images is not None and labels is not None and classes is not None:
        own = datasets.own(images, labels, classes)
    run = Run(spec, state, own)
    run.change(**{name: getattr(spec, name) for name in LIVE})
    return run


def card() -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    run = playground.train(playground.Spec(data="spiral", layers=(8, 8), lr=0.1, seed=2))
    maps = []
    for epoch in (1, 20, 60, 100, 150, 220, 300, 400):
        while run.step < epoch:
            next(run)
        maps.append(run.look()["map"])
    return np.stack(maps), np.tile([1.0, 255.0], (len(maps), 1))
