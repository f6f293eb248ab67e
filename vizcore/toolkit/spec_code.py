"""The program that one would write by hand for a network of one's own."""

from vizcore.toolkit.spec_kinds import KINDS, Shape, in_words
from vizcore.toolkit.spec_net import Layer, Spec, shapes

PROGRAM = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
{modules}

    def forward(self, {start}):
{steps}
        return x


net = Net()
print(net(torch.rand({batch})).shape)  # two pictures, {count:,} scores each
"""


def code(spec: Spec) -> str:
    """A program that needs nothing but PyTorch, whose `Net` does what the module of `build` does.

    Its state_dict has the same keys, and the same seed gives it the same weights.
    """
    sizes, variables = shapes(spec), _variables(spec)
    modules, steps = [], []
    for layer in spec.layers:
        taken = [variables[source] for source in layer.sources]
        if expression := KINDS[layer.kind].expression:
            value = expression(taken)
        else:
            modules.append(f"        self.{layer.name} = {_call(layer, sizes[layer.sources[0]])}")
            value = f"self.{layer.name}({taken[0]})"
        steps.append(f"        {variables[layer.name]} = {value}  # {in_words(sizes[layer.name])}")
    return PROGRAM.format(
        modules="\n".join(modules),
        start=variables["input"],
        steps="\n".join(steps),
        batch=", ".join(map(str, (2, *spec.input_shape))),
        count=len(spec.classes),
    )


def _variables(spec: Spec) -> dict[str, str]:
    """What the program calls each value: `x` if no step but the next takes it, else the name of its layer."""
    names = ["input", *(layer.name for layer in spec.layers)]
    before = zip(names, spec.layers, strict=False)  # each layer and the value made just before it
    kept = {source for name, layer in before for source in layer.sources if source != name}
    return {name: name if name in kept else "x" for name in names}


def _call(layer: Layer, before: Shape) -> str:
    """Such as `nn.Conv2d(3, 16, 3, padding=1)`."""
    kind = KINDS[layer.kind]
    places, names = kind.arguments(dict(layer.settings), before)
    arguments = [*map(repr, places), *(f"{name}={value!r}" for name, value in names.items())]
    return f"nn.{kind.module.__name__}({', '.join(arguments)})"
