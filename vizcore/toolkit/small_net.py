r"""Networks of a few units, in NumPy by hand: calling PyTorch would take longer than there is to compute.

The weights of a layer are an array (out, in + 1) whose last column are the biases, and signals have a last
row of ones, so that a layer is one product. Columns are examples. Backward follows Rumelhart, Hinton &
Williams 1986, *Learning representations by back-propagating errors*.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Activation:
    """A function that all hidden units apply to their sum."""

    title: str
    latex: str  # of a sum that stands behind it
    apply: Callable[[Floats], None]  # in place
    slope: Callable[[Floats, Floats], None]  # its slope where the outputs are these, into the second array
    gain: float  # weights start with this standard deviation divided by the root of the inputs
    bounded: bool  # whether outputs lie between -1 and 1


def _tanh(values: Floats) -> None:
    np.tanh(values, out=values)


def _tanh_slope(outputs: Floats, slopes: Floats) -> None:
    np.multiply(outputs, outputs, out=slopes)
    np.subtract(1, slopes, out=slopes)


def _relu(values: Floats) -> None:
    np.maximum(values, 0, out=values)


def _relu_slope(outputs: Floats, slopes: Floats) -> None:
    np.greater(outputs, 0, out=slopes)


def _sigmoid(values: Floats) -> None:
    np.multiply(values, 0.5, out=values)
    np.tanh(values, out=values)
    np.add(values, 1, out=values)
    np.multiply(values, 0.5, out=values)


def _sigmoid_slope(outputs: Floats, slopes: Floats) -> None:
    np.multiply(outputs, outputs, out=slopes)
    np.subtract(outputs, slopes, out=slopes)


def _linear(values: Floats) -> None:
    pass


def _linear_slope(outputs: Floats, slopes: Floats) -> None:
    slopes.fill(1)


ACTIVATIONS: Mapping[str, Activation] = {
    "tanh": Activation("Tanh", r"\tanh", _tanh, _tanh_slope, 1.0, True),
    "relu": Activation("ReLU", r"\text{ReLU}", _relu, _relu_slope, math.sqrt(2), False),
    "sigmoid": Activation("Sigmoid", r"\sigma", _sigmoid, _sigmoid_slope, 1.0, True),
    "linear": Activation("Linear", "", _linear, _linear_slope, 1.0, False),
}


@dataclass(frozen=True)
class Loss:
    """How far a sum z of the last unit is from a class y, which is -1 or 1."""

    title: str
    latex: str
    unit: str
    shown: Callable[[Floats], Floats]  # sums -> what the network says, from -1 to 1
    shown_latex: str  # what it says of a sum that stands behind it
    value: Callable[[Floats, Floats], Floats]  # sums and classes -> loss of each example
    slope: Callable[[Floats, Floats, Floats], None]  # its slope over the sums, into the third array


def _half_tanh(sums: Floats) -> Floats:
    return np.tanh(0.5 * sums)


def _cross_entropy(sums: Floats, classes: Floats) -> Floats:
    return np.logaddexp(0, -classes * sums)


def _cross_entropy_slope(sums: Floats, classes: Floats, slopes: Floats) -> None:
    np.multiply(sums, 0.5, out=slopes)
    np.tanh(slopes, out=slopes)
    np.subtract(slopes, classes, out=slopes)
    np.multiply(slopes, 0.5, out=slopes)


def _squared(sums: Floats, classes: Floats) -> Floats:
    return 0.5 * (np.tanh(sums) - classes) ** 2


def _squared_slope(sums: Floats, classes: Floats, slopes: Floats) -> None:
    outputs = np.tanh(sums)
    np.multiply(outputs - classes, 1 - outputs * outputs, out=slopes)


LOSSES: Mapping[str, Loss] = {
    "cross_entropy": Loss(
        "Cross entropy",
        r"\ln(1 + e^{-y z})",
        "nats",
        _half_tanh,
        r"\tanh \tfrac12",
        _cross_entropy,
        _cross_entropy_slope,
    ),
    "squared": Loss(
        "Squared error",
        r"\tfrac12 (\tanh z - y)^2",
        "",
        np.tanh,
        r"\tanh",
        _squared,
        _squared_slope,
    ),
}


def shapes(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Shape of each layer's weights, for so many inputs, units of each hidden layer, and outputs."""
    return [(out, fan_in + 1) for fan_in, out in itertools.pairwise(sizes)]


def layers(flat: NDArray[Any], sizes: Sequence[int]) -> list[NDArray[Any]]:
    """The weights of each layer as views of all of them, which lie one behind the other."""
    ends = np.cumsum([math.prod(shape) for shape in shapes(sizes)])
    parts = np.split(flat, ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes(sizes), strict=True)]


def started(sizes: Sequence[int], activation: str, seed: int) -> NDArray[np.float64]:
    """All weights at the start, one behind the other: normal with variance gain² / inputs; biases are 0."""
    owner, gain = np.random.default_rng(seed), ACTIVATIONS[activation].gain
    parts = []
    for out, columns in shapes(sizes):
        weights = owner.normal(0, gain / math.sqrt(columns - 1), (out, columns))
        weights[:, -1] = 0
        parts.append(weights.ravel())
    return np.concatenate(parts)


class Pass:
    """Room for examples on their way through a network and back; a step allocates next to nothing.

    Attributes:
        outputs: (units, N) of each hidden layer, after `forward`.
    """

    def __init__(
        self, sizes: Sequence[int], activation: str, count: int, dtype: DTypeLike = np.float64
    ) -> None:
        """Make room.

        Args:
            sizes: inputs, units of each hidden layer, and 1.
            activation: key of ACTIVATIONS.
            count: examples, N.
            dtype: of all arrays.
        """
        self.activation = ACTIVATIONS[activation]
        self._signals = [np.ones((size + 1, count), dtype) for size in sizes[1:-1]]
        self.outputs = [signal[:-1] for signal in self._signals]
        self.slopes = [np.empty_like(outputs) for outputs in self.outputs]
        self._errors = [np.empty_like(outputs) for outputs in self.outputs]
        self._sums = np.empty((1, count), dtype)

    def forward(self, weights: Sequence[Floats], inputs: Floats) -> Floats:
        """(N,) sums of the last unit for inputs (F + 1, N); valid until the next call."""
        signal = inputs
        for layer, outputs, following in zip(weights, self.outputs, self._signals, strict=False):
            np.dot(layer, signal, out=outputs)
            self.activation.apply(outputs)
            signal = following
        np.dot(weights[-1], signal, out=self._sums)
        return self._sums[0]

    def backward(
        self, weights: Sequence[Floats], inputs: Floats, slopes: Floats, gradients: Sequence[Floats]
    ) -> None:
        """Fill in the gradient of every layer's weights, behind a `forward` of these inputs.

        Args:
            weights: of each layer.
            inputs: (F + 1, N).
            slopes: (N,) of what is differentiated over the sums of the last unit.
            gradients: of the shapes of the weights.
        """
        error = slopes[None]
        for at in range(len(weights) - 1, 0, -1):
            np.dot(error, self._signals[at - 1].T, out=gradients[at])
            below, slope = self._errors[at - 1], self.slopes[at - 1]
            np.dot(weights[at][:, :-1].T, error, out=below)
            self.activation.slope(self.outputs[at - 1], slope)
            np.multiply(below, slope, out=below)
            error = below
        np.dot(error, inputs.T, out=gradients[0])
