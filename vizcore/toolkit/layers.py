"""What one layer is, in words and numbers: its kind, its settings, its formula."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import nn

from vizcore.toolkit.architectures import Add

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


def describe(module: nn.Module) -> Kind:
    """The entry of `KINDS` for a module, or one that knows only the name of its class."""
    for base in type(module).__mro__:
        if base in KINDS:
            return KINDS[base]
    return Kind(type(module).__name__, "shape", "This layer has no description here yet.", "")


def pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    """Height and width of a setting that may be one number for both."""
    return (value, value) if isinstance(value, int) else (value[0], value[-1])


def out_size(module: nn.Module, before: Shape, after: Shape) -> Lines:
    """LaTeX of the output height of a window that slides, with the numbers in it.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14.
    """
    kernel, stride = pair(module.kernel_size)[0], pair(module.stride)[0]  # type: ignore[arg-type]
    padding, dilation = pair(module.padding)[0], pair(getattr(module, "dilation", 1))[0]  # type: ignore[arg-type]
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


_RELU = Kind("ReLU", "activation", "Keeps what is positive and sets the rest to zero.", r"y = \max(0, x)")
_TANH = Kind("tanh", "activation", "Squeezes every value into the range from -1 to 1.", r"y = \tanh x")
_SIGMOID = Kind(
    "Sigmoid", "activation", "Squeezes every value into the range from 0 to 1.", r"y = \frac{1}{1 + e^{-x}}"
)
_MAX = Kind(
    "Max pooling",
    "pooling",
    "Keeps the largest value of each window, channel by channel.",
    r"y_{c,i,j} = \max_{m,n}\; x_{c,\,si+m,\,sj+n}",
    out_size,
    _window,
)
_AVERAGE = Kind(
    "Average pooling",
    "pooling",
    "Replaces each window by its mean, channel by channel.",
    r"y_{c,i,j} = \frac{1}{k^2} \sum_{m,n} x_{c,\,si+m,\,sj+n}",
    out_size,
    _window,
)
_GLOBAL = Kind(
    "Global average",
    "pooling",
    "Replaces each whole map by a grid of means; a grid of 1 × 1 is the mean of the map.",
    r"y_c = \frac{1}{HW} \sum_{i,j} x_{c,i,j}",
)
_NORM = Kind(
    "Batch norm",
    "norm",
    "Shifts and scales each channel by its mean and variance in training, then by two learned numbers.",
    r"y_c = \gamma_c\, \frac{x_c - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta_c",
    lambda module, before, after: (f"C = {after[0]}", rf"\varepsilon = {module.eps:g}"),
)
_ADD = Kind("Sum", "linear", "Adds what the shortcut carried past the block.", r"y = F(x) + x")
_DROPOUT = Kind(
    "Dropout", "shape", "Sets random values to zero in training; passes everything on afterwards.", r"y = x"
)

KINDS: Mapping[type[nn.Module], Kind] = {
    nn.Conv2d: Kind(
        "Convolution",
        "linear",
        "Each map is the input seen through one small window of weights that slides over it.",
        r"y_{c,i,j} = b_c + \sum_{k,m,n} w_{c,k,m,n}\; x_{k,\,si+m-p,\,sj+n-p}",
        _convolution_numbers,  # type: ignore[arg-type]
        _window,
    ),
    nn.Linear: Kind(
        "Fully connected",
        "linear",
        "Each output is a weighted sum of all inputs.",
        r"y_j = b_j + \sum_i w_{j,i}\, x_i",
        _linear_numbers,  # type: ignore[arg-type]
    ),
    nn.ReLU: _RELU,
    nn.Tanh: _TANH,
    nn.Sigmoid: _SIGMOID,
    nn.MaxPool2d: _MAX,
    nn.AvgPool2d: _AVERAGE,
    nn.AdaptiveAvgPool2d: _GLOBAL,
    nn.BatchNorm2d: _NORM,
    nn.Dropout: _DROPOUT,
    Add: _ADD,
    nn.Flatten: Kind(
        "Flatten",
        "shape",
        "Writes all maps one after the other into a single list.",
        r"y = x",
        _flatten_numbers,
    ),
}
