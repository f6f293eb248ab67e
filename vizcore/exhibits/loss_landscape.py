r"""A network with $P$ weights $\theta$ has one loss for every point of a space with $P$ dimensions.

Training is a walk in that space: down the slope of the **loss landscape**

$$
L(\theta) = \frac{1}{M} \sum_{m=1}^{M} \ell\big(f(x_m; \theta), y_m\big)
$$

over all $M$ pictures. Nobody can see 61,706 dimensions, so one cuts through them along two directions $d_1,
d_2$ from the weights $\theta^*$ of a network and draws

$$
L(a, b) = L(\theta^* + a\, d_1 + b\, d_2)
$$

**What a cut shows depends on its directions.** Two random ones are nearly at a right angle to everything that
matters, yet tell how quickly the loss grows around the network. The plane of the **path** is spanned by the
two principal components of its checkpoints less their mean: it holds most of the walk, and its explained
variance says how much. The two leading **eigenvectors of the Hessian** are the directions in which the
landscape is most curved.

**Why filters are normalised.** With ReLUs, a layer can be made ten times larger and the next one ten times
smaller, and the network computes the same. A step of length 1 means little to large weights and much to small
ones, so the same function looks flat or sharp as one likes. Filter normalisation makes every filter of a
random direction as long as the network's own filter in its place; biases and batch norm are not moved. Only
with it can two networks be compared, on the same scale.

**The loss on the plane is not the loss on the path.** A checkpoint lies beside the plane; the point drawn is
its projection. The distance between them, and the loss of the checkpoint itself, are printed.

**Curvature.** Near a minimum $L \approx L(\theta^*) + \tfrac12 \sum_i \lambda_i\, c_i^2$ with the eigenvalues
$\lambda_i$ of the Hessian. Large ones make a **sharp** minimum. Flat ones are said to generalise better, but
sharpness depends on how weights are scaled, so it explains less than the pictures suggest.

**Batch norm** multiplies by what it has measured while training. Away from $\theta^*$ these means and
variances belong to other weights: either they stay as they are (as in the paper), or they are measured anew
at every point from the pictures themselves, in batches of about 256.

**What runs here.** Every point is exact: all pictures, float32, and the weights of the network are never
touched. A grid of 13 × 13 points and a cubic spline of the logarithm of the loss come first; then grids of
25, 49 and 97 points, each of which contains the one before. At its new points the spline is compared with
what is computed: that is the error shown, in percent of the range. Fewer points are better than fewer
pictures: leaving pictures out shifts all of the surface.

Sources: Li, Xu, Taylor, Studer & Goldstein 2018, arXiv:1712.09913 (filter normalisation, the plane of the
path); Goodfellow, Vinyals & Saxe 2015, arXiv:1412.6544 (lines between solutions); Dinh et al. 2017,
arXiv:1703.04933 (sharp minima that generalise); Keskar et al. 2017, arXiv:1609.04836 (large batches);
Ghorbani, Krishnan & Xiao 2019, arXiv:1901.10159 (spectrum of the Hessian).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import datasets, device, landscape_scan, refinement, subjects
from vizcore.toolkit.directions import random_plane
from vizcore.toolkit.landscape_spec import Report, Spec
from vizcore.toolkit.plane_losses import Surface, landscape

__all__ = ["Report", "Spec", "Surface", "card", "landscape", "scan"]


def scan(
    spec: Spec,
    state: bytes | None = None,
    path: NDArray[np.float32] | None = None,
    buffers: NDArray[np.float32] | None = None,
    images: datasets.Pixels | None = None,
    labels: datasets.Labels | None = None,
    classes: NDArray[np.str_] | None = None,
) -> Iterator[Report]:
    """Compute a landscape as far as the caller pulls: train where asked, then grid after finer grid.

    Args:
        spec: the settings.
        state: of an earlier scan with these settings, to go on from there.
        path: (T, P) weights of a run with the training of `spec` at its checkpoints, which is not trained
            then; or (1, P) those of the network of `spec`, see `subjects.carried`. The last are the origin.
        buffers: (T, B) what batch norm had measured then.
        images: (N, 3, S, S) own pictures in colour, where these are the data of the training.
        labels: (N,) their classes.
        classes: the names of these.

    Returns:
        A `landscape_scan.Scan`: an iterator over reports, which can be looked into.

    Raises:
        InputError: network, data and path are not there or do not fit one another, or weights are not finite.
    """
    own = None
    if images is not None and labels is not None and classes is not None:
        own = datasets.own(images, labels, classes)
    if state is not None:
        return landscape_scan.Scan(spec, landscape_scan.known(state), own)
    given = {} if path is None or buffers is None else {"path": path, "buffers": buffers}
    return landscape_scan.Scan(spec, given, own)


@device.in_turn
def card() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    subject = subjects.of_network("lenet5", count=50)
    coarse = [landscape(subject, random_plane(subject, seed=seed), points=9).loss for seed in range(8)]
    maps = np.log(np.stack([refinement.spread(loss, 150) for loss in coarse]))
    return maps, np.quantile(maps, (0.01, 0.99), axis=(1, 2)).T
