r"""What a layer does to signal and gradient on average, from its function and its weights alone.

In a wide layer $z = W h$ is a sum of many independent terms and so nearly normal, with variance
$q = d\,v\,E[h^2]$ for weights of variance $v$. The next layer sees $h = f(z)$, and the gradient is multiplied
by $g = \sqrt{d\,v\,E[f'(z)^2]}$ on its way back (Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017,
arXiv:1611.01232).
"""

from dataclasses import dataclass

import numpy as np

from vizcore.toolkit.activations import applied, noise
from vizcore.toolkit.curves import Floats, traced
from vizcore.toolkit.errors import pick
from vizcore.toolkit.signal_flow import INITIALISATIONS, WIDTH, check_depth


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of each layer, the one behind the input first."""

    variances: Floats  # (depth,) q, of the sums
    slopes: Floats  # (depth,) the mean of the squared slope at them
    factors: Floats  # (depth,) g, by which the layer multiplies the gradient

    @property
    def factor(self) -> float:
        """The geometric mean over all layers."""
        return float(np.exp(np.log(self.factors).mean())) if self.factors.all() else 0.0


def forecast(function: str, initialisation: str, *, depth: int = 20) -> Forecast:
    """What `signal_flow` measures, for layers without end in width.

    Args:
        function: key of ACTIVATIONS, with its parameters at their start.
        initialisation: key of INITIALISATIONS.
        depth: number of layers, 2 to 100.

    Raises:
        InputError: there is no such function or initialisation, or the depth is out of range.
    """
    check_depth(depth)
    gain = WIDTH * pick(INITIALISATIONS, initialisation, "initialisation").variance
    places, shares = noise()
    step, square = applied(function), 1.0  # of the input, N(0, 1)
    variances, slopes = np.empty((2, depth))
    for layer in range(depth):
        variances[layer] = gain * square
        found = traced(step, np.sqrt(variances[layer]) * places)
        square, slopes[layer] = float(shares @ found.value**2), shares @ found.slope**2
    return Forecast(variances, slopes, np.sqrt(gain * slopes))
