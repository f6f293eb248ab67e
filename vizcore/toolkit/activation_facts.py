"""What is true of an activation function, in numbers: flat ends, a dip, its noise and its relatives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vizcore.toolkit.activations import Statistics, applied, curve, lipschitz, saturations, statistics
from vizcore.toolkit.curves import Floats

_FAR, _LONG = 100.0, 10.0  # x up to which a function is sampled, and length from which a flat end is one
_STEP = 1e-12  # a smaller change of a value is rounding


@dataclass(frozen=True)
class Facts:
    """One function with its parameters set."""

    noise: Statistics  # after N(0, 1)
    lipschitz: float  # largest slope without its sign; infinite where it jumps
    ends: tuple[
        float, float
    ]  # below the first and above the second it is saturated; infinite where it never is
    dip: (
        tuple[float, float] | None
    )  # x and value of its only minimum, to four decimals of x; None: it has none


@dataclass(frozen=True)
class Relation:
    """A function written with others."""

    functions: tuple[str, ...]  # keys of ACTIVATIONS: the one on the left, then those on the right
    formula: str  # LaTeX
    short: str  # the right side in letters
    other: Callable[..., Tensor]  # the right side, of x and the parameters of the left one


RELATIONS: tuple[Relation, ...] = (
    Relation(
        ("tanh", "sigmoid"),
        r"\tanh x = 2\,\sigma(2x) - 1",
        "2σ(2x) − 1",
        lambda x: 2 * torch.sigmoid(2 * x) - 1,
    ),
    Relation(
        ("celu", "elu"),
        r"\text{CELU}(x) = \text{ELU}(x) \text{ for } \alpha = 1",
        "ELU, α = 1",
        lambda x, alpha: F.elu(x, 1.0),
    ),
    Relation(
        ("silu", "sigmoid"),
        r"\text{SiLU}(x) = x\,\sigma(x)",
        "xσ(x)",
        lambda x: x * torch.sigmoid(x),
    ),
    Relation(
        ("logsigmoid", "softplus"),
        r"\ln \sigma(x) = -\text{softplus}(-x) \text{ for } \beta = 1",
        "−softplus(−x)",
        lambda x: -F.softplus(-x),
    ),
    Relation(
        ("relu6", "relu"),
        r"\text{ReLU6}(x) = \min(\text{ReLU}(x), 6)",
        "min(ReLU(x), 6)",
        lambda x: F.relu(x).clamp(max=6),
    ),
    Relation(
        ("prelu", "leaky_relu"),
        r"\text{PReLU}(x) = \text{Leaky ReLU}(x) \text{ for } a = 0.25",
        "Leaky ReLU, a = 0.25",
        lambda x, weight: F.leaky_relu(x, 0.25),
    ),
    Relation(
        ("gelu_tanh", "gelu"),
        r"\text{GELU}_{\tanh}(x) \approx \text{GELU}(x)",
        "GELU(x)",
        F.gelu,
    ),
)


def facts(name: str, **parameters: float) -> Facts:
    """Everything about one function; arguments and errors as of `activations.applied`."""
    noise, steepest = statistics(name, **parameters), lipschitz(name, **parameters)
    return Facts(noise, steepest, _ends(name, parameters), _dip(name, parameters))


def other_side(relation: Relation, x: Floats, parameters: Mapping[str, float]) -> Floats:
    """The right side of a relation at places (N,); the parameters are those of the left one, all of them."""
    values: Floats = relation.other(torch.tensor(x, dtype=torch.float64), **parameters).numpy()
    return values


def apart(relation: Relation, x: Floats, parameters: Mapping[str, float]) -> float:
    """The largest distance between both sides of a relation over places (N,)."""
    left = curve(relation.functions[0], x, **parameters).value
    return float(np.abs(left - other_side(relation, x, parameters)).max())


def _ends(name: str, parameters: Mapping[str, float]) -> tuple[float, float]:
    x = np.linspace(-_FAR, _FAR, 80_001)
    flat = [found for found in saturations(curve(name, x, **parameters)) if found[1] - found[0] > _LONG]
    below = [to for start, to in flat if start == x[0]]
    above = [start for start, to in flat if to == x[-1]]
    return (below[0] if below else -inf, above[0] if above else inf)


def _dip(name: str, parameters: Mapping[str, float]) -> tuple[float, float] | None:
    x = np.linspace(-10, 10, 200_001)
    value = applied(name, **parameters)(torch.tensor(x)).numpy()
    moves = np.diff(value)
    signs = np.sign(moves[np.abs(moves) > _STEP])
    if np.count_nonzero(np.diff(signs) > 0) != 1:
        return None
    return float(x[value.argmin()]), float(value.min())
