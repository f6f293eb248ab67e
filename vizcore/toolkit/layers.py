"""What one layer is, in words and numbers: its kind, its settings, its formula."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import nn

Shape = tuple[int, ...]
Lines = tuple[str, ...]  # of LaTeX


@dataclass(frozen=True)
class Kind:
    """How to speak of the layers of one type. Functions take the module, its input and its output shape."""

    name: str  # the field's word for it
    group: str  # colour of its mark: "linear", "activation", "pooling", "norm" or "shape"
    does: str  # one sentence
    formula: str  # LaTeX, general
    numbers: Callable[[nn.Module, Shape, Shape], Lines] = lambda module, before, after: ()  # of this one
    settings: Callable[[nn.Module], str] = lambda module: ""  # short, for a list
    multiplications: Callable[[nn.Module, Shape, Shape], int] = lambda module, before, after: (
        0
    )  # with weights


def describe(module: nn.Module) -> Kind:
    """The entry of `KINDS` for a module, or one that knows only the name of its class."""
    for base in type(module).__mro__:
        if base.__name__ in KINDS:
            return KINDS[base.__name__]
    return Kind(type(module).__name__, "shape", "This layer has no description here yet.", "")


def pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    """Height and width of a setting that may be one number for both."""
    return (value, value) if isinstance(value, int) else (value[0], value[-1])


class Sliding(NamedTuple):
    """How a window moves along one axis, in px."""

    kernel: int
    stride: int
    padding: int  # before the first value and behind the last
    dilation: int  # between neighbours in the window


def sliding(module: nn.Module, axis: int) -> Sliding:
    """The window of a convolution or a pooling along the rows (axis 0) or the columns (1)."""
    settings = (module.kernel_size, module.stride, module.padding, getattr(module, "dilation", 1))
    return Sliding(*(pair(setting)[axis] for setting in settings))  # type: ignore[arg-type]


def out_size(module: nn.Module, before: Shape, after: Shape) -> Lines:
    """LaTeX of the output height of a window that slides, with the numbers in it.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14.
    """
    kernel, stride, padding, dilation = sliding(module, axis=0)
    if len(before) != 3:
        return ()
    reach = str(kernel) if dilation == 1 else f"{dilation}({kernel}-1)-1"
    top = f"{before[1]} + 2\\cdot{padding} - {reach}"
    left, right = (r"\lceil", r"\rceil") if getattr(module, "ceil_mode", False) else (r"\lfloor", r"\rfloor")
    return (rf"H_\text{{out}} = \left{left}\frac{{{top}}}{{{stride}}}\right{right} + 1 = {after[1]}",)


def _window(module: nn.Module) -> str:
    """Such as `3 x 3, stride 2`."""
    height, width = pair(module.kernel_size)  # type: ignore[arg-type]
    parts = [f"{height} × {width}"]
    if pair(module.stride) != (1, 1):  # type: ignore[arg-type]
        parts.append(f"stride {pair(module.stride)[0]}")  # type: ignore[arg-type]
    if pair(module.padding) != (0, 0):  # type: ignore[arg-type]
        parts.append(f"padding {pair(module.padding)[0]}")  # type: ignore[arg-type]
    if getattr(module, "groups", 1) > 1:
        parts.append(f"{module.groups} groups")
    return ", ".join(parts)


def _weights(module: nn.Module, product: str, outputs: int) -> str:
    """LaTeX of the number of weights: a product, one bias for each output where there are any, the total."""
    bias = f" + {outputs}" if module.bias is not None else ""
    total = sum(weight.numel() for weight in module.parameters())
    return rf"{product}{bias} = {total:,}\text{{ weights}}".replace(",", "{,}")


def _convolution_numbers(module: nn.Conv2d, before: Shape, after: Shape) -> Lines:
    height, width = module.kernel_size
    inputs = module.in_channels // module.groups
    product = rf"{module.out_channels}\cdot{inputs}\cdot{height}\cdot{width}"
    return _weights(module, product, module.out_channels), *out_size(module, before, after)


def _linear_numbers(module: nn.Linear, before: Shape, after: Shape) -> Lines:
    return (_weights(module, rf"{module.out_features}\cdot{module.in_features}", module.out_features),)


def _flatten_numbers(module: nn.Module, before: Shape, after: Shape) -> Lines:
    product = r"\cdot".join(map(str, before))
    return (f"{product} = {after[0]}",)


def _multiplications(module: nn.Module, before: Shape, after: Shape) -> int:
    """Each output value is the sum of as many products as one output channel has weights."""
    return math.prod(after) * module.weight[0].numel()  # type: ignore[index]


def _activation(name: str, does: str, formula: str) -> Kind:
    return Kind(name, "activation", does, formula)


# Class of a module, or of one of its bases -> what it is.
KINDS: Mapping[str, Kind] = {
    "Conv2d": Kind(
        "Convolution",
        "linear",
        "Each map is the input seen through one small window of weights that slides over it.",
        r"y_{c,i,j} = b_c + \sum_{k,m,n} w_{c,k,m,n}\; x_{k,\,si+m-p,\,sj+n-p}",
        _convolution_numbers,  # type: ignore[arg-type]
        _window,
        _multiplications,
    ),
    "Linear": Kind(
        "Fully connected",
        "linear",
        "Each output is a weighted sum of all inputs.",
        r"y_j = b_j + \sum_i w_{j,i}\, x_i",
        _linear_numbers,  # type: ignore[arg-type]
        multiplications=_multiplications,
    ),
    "ReLU": _activation("ReLU", "Keeps what is positive and sets the rest to zero.", r"y = \max(0, x)"),
    "ReLU6": _activation("ReLU6", "A ReLU that ends at 6.", r"y = \min(\max(0, x), 6)"),
    "LeakyReLU": _activation(
        "Leaky ReLU",
        "Keeps what is positive and a small share of the rest.",
        r"y = \max(0, x) + a \min(0, x)",
    ),
    "ELU": _activation(
        "ELU",
        "Keeps what is positive and bends the rest towards a floor.",
        r"y = \max(0, x) + \alpha\,(e^{\min(0, x)} - 1)",
    ),
    "GELU": _activation(
        "GELU",
        "Weighs each value by the probability that a standard normal number is below it.",
        r"y = x\,\Phi(x) = \frac{x}{2}\left(1 + \operatorname{erf}\frac{x}{\sqrt 2}\right)",
    ),
    "SiLU": _activation("SiLU", "Weighs each value by its own sigmoid.", r"y = \frac{x}{1 + e^{-x}}"),
    "Hardswish": _activation(
        "Hard swish",
        "A SiLU made of straight pieces, cheap to compute.",
        r"y = x\,\frac{\min(\max(0, x + 3), 6)}{6}",
    ),
    "Hardsigmoid": _activation(
        "Hard sigmoid",
        "A sigmoid made of straight pieces, cheap to compute.",
        r"y = \frac{\min(\max(0, x + 3), 6)}{6}",
    ),
    "Tanh": _activation("tanh", "Squeezes every value into the range from -1 to 1.", r"y = \tanh x"),
    "Sigmoid": _activation(
        "Sigmoid", "Squeezes every value into the range from 0 to 1.", r"y = \frac{1}{1 + e^{-x}}"
    ),
    "MaxPool2d": Kind(
        "Max pooling",
        "pooling",
        "Keeps the largest value of each window, channel by channel.",
        r"y_{c,i,j} = \max_{m,n}\; x_{c,\,si+m-p,\,sj+n-p}",
        out_size,
        _window,
    ),
    "AvgPool2d": Kind(
        "Average pooling",
        "pooling",
        "Replaces each window by its mean, channel by channel.",
        r"y_{c,i,j} = \frac{1}{k^2} \sum_{m,n} x_{c,\,si+m,\,sj+n}",
        out_size,
        _window,
    ),
    "Upsample": Kind(
        "Upsampling",
        "pooling",
        "Repeats each value in a square of its own, channel by channel.",
        r"y_{c,i,j} = x_{c,\,\lfloor i/s \rfloor,\,\lfloor j/s \rfloor}",
        settings=lambda module: f"× {module.scale_factor:g}",
    ),
    "AdaptiveAvgPool2d": Kind(
        "Global average",
        "pooling",
        "Replaces each whole map by a grid of means; a grid of 1 × 1 is the mean of the map.",
        r"y_c = \frac{1}{HW} \sum_{i,j} x_{c,i,j}",
    ),
    "BatchNorm2d": Kind(
        "Batch norm",
        "norm",
        "Shifts and scales each channel by its mean and variance in training, then by two learned numbers.",
        r"y_c = \gamma_c\, \frac{x_c - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta_c",
        lambda module, before, after: (f"C = {after[0]}", rf"\varepsilon = {module.eps:g}"),
    ),
    "LayerNorm": Kind(
        "Layer norm",
        "norm",
        "At each pixel, standardises the channels by their own mean and variance, then scales and shifts.",
        r"y_c = \gamma_c\, \frac{x_c - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta_c",
        lambda module, before, after: (rf"\varepsilon = {module.eps:g}",),
    ),
    "Add": Kind("Sum", "linear", "Adds what the shortcut carried past the block.", r"y = F(x) + x"),
    "Multiply": Kind(
        "Gate", "linear", "Multiplies each map by a number between 0 and 1 of its own.", r"y_c = s_c\, x_c"
    ),
    "Scale": Kind("Scale", "linear", "Multiplies each map by a learned number.", r"y_c = \gamma_c\, x_c"),
    "Concat": Kind(
        "Concatenation",
        "shape",
        "Puts the maps of several branches into one stack.",
        r"y = [x_1, x_2, \dots]",
    ),
    "Dropout": Kind(
        "Dropout",
        "shape",
        "Sets random values to zero in training; passes everything on afterwards.",
        r"y = x",
    ),
    "StochasticDepth": Kind(
        "Stochastic depth",
        "shape",
        "Skips the block at random in training; passes everything on afterwards.",
        r"y = x",
    ),
    "Identity": Kind("Identity", "shape", "Passes everything on.", r"y = x"),
    "Permute": Kind("Reordering", "shape", "Changes the order in memory; no value changes.", r"y = x"),
    "Flatten": Kind(
        "Flatten",
        "shape",
        "Writes all maps one after the other into a single list.",
        r"y = x",
        _flatten_numbers,
    ),
}
