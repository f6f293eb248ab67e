r"""One number for how wrong a network is, and what it asks of every prediction.

A **loss** compares a prediction with what is right. Training follows its gradient, so what counts is less its
value than its **slope**: how hard it pulls, and where it stops to pull.

**Numbers.** The squared error pulls in proportion to the error, so one outlier may outweigh all the rest; its
best constant is the mean. The absolute error pulls equally hard wherever it is; its best constant is the
median. Huber and smooth L1 are squared near 0 and absolute beyond.

**Two classes.** With a score $\hat y$ and $y = \pm 1$, the 0-1 loss counts mistakes, but its slope is 0.
Convex losses that lie nowhere below it are trained instead: the hinge $\max(0, 1 - y \hat y)$, the logistic,
the exponential. Binary cross entropy takes a probability in $(0, 1)$, or safer a logit; on average it is
lowest at $f(x) = P(y = 1 \mid x)$.

**Several classes.** Softmax makes probabilities of logits, and **cross entropy** is $-\log p_y$: the target
as a class index or as a one-hot vector gives the same number. Its gradient along the logits is $p - y$. It is
log-softmax and **NLL** in one step, which is why PyTorch's takes logits and never overflows. **Label
smoothing** gives a share $\varepsilon$ of the target to all classes alike.

**Rare classes.** Class weights multiply the loss of each example, and the mean of a batch is then
$\sum_n l_n / \sum_n w_{y_n}$. The **focal loss** multiplies by $(1 - p_t)^\gamma$ instead, so that what is
easy already hardly counts.

**Distributions.** The KL divergence $\sum_c y_c (\log y_c - \log p_c)$ is 0 where they agree and positive
elsewhere. It is not symmetric, so no distance.

**Embeddings.** Contrastive, triplet and cosine losses ask for places rather than for values: what belongs
together near, what does not at least a margin away.

**Metrics** such as accuracy, precision, recall and AUC say what people want to know. They count, so they have
no slope to follow: one trains a loss and reports a metric.

**Weights have their price.** L2, $L + \tfrac{\lambda}{2} \lVert w \rVert_2^2$, shrinks all weights; L1,
$L + \lambda \lVert w \rVert_1$, makes those that matter little exactly 0.

**Where lecture texts are wrong.** The formula for NLL with class weights is garbled: each $l_n = -w_{y_n}
x_{n, y_n}$ is divided by the sum of the weights, and examples of the ignored class are in neither sum. For
the KL divergence $y (\log y - x)$, the $x$ are **log**-probabilities, as PyTorch takes them, and the
"distance" between distributions is none. With $k$ classes $1 \ldots k$, a network gives $k$ probabilities,
not one for each input dimension.

Sources: Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapters 5 to 7; Huber 1964; Bartlett, Jordan &
McAuliffe 2006 (convex stand-ins); Szegedy et al. 2015, arXiv:1512.00567 (label smoothing); Lin et al. 2017,
arXiv:1708.02002 (focal); Hadsell, Chopra & LeCun 2006 and Schroff et al. 2015, arXiv:1503.03832 (embeddings);
Fawcett 2006 (ROC); Tibshirani 1996 (L1); the source of each loss stands beside it.
"""

import numpy as np

from vizcore.toolkit.curves import Curve, Floats
from vizcore.toolkit.loss_table import LOSSES
from vizcore.toolkit.losses import Surface, curve, surface, written

__all__ = ["LOSSES", "Curve", "Surface", "card", "curve", "surface", "written"]


def card() -> tuple[Floats, Floats]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    names = ("mse", "l1", "huber", "cosine", "bce", "cross_entropy", "triplet", "focal")
    maps = np.stack([_square(name) for name in names])
    return maps, np.quantile(maps, (0.01, 0.99), axis=(1, 2)).T


def _square(name: str) -> Floats:
    """(150, 150) a loss over its prediction and its first parameter, or the second where that is a choice."""
    over = next(each.name for each in LOSSES[name].parameters if each.step < 1)
    x = np.linspace(*LOSSES[name].span, 150)
    return surface(name, over, x=x, count=150).value
