r"""Gradients say which way is down. Optimisers differ in how far they go, and in what they remember.

**The slope.** At a point $w = (x, y)$ the gradient $g = \nabla f(w)$ points uphill, at a right angle to the
level line there. **Gradient descent** steps against it,

$$
w_t = w_{t-1} - \eta\, g_t
$$

with the **learning rate** $\eta$. Each step sees this one place only, and nothing of the way there.

**How large a rate.** On a parabola with curvature $a$ each step multiplies the distance by the same factor:

$$
x_k = (1 - \eta a)^k\, x_0
$$

Below $\eta = 1/a$ it falls steadily, at $1/a$ one step is enough, above that it jumps from side to side, and
beyond $2/a$ it grows. With several directions the steepest sets the limit: $\eta < 2/L$, where $L$ is the
largest eigenvalue of the **Hessian** $H$, the matrix of second derivatives. The flattest sets the time. Their
ratio $\kappa$ is the **condition number**: at the best rate, $2/(L + L_{\min})$, each step leaves
$\frac{\kappa - 1}{\kappa + 1}$ of the distance. On a surface that is no bowl, $2/L$ holds near a point only.

**Momentum** adds up gradients, $v_t = \mu\, v_{t-1} + g_t$: across a ravine they cancel, along it they agree,
and the step grows up to $1/(1-\mu)$ times. **Nesterov** steps as if the next velocity were known already.

**A rate for each coordinate.** **Adagrad** divides by the root of the sum of all squared gradients, so its
steps only get smaller. **RMSProp** takes a running mean of the squares instead and never comes to rest with a
fixed rate. **Adam** is a running mean of gradients over the root of one of squares,

$$
m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \qquad s_t = \beta_2 s_{t-1} + (1 - \beta_2)\, g_t^2 \qquad
w_t = w_{t-1} - \eta\, \frac{m_t / (1 - \beta_1^t)}{\sqrt{s_t / (1 - \beta_2^t)} + \varepsilon}
$$

where the two divisions make up for the start at 0. Its first step is $\eta$ long along each coordinate,
whatever the size of the gradient. **AdamW** also pulls weights towards 0, by $\eta \lambda w$. All of these
look at one coordinate at a time: turn the ravine by 45°, and they lose their advantage.

**Newton** divides by the curvature, $w_t = w_{t-1} - \eta\, H^{-1} g_t$. With $\eta = 1$ it needs one step on
any quadratic. Where $H$ curves downwards it walks uphill, and it is drawn to saddles. With a million weights,
$H$ has $10^{12}$ entries.

**Noise.** A mini-batch of $k$ examples gives a gradient that is right on average, with covariance
$\Sigma / k$; drawn without repetition from $N$ examples, $\frac{N-k}{N-1}\, \Sigma / k$. Four times the
batch halves the error, as long as that is a small part of all. With a fixed rate the path ends in
a cloud about the minimum, the wider the larger $\eta / k$.

**Where lecture texts are wrong.** One lecture prints Adam's second moment as
$\beta_2 m_{t-1} + (1 - \beta_2)\, g_t^2$, with $m$ in place of $s$, and divides by $\hat s_t + \varepsilon$
without the root. On $f = w^2$ from 1 with $\eta = 0.1$ the paper's goes .9, .8004, .7016; the misprint goes
.95, .9481, .9465, and is at −.535 after 200 steps.

**What runs here.** The equations that are shown are the ones that are computed, in float64. Gradients and
Hessians are derived from the formula of the surface, also from one's own. Steps agree with `torch.optim` to
rounding. Momentum is written as in PyTorch: other texts multiply $g$ by $\eta$ or by $1 - \mu$ first.

Sources: Boyd & Vandenberghe 2004, *Convex Optimization*, chapter 9; Polyak 1964; Nesterov 1983; Sutskever et
al. 2013; Duchi, Hazan & Singer 2011 (Adagrad); Tieleman & Hinton 2012 (RMSProp); Kingma & Ba 2014,
arXiv:1412.6980 (Adam); Loshchilov & Hutter 2017, arXiv:1711.05101 (AdamW); Robbins & Monro 1951 (noise);
Dauphin et al. 2014, arXiv:1406.2572 (saddles); Goodfellow, Bengio & Courville 2016, *Deep Learning*,
chapter 8; the source of each surface stands beside it.
"""

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.step_sums import equations, sums
from vizcore.toolkit.surface_table import SURFACES, Landscape
from vizcore.toolkit.surfaces import eigenvalues, grid, landscape, limit, sharpest
from vizcore.toolkit.trajectories import Path, ends, trajectory
from vizcore.toolkit.update_rules import RULES, Rule

__all__ = [
    "RULES",
    "SURFACES",
    "Landscape",
    "Path",
    "Rule",
    "card",
    "eigenvalues",
    "ends",
    "equations",
    "grid",
    "landscape",
    "limit",
    "sharpest",
    "sums",
    "trajectory",
]


def card() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    names = [name for name in SURFACES if name != "noisy"]
    maps = np.stack([np.log1p(grid(name, n=150))[::-1] for name in names])
    return maps, np.quantile(maps, (0.01, 0.99), axis=(1, 2)).T
