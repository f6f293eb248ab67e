r"""What a unit does with its weighted input, and why a network without it is one matrix.

**Why something that is not linear.** Layers that only multiply and add are worth one such layer, however many
there are: $W_2 (W_1 x) = (W_2 W_1)\, x$. The activation function $f$ between them is what makes depth count.
It works on each value by itself, has no weights (PReLU aside) and leaves the shape as it is.

**What to look at.**

- **Slope.** Backwards, the gradient is multiplied by $f'(x)$ in every layer. A sigmoid's slope
  $\sigma(x)(1 - \sigma(x))$ is at most $\tfrac14$, so in ten layers at most $4^{-10} \approx 10^{-6}$ of a
  gradient comes through, weights aside: it **vanishes**. That of a ReLU is exactly 1 for every $x > 0$.
- **Saturation.** Where the slope is nearly 0, a unit no longer learns. Sigmoid and tanh saturate on both
  sides; a ReLU on one, and altogether: a unit that is below 0 for every example gets no gradient and stays
  so. It is **dead**. A leaky ReLU keeps a small slope there.
- **Mean.** Outputs that are all positive make all gradients of a unit's weights share one sign. Functions
  centred on 0 (tanh), or nearly so (ELU, GELU), do not.
- **Lipschitz constant.** The largest slope bounds how far apart two outputs can be, and with the weights how
  much a layer can magnify a small change of the picture.
- **Sparsity.** About half of a ReLU's outputs are exactly 0, which the smooth functions never are.

**Self-normalising.** With $\alpha = 1.67326\ldots$ and $\lambda = 1.05070\ldots$ the SELU turns mean 0 and
variance 1 into mean 0 and variance 1, and draws layers that are near to this towards it.

**Relatives.** $\tanh x = 2\,\sigma(2x) - 1$. CELU with $\alpha = 1$ is ELU. Softplus is a rounded ReLU, and
its slope is the sigmoid. GELU is $x\,\Phi(x)$ with the normal distribution's $\Phi$, and lowest at
$-0.752$ with $-0.170$. SiLU is $x\,\sigma(x)$.

**Functions of a whole layer.** Softmax turns $K$ scores into $K$ positive numbers with the sum 1, each of
which depends on all scores: its slope is a matrix. A **temperature** above 1 evens them out, below 1 sharpens
them. Adding the same to all scores changes nothing.

**How weights start.** A layer multiplies the gradient by about $\sqrt{d\, \operatorname{Var}(w)\, E[f'^2]}$.
Weights are drawn so that this is 1: variance $\tfrac{2}{d}$ for ReLUs (Kaiming), $\tfrac{1}{d}$ for SELU
(LeCun), $\tfrac{2}{d_{in} + d_{out}}$ for tanh (Xavier). What is below 1 vanishes and what is above 1
explodes, to the power of the depth.

**Where lecture texts are imprecise.** The step neuron of the lectures compares a $Y$ that is not defined: it
is the weighted input. ReLU "prevents the vanishing gradient *function*": the vanishing gradient *problem* is
meant, and ReLU eases it, since weights and dead units remain. What helps is not that it is "almost linear"
but that its slope does not shrink. Weights in $[-\tfrac1d, \tfrac1d]$ fall with $d$, not with $\sqrt d$: in a
wide and deep network hardly anything of the signal is left.

Sources: Glorot & Bengio 2010; Nair & Hinton 2010; He et al. 2015, arXiv:1502.01852; Klambauer et al. 2017,
arXiv:1706.02515; Hendrycks & Gimpel 2016, arXiv:1606.08415; Lu et al. 2019, arXiv:1903.06733 (dying ReLU);
Sitzmann et al. 2020, arXiv:2006.09661 (SIREN); Goodfellow, Bengio & Courville 2016, *Deep Learning*, sections
6.2 and 6.3; the paper of each function stands beside it.
"""

import numpy as np

from vizcore.toolkit.activations import ACTIVATIONS, VECTORS, curve, vector
from vizcore.toolkit.curves import Curve, Floats

__all__ = ["ACTIVATIONS", "VECTORS", "Curve", "card", "curve", "vector"]


def card() -> tuple[Floats, Floats]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    names = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "hardswish", "sine")
    maps = np.stack([_drawn(curve(name, np.linspace(-4, 4, 150))) for name in names])
    return maps, np.tile([0.0, 1.0], (len(maps), 1))


def _drawn(found: Curve) -> Floats:
    """(H, W) brightness of a curve drawn with a soft pen, y from 2 down to -2."""
    heights = np.linspace(2, -2, len(found.x))[:, None]
    away = (heights - found.value) / np.hypot(1, found.slope)
    return np.exp(-((away / 0.12) ** 2))
