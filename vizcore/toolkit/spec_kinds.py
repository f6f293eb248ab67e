"""The layers a network of one's own may have: their settings, what they give, what PyTorch calls them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from torch import nn

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.modules import Add, Concat, Multiply
from vizcore.toolkit.spec_json import Setting, Value, Values, within

Shape = tuple[int, ...]  # without the batch: (C, H, W) of maps, (F,) of a list

MAX_WIDTH = 4096  # maps or numbers that one layer gives
MAX_WINDOW = 15  # kernel, stride, padding and dilation, px


def in_words(shape: Shape) -> str:
    """Such as `16 maps of 8 × 8`, or `a list of 10 numbers`."""
    plural = "s" if shape[0] > 1 else ""
    if len(shape) == 1:
        return f"a list of {shape[0]:,} number{plural}"
    return f"{shape[0]:,} map{plural} of {shape[1]} × {shape[2]}"


@dataclass(frozen=True)
class Kind:
    """One kind of layer. `after` raises an InputError where the layer cannot take what it gets."""

    module: type[nn.Module]
    stem: str  # of the names that layers get when they have none: conv1, conv2
    after: Callable[[Values, Sequence[Shape]], Shape]  # settings, what comes in -> what goes out
    settings: Mapping[str, Setting] = field(default_factory=dict)
    leading: Callable[[Shape], tuple[int, ...]] = lambda before: ()  # arguments that precede the settings
    inputs: int = 1  # how many layers it takes, at least
    more: bool = False  # it may take more than that
    expression: Callable[[Sequence[str]], str] | None = None  # how programs write it, if not as a module

    def values(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All settings in the order of the table; what is not given is as the table says.

        Raises:
            InputError: a setting is missing or has a value that is not allowed.
        """
        values: dict[str, Value] = {}
        for name, setting in self.settings.items():
            default = setting.default_in(values)
            if default is None and name not in given:
                raise InputError(f"{name} is missing; it must be {setting.allowed}.")
            with within(name):
                values[name] = setting.checked(given.get(name, default))
        return values

    def unusual(self, values: Values) -> dict[str, Value]:
        """The settings that differ from what they are when left out."""
        return {
            name: values[name]
            for name, setting in self.settings.items()
            if values[name] != setting.default_in(values)
        }

    def arguments(self, values: Values, before: Shape) -> tuple[tuple[Value, ...], dict[str, Value]]:
        """What `module` is called with: by position, and by name where it differs from PyTorch's default."""
        places = (values[name] for name, setting in self.settings.items() if not setting.keyword)
        names = {self.settings[name].keyword: value for name, value in self.unusual(values).items()}
        return (*self.leading(before), *places), {name: names[name] for name in names if name}


def _maps(before: Shape) -> Shape:
    """Return `before` if it is maps."""
    if len(before) == 3:
        return before
    raise InputError(f"it needs maps, but gets {in_words(before)}; move it to a place before flatten.")


def _same(values: Values, shapes: Sequence[Shape]) -> Shape:
    return shapes[0]


def _same_maps(values: Values, shapes: Sequence[Shape]) -> Shape:
    return _maps(shapes[0])


def _side(values: Values, side: int) -> int:
    """Height or width after a window has slid over `side` px.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14, with the window of relationship 15.
    """
    window = values.get("dilation", 1) * (values["kernel"] - 1) + 1
    room = side + 2 * values["padding"]
    if window > room:
        maps = f"maps of {side} × {side} with padding {values['padding']}"
        raise InputError(f"a window of {window} px does not fit into {maps}; make it smaller, or pad more.")
    return int((room - window) // values["stride"]) + 1


def _convolved(values: Values, shapes: Sequence[Shape]) -> Shape:
    channels, side, _ = _maps(shapes[0])
    groups, out = values["groups"], values["out"]
    if channels % groups or out % groups:
        raise InputError(
            f"groups must divide the {channels:,} maps it gets and the {out:,} it gives, not {groups:,}."
        )
    return int(out), _side(values, side), _side(values, side)


def _pooled(values: Values, shapes: Sequence[Shape]) -> Shape:
    channels, side, _ = _maps(shapes[0])
    kernel, padding = values["kernel"], values["padding"]
    if 2 * padding > kernel:
        raise InputError(f"padding must be at most half of kernel, which is {kernel}, not {padding}.")
    return channels, _side(values, side), _side(values, side)


def _averaged(values: Values, shapes: Sequence[Shape]) -> Shape:
    return _maps(shapes[0])[0], 1, 1


def _flattened(values: Values, shapes: Sequence[Shape]) -> Shape:
    return (prod(shapes[0]),)


def _connected(values: Values, shapes: Sequence[Shape]) -> Shape:
    if len(shapes[0]) != 1:
        raise InputError(
            f"it needs a list of numbers, but gets {in_words(shapes[0])}; put flatten before it."
        )
    return (int(values["out"]),)


def _added(values: Values, shapes: Sequence[Shape]) -> Shape:
    first, second = shapes
    if first != second:
        gets = f"it gets {in_words(first)} and {in_words(second)}, which must be alike"
        raise InputError(f"{gets}; a conv with kernel 1 changes the number of maps, its stride their size.")
    return first


def _gated(values: Values, shapes: Sequence[Shape]) -> Shape:
    first, second = shapes
    gate = (first[0], *[1] * len(first[1:]))
    if second not in (first, gate):
        wanted = " or ".join(map(in_words, dict.fromkeys([first, gate])))
        raise InputError(f"it gets {in_words(first)} and {in_words(second)}; the second must be {wanted}.")
    return first


def _stacked(values: Values, shapes: Sequence[Shape]) -> Shape:
    if len({shape[1:] for shape in shapes}) > 1:
        gets = " and ".join(sorted({in_words(shape) for shape in shapes})[:4])
        raise InputError(f"it gets {gets}; only maps of one height and width can be stacked.")
    return sum(shape[0] for shape in shapes), *shapes[0][1:]


_SLIDING = {
    "stride": Setting(1, MAX_WINDOW, 1, "stride"),
    "padding": Setting(0, MAX_WINDOW, 0, "padding"),
}
_POOLING = {
    "kernel": Setting(1, MAX_WINDOW, 2),
    "stride": Setting(1, MAX_WINDOW, "kernel", "stride"),
    "padding": _SLIDING["padding"],
}
_BIAS = Setting(False, True, True, "bias")

KINDS: Mapping[str, Kind] = {
    "conv": Kind(
        nn.Conv2d,
        "conv",
        _convolved,
        {
            "out": Setting(1, MAX_WIDTH),
            "kernel": Setting(1, MAX_WINDOW, 3),
            **_SLIDING,
            "dilation": Setting(1, MAX_WINDOW, 1, "dilation"),
            "groups": Setting(1, MAX_WIDTH, 1, "groups"),
            "bias": _BIAS,
        },
        lambda before: before[:1],
    ),
    "linear": Kind(
        nn.Linear,
        "linear",
        _connected,
        {"out": Setting(1, MAX_WIDTH), "bias": _BIAS},
        lambda before: before[:1],
    ),
    "relu": Kind(nn.ReLU, "relu", _same),
    "leaky_relu": Kind(
        nn.LeakyReLU, "leaky_relu", _same, {"slope": Setting(0.0, 1.0, 0.01, "negative_slope")}
    ),
    "elu": Kind(nn.ELU, "elu", _same, {"alpha": Setting(0.01, 10.0, 1.0, "alpha")}),
    "gelu": Kind(nn.GELU, "gelu", _same),
    "silu": Kind(nn.SiLU, "silu", _same),
    "tanh": Kind(nn.Tanh, "tanh", _same),
    "sigmoid": Kind(nn.Sigmoid, "sigmoid", _same),
    "hardswish": Kind(nn.Hardswish, "hardswish", _same),
    "max_pool": Kind(nn.MaxPool2d, "pool", _pooled, _POOLING),
    "avg_pool": Kind(nn.AvgPool2d, "pool", _pooled, _POOLING),
    "global_avg_pool": Kind(nn.AdaptiveAvgPool2d, "pool", _averaged, leading=lambda before: (1,)),
    "batch_norm": Kind(nn.BatchNorm2d, "bn", _same_maps, leading=lambda before: before[:1]),
    "dropout": Kind(nn.Dropout, "dropout", _same, {"p": Setting(0.0, 0.95, 0.5)}),
    "flatten": Kind(nn.Flatten, "flatten", _flattened),
    "add": Kind(Add, "add", _added, inputs=2, expression=" + ".join),
    "multiply": Kind(Multiply, "multiply", _gated, inputs=2, expression=" * ".join),
    "concat": Kind(
        Concat,
        "concat",
        _stacked,
        inputs=2,
        more=True,
        expression=lambda parts: f"torch.cat([{', '.join(parts)}], dim=1)",
    ),
}
