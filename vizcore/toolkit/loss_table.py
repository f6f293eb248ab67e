r"""What a network is punished for: losses by name, each as a function of one prediction.

Values are those of one example. Over a batch most losses take the plain mean, but NLL and cross entropy with
class weights take the weighted one, $\sum_n l_n / \sum_n w_{y_n}$, where ignored examples weigh nothing
(`class_losses`; the lectures have it garbled). The KL divergence takes log-probabilities in PyTorch and is no
distance: it is not symmetric. Logarithms are natural.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from vizcore.toolkit import loss_functions, loss_numbers
from vizcore.toolkit.parameters import Parameter


@dataclass(frozen=True)
class Choice(Parameter):
    """A parameter that takes whole steps only, such as the index of a class."""

    @property
    def values(self) -> tuple[float, ...]:
        """All that it may be, the lowest first."""
        return tuple(np.arange(self.low, self.high + self.step, self.step).tolist())


@dataclass(frozen=True)
class Loss:
    """A loss as a function of one prediction."""

    title: str
    formula: str  # LaTeX, of one example
    value: Callable[..., Tensor]  # of predictions (N,) and the parameters
    written: Callable[..., str]  # LaTeX, of one prediction and the parameters
    axis: str  # what the prediction is
    span: tuple[float, float]  # of the axis that is worth drawing
    parameters: tuple[Parameter, ...]
    says: str  # when to use it
    source: str
    limits: tuple[float, float] = (-1e6, 1e6)  # of the prediction


_NUMBER = Parameter("target", "Target y", -3, 3, 0, 0.1)
_SIGN = Choice("target", "Target y", -1, 1, 1, 2)
_SHARE = Parameter("target", "Target y", 0, 1, 1, 0.05)
_RIGHT_SHARE = Parameter("target", "Probability that it should have", 0.01, 0.99, 0.3, 0.01)

LOSSES: Mapping[str, Loss] = {
    "mse": Loss(
        "Mean squared error",
        r"(\hat y - y)^2",
        loss_functions.mse,
        loss_numbers.mse,
        "prediction",
        (-4, 4),
        (_NUMBER,),
        "For regression with normal noise. Its best constant is the mean, and one outlier may weigh more "
        "than all the rest.",
        "Legendre 1805; Gauss 1809",
    ),
    "l1": Loss(
        "L1 (mean absolute error)",
        r"|\hat y - y|",
        loss_functions.l1,
        loss_numbers.l1,
        "prediction",
        (-4, 4),
        (_NUMBER,),
        "For regression with outliers. Its best constant is the median; the gradient never fades, so steps "
        "of one size jump about the target.",
        "Boscovich 1757; Laplace 1774",
    ),
    "smooth_l1": Loss(
        "Smooth L1",
        r"\begin{cases} (\hat y - y)^2 / (2 \beta) & |\hat y - y| < \beta \\ "
        r"|\hat y - y| - \beta / 2 & \text{else} \end{cases}",
        loss_functions.smooth_l1,
        loss_numbers.smooth_l1,
        "prediction",
        (-4, 4),
        (_NUMBER, Parameter("beta", "Bend β", 0.1, 3, 1, 0.1)),
        "For regression with outliers, such as the corners of boxes: L1 with a round bottom. It is the Huber "
        "loss over β.",
        "Girshick 2015, arXiv:1504.08083",
    ),
    "huber": Loss(
        "Huber",
        r"\begin{cases} (\hat y - y)^2 / 2 & |\hat y - y| < \delta \\ "
        r"\delta \left( |\hat y - y| - \delta / 2 \right) & \text{else} \end{cases}",
        loss_functions.huber,
        loss_numbers.huber,
        "prediction",
        (-4, 4),
        (_NUMBER, Parameter("delta", "Bend δ", 0.1, 3, 1, 0.1)),
        "For regression where small errors are noise and large ones are mistakes: the gradient grows no "
        "further than δ.",
        "Huber 1964, Annals of Mathematical Statistics 35(1)",
    ),
    "hinge": Loss(
        "Hinge",
        r"\max(0,\ 1 - y \hat y)",
        loss_functions.hinge,
        loss_numbers.hinge,
        "score",
        (-3, 3),
        (_SIGN,),
        "For a decision with a margin, as in support vector machines. Examples that are right by 1 or more "
        "no longer teach anything, and scores do not become probabilities.",
        "Cortes & Vapnik 1995, Machine Learning 20(3)",
    ),
    "zero_one": Loss(
        "0-1",
        r"\left[ y \hat y \le 0 \right]",
        loss_functions.zero_one,
        loss_numbers.zero_one,
        "score",
        (-3, 3),
        (_SIGN,),
        "To report, never to train: it counts mistakes, and its slope is 0 wherever it has one.",
        "Bartlett, Jordan & McAuliffe 2006, JASA 101(473)",
    ),
    "bce": Loss(
        "Binary cross entropy",
        r"-\left( y \log \hat y + (1 - y) \log (1 - \hat y) \right)",
        loss_functions.bce,
        loss_numbers.bce,
        "probability of class 1",
        (0.005, 0.995),
        (_SHARE,),
        "For a probability that is already one. At its minimum the prediction is P(y = 1 | x). PyTorch lets "
        "no logarithm fall below −100.",
        "Good 1952, JRSS B 14(1)",
        (0, 1),
    ),
    "bce_logits": Loss(
        "Binary cross entropy with logits",
        r"-\left( w\, y \log \sigma(z) + (1 - y) \log \sigma(-z) \right)",
        loss_functions.bce_logits,
        loss_numbers.bce_logits,
        "logit of class 1",
        (-6, 6),
        (_SHARE, Parameter("weight", "Weight w of class 1", 0.1, 10, 1, 0.1)),
        "For yes or no, and for several labels at once. Sigmoid and logarithm are one step, so nothing "
        "overflows; the slope is σ(z) − y where w = 1.",
        "Cox 1958, JRSS B 20(2)",
    ),
    "cross_entropy": Loss(
        "Cross entropy",
        r"\begin{aligned} & -(1 - \varepsilon)\, w_y \log p_y \\ "
        r"& - \tfrac{\varepsilon}{C} \textstyle\sum_{c=1}^{C} w_c \log p_c, \quad p = \text{softmax}(z) "
        r"\end{aligned}",
        loss_functions.cross_entropy,
        loss_numbers.cross_entropy,
        "logit of class 0",
        (-6, 6),
        (
            Parameter("second", "Logit of class 1", -6, 6, 1, 0.1),
            Parameter("third", "Logit of class 2", -6, 6, 0, 0.1),
            Choice("target", "Target y", 0, 2, 0, 1),
            Parameter("weight", "Weight of class 0", 0.1, 10, 1, 0.1),
            Parameter("smoothing", "Label smoothing ε", 0, 1, 0, 0.05),
            Choice("ignore", "Ignored class (−1: none)", -1, 2, -1, 1),
        ),
        "For one class out of several. It takes logits: softmax, logarithm and NLL are one step. Smoothing "
        "keeps logits from growing for ever.",
        "Szegedy et al. 2015, arXiv:1512.00567, section 7 (smoothing)",
    ),
    "nll": Loss(
        "Negative log-likelihood",
        r"-w_y \log p_y",
        loss_functions.nll,
        loss_numbers.nll,
        "log-probability of the right class",
        (-6, 0),
        (Parameter("weight", "Weight w of its class", 0.1, 10, 1, 0.1),),
        "For log-probabilities, after log-softmax: together they are cross entropy. A straight line; what "
        "bends is the logarithm.",
        "Fisher 1922, Phil. Trans. A 222",
        (-1e6, 0),
    ),
    "kl": Loss(
        "KL divergence",
        r"\sum_c y_c \left( \log y_c - \log p_c \right)",
        loss_functions.kl,
        loss_numbers.kl,
        "probability of the first of two classes",
        (0.005, 0.995),
        (_RIGHT_SHARE,),
        "To bring one distribution to another, as in distillation. PyTorch takes the prediction as "
        "log-probabilities. Not symmetric: changing the places of y and p changes the value.",
        "Kullback & Leibler 1951, Annals of Mathematical Statistics 22(1)",
        (1e-9, 1 - 1e-9),
    ),
    "reverse_kl": Loss(
        "KL divergence, reversed",
        r"\sum_c p_c \left( \log p_c - \log y_c \right)",
        loss_functions.reverse_kl,
        loss_numbers.reverse_kl,
        "probability of the first of two classes",
        (0.005, 0.995),
        (_RIGHT_SHARE,),
        "For variational inference, where y is known but for a factor. It is large where p is and y is not, "
        "so a narrow p settles on one of several peaks.",
        "Bishop 2006, Pattern Recognition and Machine Learning, section 10.1.2",
        (1e-9, 1 - 1e-9),
    ),
    "margin_ranking": Loss(
        "Margin ranking",
        r"\max\left(0,\ -y (x_1 - x_2) + m\right)",
        loss_functions.margin_ranking,
        loss_numbers.margin_ranking,
        "first score",
        (-3, 3),
        (
            Parameter("other", "Second score", -3, 3, 0, 0.1),
            _SIGN,
            Parameter("margin", "Margin m", 0, 3, 0.5, 0.1),
        ),
        "For an order rather than values: which of two results is better. Only the difference of the scores "
        "counts.",
        "Herbrich, Graepel & Obermayer 2000",
    ),
    "triplet": Loss(
        "Triplet margin",
        r"\max\left(0,\ \lVert a - p \rVert - \lVert a - n \rVert + m\right)",
        loss_functions.triplet,
        loss_numbers.triplet,
        "place of the anchor on a line",
        (-4, 4),
        (
            Parameter("positive", "Positive's place", -3, 3, -1, 0.1),
            Parameter("negative", "Negative's place", -3, 3, 1.5, 0.1),
            Parameter("margin", "Margin m", 0.1, 3, 1, 0.1),
        ),
        "For embeddings, such as of faces: the same person nearer than another one. Triplets that are right "
        "by the margin teach nothing, so hard ones have to be found.",
        "Schroff, Kalenichenko & Philbin 2015, arXiv:1503.03832",
    ),
    "cosine": Loss(
        "Cosine embedding",
        r"\begin{cases} 1 - \cos \angle(x_1, x_2) & y = 1 \\ "
        r"\max\left(0,\ \cos \angle(x_1, x_2) - m\right) & y = -1 \end{cases}",
        loss_functions.cosine,
        loss_numbers.cosine,
        "angle between the vectors (degrees)",
        (-180, 180),
        (_SIGN, Parameter("margin", "Margin m", -1, 1, 0, 0.05)),
        "For embeddings whose length means nothing. The slope is given for each degree, and is 0 where the "
        "vectors are opposite, however wrong that may be.",
        "torch.nn.CosineEmbeddingLoss; pairs as in Hadsell, Chopra & LeCun 2006",
    ),
    "focal": Loss(
        "Focal",
        r"-\alpha_t (1 - p_t)^{\gamma} \log p_t, \quad p_t = \sigma(\pm z)",
        loss_functions.focal,
        loss_numbers.focal,
        "logit of class 1",
        (-6, 6),
        (
            Choice("target", "Target y", 0, 1, 1, 1),
            Parameter("gamma", "Focus γ", 0, 5, 2, 0.1),
            Parameter("alpha", "Weight α of class 1", 0, 1, 0.25, 0.05),
        ),
        "For rare classes: examples that are easy already hardly count, so that thousands of them do not "
        "outweigh the few hard ones.",
        "Lin et al. 2017, arXiv:1708.02002",
    ),
}
