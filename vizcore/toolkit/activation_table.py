r"""The activation functions one can choose: formula, slope, range, parameters and source of each.

The lecture on ReLU says that it prevents the vanishing gradient "function" and helps "because it is almost
linear": meant is the vanishing gradient *problem*, and what helps is its slope of exactly 1 for every x above
0 (E20). The lecture's step neuron compares a $Y$ that it never defines: it is the weighted input (E17).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from vizcore.toolkit.parameters import Parameter

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
_INF = math.inf


@dataclass(frozen=True)
class Activation:
    """A function that is applied to every value on its own."""

    title: str
    function: Callable[..., Tensor]  # takes x and the parameters by name
    formula: str  # LaTeX, of f(x)
    slope: str  # LaTeX, of f'(x)
    range: str  # LaTeX, of all values it takes
    bounds: Callable[..., tuple[float, float]]  # the ends of the range as numbers, from the parameters
    source: str  # where it was published
    says: str  # one sentence: what it does to a signal
    parameters: tuple[Parameter, ...] = ()
    jumps: bool = False  # at 0, of which the slope beside it says nothing


def _step(x: Tensor) -> Tensor:
    return (x.sign() + 1).clamp(max=1)  # 1 at 0, and with a gradient for autograd: 0


def _linear(x: Tensor, factor: float) -> Tensor:
    return factor * x


def _prelu(x: Tensor, weight: float) -> Tensor:
    return F.prelu(x, x.new_full((1,), weight))


def _sine(x: Tensor, omega: float) -> Tensor:
    return torch.sin(omega * x)


def _between(low: float, high: float) -> Callable[..., tuple[float, float]]:
    """The same bounds whatever the parameters are."""
    return lambda **_: (low, high)


def _leaky_bounds(**slope: float) -> tuple[float, float]:
    return (-_INF if min(slope.values()) > 0 else 0.0, _INF)


_ALPHA = Parameter("alpha", "Depth α", 0.1, 3, 1, 0.1)

ACTIVATIONS: Mapping[str, Activation] = {
    "step": Activation(
        "Step",
        _step,
        r"\begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}",
        r"0 \quad (x \ne 0)",
        r"\{0, 1\}",
        _between(0, 1),
        "McCulloch & Pitts 1943, A logical calculus of the ideas immanent in nervous activity",
        "Fires or not: flat on both sides of its jump, so gradient descent learns nothing through it.",
        jumps=True,
    ),
    "linear": Activation(
        "Linear",
        _linear,
        r"c\,x",
        "c",
        r"(-\infty, \infty)",
        lambda factor: (-_INF, _INF) if factor else (0.0, 0.0),
        "Widrow & Hoff 1960, Adaptive switching circuits",
        "Scales only, with c = 2 in the lectures: any number in a row can do no more than one of them.",
        (Parameter("factor", "Factor c", -3, 3, 1, 0.1),),
    ),
    "sigmoid": Activation(
        "Sigmoid",
        torch.sigmoid,
        r"\sigma(x) = \frac{1}{1 + e^{-x}}",
        r"\sigma(x)\,(1 - \sigma(x))",
        "(0, 1)",
        _between(0, 1),
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        "Squeezes into 0 to 1: its slope is at most a quarter, so gradients shrink with every layer.",
    ),
    "tanh": Activation(
        "Tanh",
        torch.tanh,
        r"\tanh x = 2\,\sigma(2x) - 1",
        r"1 - (\tanh x)^2",
        "(-1, 1)",
        _between(-1, 1),
        "LeCun et al. 1998, Efficient BackProp",
        "A sigmoid stretched to −1 to 1: centred on 0, with slope 1 there, and flat at both ends.",
    ),
    "relu": Activation(
        "ReLU",
        F.relu,
        r"\max(0, x)",
        r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
        r"[0, \infty)",
        _between(0, _INF),
        "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
        "Lets through what is above 0 with slope 1 and nothing else; at 0, PyTorch takes the subgradient 0.",
    ),
    "leaky_relu": Activation(
        "Leaky ReLU",
        F.leaky_relu,
        r"\max(0, x) + a \min(0, x)",
        r"\begin{cases} 1 & x > 0 \\ a & x \le 0 \end{cases}",
        r"(-\infty, \infty) \;\text{for}\; a > 0",
        _leaky_bounds,
        "Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
        "A ReLU that keeps a small slope below 0, so that no unit stops learning for good.",
        (Parameter("negative_slope", "Slope a below 0", 0, 1, 0.01, 0.01),),
    ),
    "prelu": Activation(
        "PReLU",
        _prelu,
        r"\max(0, x) + a \min(0, x)",
        r"\begin{cases} 1 & x > 0 \\ a & x \le 0 \end{cases}",
        r"(-\infty, \infty) \;\text{for}\; a > 0",
        _leaky_bounds,
        "He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852",
        "A leaky ReLU that learns its slope: one a shared by all channels, or one for each.",
        (Parameter("weight", "Learnt slope a", -1, 1, 0.25, 0.05),),
    ),
    "softplus": Activation(
        "Softplus",
        F.softplus,
        r"\tfrac{1}{\beta} \ln(1 + e^{\beta x})",
        r"\sigma(\beta x)",
        r"(0, \infty)",
        _between(0, _INF),
        "Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing",
        "A ReLU with a round corner, sharper as β grows; for βx above 20, PyTorch returns x itself.",
        (Parameter("beta", "Sharpness β", 0.1, 10, 1, 0.1),),
    ),
    "elu": Activation(
        "ELU",
        F.elu,
        r"\begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}",
        r"\begin{cases} 1 & x > 0 \\ \alpha\,e^x & x \le 0 \end{cases}",
        r"(-\alpha, \infty)",
        lambda alpha: (-alpha, _INF),
        "Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289",
        "Bends towards −α below 0, which brings the mean of its outputs nearer to 0 than a ReLU's.",
        (_ALPHA,),
    ),
    "celu": Activation(
        "CELU",
        F.celu,
        r"\max(0, x) + \min\!\left(0, \alpha\,(e^{x/\alpha} - 1)\right)",
        r"\begin{cases} 1 & x > 0 \\ e^{x/\alpha} & x \le 0 \end{cases}",
        r"(-\alpha, \infty)",
        lambda alpha: (-alpha, _INF),
        "Barron 2017, Continuously differentiable exponential linear units, arXiv:1704.07483",
        "An ELU without a corner at 0 whatever α is; for α = 1 they are the same.",
        (_ALPHA,),
    ),
    "selu": Activation(
        "SELU",
        F.selu,
        r"\lambda \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}"
        r"\quad \lambda \approx 1.0507,\; \alpha \approx 1.6733",
        r"\lambda \begin{cases} 1 & x > 0 \\ \alpha\,e^x & x \le 0 \end{cases}",
        r"(-\lambda\alpha, \infty)",
        _between(-SELU_SCALE * SELU_ALPHA, _INF),
        "Klambauer et al. 2017, Self-normalizing neural networks, arXiv:1706.02515",
        "An ELU scaled so that inputs of mean 0 and variance 1 come out with mean 0 and variance 1.",
    ),
    "gelu": Activation(
        "GELU",
        F.gelu,
        r"x\,\Phi(x) = \tfrac{x}{2} \left(1 + \operatorname{erf}\tfrac{x}{\sqrt 2}\right)",
        r"\Phi(x) + x\,\varphi(x)",
        r"[-0.1700, \infty)",
        _between(-0.16997120747990366, _INF),
        "Hendrycks & Gimpel 2016, Gaussian error linear units, arXiv:1606.08415",
        "Weights x by the chance that a standard normal number lies below it; dips to −0.17 at −0.75.",
    ),
    "gelu_tanh": Activation(
        "GELU (tanh)",
        partial(F.gelu, approximate="tanh"),
        r"\tfrac{x}{2} (1 + \tanh u), \quad u = \sqrt{2/\pi}\,(x + 0.044715\,x^3)",
        r"\tfrac{1}{2} (1 + \tanh u) + \tfrac{x}{2} (1 - \tanh^2 u)\,u', \quad"
        r" u' = \sqrt{2/\pi}\,(1 + 0.134145\,x^2)",
        r"[-0.1700, \infty)",
        _between(-0.17004075057125412, _INF),
        "Hendrycks & Gimpel 2016, Gaussian error linear units, arXiv:1606.08415",
        "GELU by a tanh in place of the error function: at most 0.0005 away from it.",
    ),
    "silu": Activation(
        "SiLU",
        F.silu,
        r"x\,\sigma(x)",
        r"\sigma(x) + x\,\sigma(x)\,(1 - \sigma(x))",
        r"[-0.2785, \infty)",
        _between(-0.2784645427610738, _INF),
        "Elfwing, Uchibe & Doya 2017, arXiv:1702.03118; as Swish: Ramachandran et al. 2017, arXiv:1710.05941",
        "Weights x by its own sigmoid: smooth, and with a dip to −0.28 at −1.28.",
    ),
    "mish": Activation(
        "Mish",
        F.mish,
        r"x \tanh s, \quad s = \ln(1 + e^x)",
        r"\tanh s + x\,\sigma(x)\,(1 - \tanh^2 s)",
        r"[-0.3088, \infty)",
        _between(-0.3088434130172504, _INF),
        "Misra 2019, Mish: a self regularized non-monotonic activation function, arXiv:1908.08681",
        "Weights x by the tanh of its softplus: much like SiLU, with a slightly deeper dip.",
    ),
    "hardswish": Activation(
        "Hard-swish",
        F.hardswish,
        r"\tfrac{x}{6} \min(\max(0, x + 3), 6)",
        r"\begin{cases} 0 & x < -3 \\ \tfrac{x}{3} + \tfrac{1}{2} & |x| \le 3 \\ 1 & x > 3 \end{cases}",
        r"[-\tfrac{3}{8}, \infty)",
        _between(-3 / 8, _INF),
        "Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
        "A SiLU made of a parabola between two straight lines, for phones on which exponentials are slow.",
    ),
    "relu6": Activation(
        "ReLU6",
        F.relu6,
        r"\min(\max(0, x), 6)",
        r"\begin{cases} 1 & 0 < x < 6 \\ 0 & \text{else} \end{cases}",
        "[0, 6]",
        _between(0, 6),
        "Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10",
        "A ReLU that ends at 6, so that its values keep their precision in few bits.",
    ),
    "logsigmoid": Activation(
        "LogSigmoid",
        F.logsigmoid,
        r"\ln \sigma(x) = -\ln(1 + e^{-x})",
        r"\sigma(-x)",
        r"(-\infty, 0)",
        _between(-_INF, 0),
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 3.10",
        "The logarithm of a probability, and so more of a loss than a layer: a softplus turned half round.",
    ),
    "sine": Activation(
        "Sine",
        _sine,
        r"\sin(\omega x)",
        r"\omega \cos(\omega x)",
        "[-1, 1]",
        _between(-1, 1),
        "Sitzmann et al. 2020, Implicit neural representations with periodic activation functions, "
        "arXiv:2006.09661",
        "Never ends in a flat line, and its slope is a sine again: SIREN networks draw fine detail with it.",
        (Parameter("omega", "Frequency ω", 0.5, 30, 1, 0.5),),
    ),
}
