"""The networks that one can train fit the data, and are what their names say."""

import pytest
import torch

from vizcore.toolkit import architectures, recipes, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.recipes import RECIPES, Style, network

PLAIN = Style("relu", norm=False, dropout=0)
DIGITS = tuple("0123456789")


@pytest.mark.parametrize("side", [8, 12, 28, 32, 64])
@pytest.mark.parametrize("name", RECIPES)
def test_every_network_gives_a_score_for_each_class(name: str, side: int) -> None:
    if side < RECIPES[name].least:
        pytest.skip("too small for it, which is tested below")
    spec = network(name, 3, side, ("cat", "dog", "emu"), Style("gelu", norm=True, dropout=0.2))
    assert specs.build(spec)(torch.zeros(2, 3, side, side)).shape == (2, 3)


def test_lenet_for_32_px_has_the_shapes_of_the_bundled_one() -> None:
    found = [
        tuple(weight.shape) for weight in specs.build(network("lenet5", 1, 32, DIGITS, PLAIN)).parameters()
    ]
    assert found == [tuple(weight.shape) for weight in architectures.lenet5().parameters()]


def test_lenet_for_28_px_has_as_many_parameters() -> None:
    module = specs.build(network("lenet5", 1, 28, DIGITS, PLAIN))
    assert sum(weight.numel() for weight in module.parameters()) == 61_706


def test_skips_are_all_that_the_plain_network_lacks() -> None:
    with_skips, without = (network(name, 3, 32, DIGITS, PLAIN) for name in ("resnet", "plain"))
    kinds = [[layer.kind for layer in spec.layers] for spec in (with_skips, without)]
    assert kinds[0].count("add") == 6
    assert kinds[0].count("conv") - kinds[1].count("conv") == 2  # 1 x 1, where the size changes
    assert "add" not in kinds[1]


def test_norm_and_dropout_stand_where_they_belong() -> None:
    kinds = [layer.kind for layer in network("lenet5", 1, 32, DIGITS, Style("tanh", True, 0.5)).layers]
    assert kinds[:3] == ["conv", "batch_norm", "tanh"]
    assert kinds[-2:] == ["dropout", "linear"]


def test_an_own_architecture_keeps_its_layers_and_takes_the_names_of_the_classes() -> None:
    token = specs.token(network("mlp", 1, 8, tuple("ab"), PLAIN))
    spec = network(token, 1, 8, ("yes", "no"), PLAIN)
    assert spec.classes == ("yes", "no")


@pytest.mark.parametrize(
    ("channels", "side", "classes", "sentence"),
    [(3, 8, "ab", "Change its input"), (1, 16, "ab", "Change its input"), (1, 8, "abc", "Change its last")],
)
def test_an_own_architecture_that_does_not_fit_is_explained(
    channels: int, side: int, classes: str, sentence: str
) -> None:
    token = specs.token(network("mlp", 1, 8, tuple("ab"), PLAIN))
    with pytest.raises(InputError, match=sentence):
        network(token, channels, side, tuple(classes), PLAIN)


def test_too_small_pictures_and_unknown_names_are_explained() -> None:
    with pytest.raises(InputError, match="12 px or more"):
        network("lenet5", 1, 8, DIGITS, PLAIN)
    with pytest.raises(InputError, match="no network to train"):
        network("vgg19", 1, 32, DIGITS, PLAIN)
    with pytest.raises(InputError, match="no activation"):
        network("mlp", 1, 32, DIGITS, Style("maxout", False, 0))


def test_all_activations_are_layers() -> None:
    assert set(recipes.ACTIVATIONS) <= set(specs.KINDS)
