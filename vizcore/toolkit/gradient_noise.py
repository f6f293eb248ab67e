r"""How much the gradient of a mini-batch differs from that of all examples, on a problem with two weights.

A line $w_1 u + w_2$ is fitted to $N$ examples $(u_n, t_n)$; the loss of one is
$f_n(w) = (w_1 u_n + w_2 - t_n)^2 / 2$. The gradient of a batch of $k$ is a mean of $k$ gradients, so its
covariance is $\Sigma / k$, where $\Sigma$ is that of single examples. When no example comes twice in a batch,
it is $\frac{N - k}{N - 1} \Sigma / k$, and 0 for $k = N$ (Cochran 1977, *Sampling Techniques*, section 2.5).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit.curves import Floats
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.parameters import LARGEST, check_seed
from vizcore.toolkit.surfaces import point

LINE = (1.5, -0.5)  # the weights that the examples are made with
MAX_COUNT = 1000  # examples
MAX_SPREAD = 10  # of the targets
MAX_DRAWS = 2000  # batches of a cloud, or steps of a path


@dataclass(frozen=True, eq=False)
class Examples:
    """What a line is fitted to."""

    inputs: Floats  # (N,) u
    targets: Floats  # (N,) t


@dataclass(frozen=True, eq=False)
class Cloud:
    """Gradients of many batches at one point, or of all single examples."""

    gradients: Floats  # (D, 2)
    full: Floats  # (2,) of all examples
    angles: Floats  # (D,) degrees from the full one, 0 to 180; nan where one of the two is 0
    variance: float  # mean squared distance from the full gradient, measured
    expected: float  # the same by the law


@dataclass(frozen=True, eq=False)
class Descent:
    """Where stochastic gradient descent has been."""

    points: Floats  # (steps + 1, 2); fewer if it diverges
    values: Floats  # (steps + 1,) loss over all examples
    diverged: bool


def examples(count: int = 200, spread: float = 1.0, seed: int = 0) -> Examples:
    """Points about a line.

    Args:
        count: N, 2 to 1,000.
        spread: standard deviation of the targets about it, 0 to 10.
        seed: which points.

    Raises:
        InputError: one of these is out of range.
    """
    check_seed(seed)
    if not (2 <= count <= MAX_COUNT and 0 <= spread <= MAX_SPREAD):
        raise InputError(
            f"There are 2 to {MAX_COUNT} examples with a spread of 0 to {MAX_SPREAD}, "
            f"not {count} with {spread}."
        )
    draws = np.random.default_rng(seed)
    inputs = draws.uniform(-1, 3, count)
    return Examples(inputs, LINE[0] * inputs + LINE[1] + draws.normal(0, spread, count))


def single_gradients(given: Examples, weights: ArrayLike) -> Floats:
    """(N, 2) the gradient of each example at weights (2,)."""
    features = _features(given)
    return (features @ np.asarray(weights) - given.targets)[:, None] * features


def hessian(given: Examples) -> Floats:
    """(2, 2) of the mean loss, the same everywhere."""
    features = _features(given)
    return features.T @ features / len(features)


def minimum(given: Examples) -> Floats:
    """(2,) the weights whose mean loss is lowest."""
    return np.asarray(np.linalg.lstsq(_features(given), given.targets, rcond=None)[0], dtype=np.float64)


def losses(given: Examples, weights: ArrayLike) -> Floats:
    """Mean loss over all examples at weights (..., 2), from where its bowl is lowest and how it curves."""
    lowest = minimum(given)
    rest = ((_features(given) @ lowest - given.targets) ** 2).mean()
    off = np.asarray(weights) - lowest
    return (rest + (off @ hessian(given) * off).sum(axis=-1)) / 2


def _features(given: Examples) -> Floats:
    """(N, 2) what the weights are multiplied with."""
    return np.stack([given.inputs, np.ones_like(given.inputs)], axis=1)


def law(count: int, k: int, *, again: bool) -> float:
    """The covariance of a batch gradient as a share of that of a single example.

    Args:
        count: N, examples.
        k: examples in a batch.
        again: whether an example may come more than once.
    """
    return 1 / k if again else (count - k) / (count - 1) / k


def halving(count: int, k: int, *, again: bool) -> int:
    """The smallest batch whose gradient is half as far from the full one as that of k, root mean square.

    Args: as `law`.
    """
    if again:
        return 4 * k
    return -(-4 * k * count // (count + 3 * k))  # (N - n) / n = (N - k) / 4k, rounded up


def cloud(
    given: Examples, weights: ArrayLike, k: int, *, draws: int = 300, again: bool = False, seed: int = 0
) -> Cloud:
    """Gradients of batches drawn at random, all at the same point.

    Args:
        given: all examples.
        weights: (2,) the point.
        k: examples in a batch, 1 to N.
        draws: D, batches.
        again: whether an example may come more than once in a batch.
        seed: of the draws.

    Raises:
        InputError: one of these is out of range.
    """
    singles = single_gradients(given, point(weights))
    count = len(singles)
    _check(k, count, draws, seed)
    batches = _batches(count, k, draws, np.random.default_rng(seed), again=again)
    gradients, full = singles[batches].mean(axis=1), singles.mean(axis=0)
    scatter = ((singles - full) ** 2).sum(axis=1).mean()
    measured = ((gradients - full) ** 2).sum(axis=1).mean()
    return Cloud(
        gradients,
        full,
        _angles(gradients, full),
        float(measured),
        float(scatter) * law(count, k, again=again),
    )


def each_alone(given: Examples, weights: ArrayLike) -> Cloud:
    """The gradients of all N single examples at a point (2,), each once and in the order of the examples.

    Raises:
        InputError: the point is none.
    """
    singles = single_gradients(given, point(weights))
    full = singles.mean(axis=0)
    scatter = float(((singles - full) ** 2).sum(axis=1).mean())
    return Cloud(singles, full, _angles(singles, full), scatter, scatter)


def descent(
    given: Examples, start: ArrayLike, k: int, lr: float, steps: int, *, again: bool = False, seed: int = 0
) -> Descent:
    """Gradient descent that sees another random batch at each step.

    Args:
        given: all examples.
        start: (2,) weights.
        k: examples in a batch, 1 to N; N is gradient descent where `again` is not set.
        lr: learning rate.
        steps: 1 to 2,000.
        again: whether an example may come more than once in a batch.
        seed: of the batches.

    Raises:
        InputError: one of these is out of range.
    """
    features, count = _features(given), len(given.inputs)
    _check(k, count, steps, seed)
    if not 0 < lr <= LARGEST:
        raise InputError(f"The learning rate must be above 0 and at most {LARGEST:g}, not {lr}.")
    weights = np.array(point(start))
    points = [weights]
    with np.errstate(all="ignore"):
        for batch in _batches(count, k, steps, np.random.default_rng(seed), again=again):
            errors = features[batch] @ weights - given.targets[batch]
            weights = weights - lr * errors @ features[batch] / k
            points.append(weights)
        values = losses(given, np.array(points))
    finite = np.isfinite(values)
    end = len(points) if finite.all() else int(finite.argmin())
    return Descent(np.array(points[:end]), values[:end], end < len(points))


def _check(k: int, count: int, draws: int, seed: int) -> None:
    """Raise an InputError unless batches can be drawn so."""
    check_seed(seed)
    if not 1 <= k <= count:
        raise InputError(f"A batch has 1 to {count} of the {count} examples, not {k}.")
    if not 1 <= draws <= MAX_DRAWS:
        raise InputError(f"There are 1 to {MAX_DRAWS} batches, not {draws}.")


def _batches(count: int, k: int, draws: int, owner: np.random.Generator, *, again: bool) -> NDArray[np.intp]:
    """(draws, k) which examples are in each batch."""
    if again:
        return owner.integers(count, size=(draws, k), dtype=np.intp)
    return owner.random((draws, count)).argpartition(k - 1, axis=1)[:, :k]


def _angles(gradients: Floats, full: Floats) -> Floats:
    """(D,) degrees between each gradient and the full one."""
    lengths = np.linalg.norm(gradients, axis=1) * np.linalg.norm(full)
    with np.errstate(invalid="ignore"):
        return np.degrees(np.arccos(np.clip(gradients @ full / lengths, -1, 1)))
