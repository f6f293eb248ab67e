"""The table of networks, and loading them."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from vizcore import train_bundled
from vizcore.toolkit import nets
from vizcore.toolkit.data import digits
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inputs import normalised, prepare
from vizcore.toolkit.nets import NETS, load

CARD = (nets.WEIGHTS / "README.md").read_text()


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """The weights of LeNet-5, to be spoilt; `load("spoilt")` looks for them in the folder of this test."""
    monkeypatch.setattr(nets, "WEIGHTS", tmp_path)
    monkeypatch.setitem(NETS, "spoilt", dataclasses.replace(NETS["lenet5"], file="spoilt.safetensors"))
    return load_file(Path(nets.__file__).parents[1] / "weights" / "lenet5.safetensors")


def leaves(module: nn.Module) -> list[str]:
    return [name for name, part in module.named_modules() if not part._modules]


@pytest.mark.parametrize(("name", "least"), [("lenet5", 0.98), ("tiny_vgg", 0.95), ("small_resnet", 0.95)])
def test_networks_know_held_out_pictures_as_well_as_the_model_card_says(name, least):
    section = CARD.split(f"## {name}:")[1].split("\n## ")[0]
    for what, (images, labels) in train_bundled.RECIPES[name].held_out(NETS[name]).items():
        outputs = torch.cat([load(name, "cpu")(normalised(part, NETS[name])) for part in images.split(250)])
        share = (outputs.argmax(dim=1) == labels).double().mean().item()
        stated = float(re.search(rf"{what}: ([\d.]+)% of {len(labels):,}", section)[1]) / 100
        assert share >= least
        assert share == pytest.approx(stated, abs=1.01 / len(labels))  # sums differ a little elsewhere


def test_digits_shown_as_pictures_are_known_too():
    data = digits()
    shown = [prepare(np.repeat(digit[..., None], 3, axis=2), NETS["lenet5"]) for digit in data.test_images]
    outputs = load("lenet5", "cpu")(torch.from_numpy(np.stack([digit.normalised for digit in shown])))
    assert np.mean(outputs.argmax(dim=1).numpy() == data.test_labels) >= 0.98


def test_all_weights_together_take_at_most_4_mb():
    assert sum(file.stat().st_size for file in nets.WEIGHTS.glob("*.safetensors")) <= 4e6


def test_lenet_has_the_61706_parameters_of_its_layer_sizes():
    convolutions = 6 * (25 + 1) + 16 * (6 * 25 + 1)
    dense = 120 * (400 + 1) + 84 * (120 + 1) + 10 * (84 + 1)
    assert (
        sum(weight.numel() for weight in load("lenet5", "cpu").parameters()) == convolutions + dense == 61_706
    )


@pytest.mark.parametrize("name", ["lenet5", "tiny_vgg", "small_resnet"])
def test_every_step_is_a_layer_of_its_own_registered_in_the_order_it_runs(name):
    module, ran = NETS[name].build(), []
    for leaf in leaves(module):
        module.get_submodule(leaf).register_forward_hook(lambda *_, leaf=leaf: ran.append(leaf))
    assert module(torch.zeros(2, *NETS[name].input_shape)).shape == (2, len(NETS[name].classes))
    assert ran == leaves(module)
    assert not any(part.inplace for part in module.modules() if isinstance(part, nn.ReLU))


@pytest.mark.parametrize("name", ["lenet5", "tiny_vgg", "small_resnet"])
def test_no_map_of_a_convolution_is_dead(name):
    net, module, alive = NETS[name], load(name, "cpu"), {}
    images = next(iter(train_bundled.RECIPES[name].held_out(net).values()))[0][:200]
    x = normalised(images, net)
    for part_name, part in module.named_children():
        x = part(x)
        if x.ndim == 4:
            alive[part_name] = (x.amax(dim=(0, 2, 3)) > 0).float().mean().item()
    assert min(alive.values()) >= 0.9, alive


def test_sessions_share_one_frozen_network_in_eval_mode():
    module = load("small_resnet", "cpu")
    assert load("small_resnet", "cpu") is module
    assert not any(part.training for part in module.modules())
    assert not any(weight.requires_grad for weight in module.parameters())


def test_threads_that_load_at_once_get_one_network():
    nets._loaded.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        modules = list(threads.map(lambda _: load("tiny_vgg", "cpu"), range(8)))
    assert len({id(module) for module in modules}) == 1


def test_loading_takes_no_global_random_numbers():
    nets._loaded.cache_clear()
    before = torch.get_rng_state()
    load("lenet5", "cpu")
    assert torch.equal(torch.get_rng_state(), before)


def test_each_device_has_its_own_copy_and_four_copies_are_kept(monkeypatch):
    first = load("lenet5", "cpu")
    assert next(load("lenet5", "meta").parameters()).is_meta
    for title in "abc":
        monkeypatch.setitem(NETS, title, dataclasses.replace(NETS["lenet5"], title=title))
        load(title, "cpu")
    assert load("lenet5", "cpu") is not first


def test_an_unknown_name_is_answered_with_the_choices():
    with pytest.raises(InputError, match="lenet5, tiny_vgg, small_resnet"):
        load("gpt")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("conv1.bias", None, "differ in the tensors conv1.bias"),
        ("extra", torch.zeros(1), "differ in the tensors extra"),
        ("conv1.bias", torch.zeros(7), r"\(7,\) torch.float32, not \(6,\)"),
        ("conv1.bias", torch.zeros(6).half(), "not .* torch.float32"),
        ("conv1.bias", torch.tensor([0, 0, 0, 0, 0, torch.nan]), "not finite"),
        ("fc3.bias", torch.full((10,), torch.inf), "not finite"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, tmp_path, key, value, message):
    weights.pop(key, None)
    save_file(weights | ({} if value is None else {key: value}), tmp_path / "spoilt.safetensors")
    with pytest.raises(InputError, match=message):
        load("spoilt", "cpu")


@pytest.mark.parametrize("content", [None, b"", b"no tensors here", b"\xff" * 64])
def test_files_that_hold_no_weights_are_refused(weights, tmp_path, content):
    if content is not None:
        (tmp_path / "spoilt.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="missing, damaged"):
        load("spoilt", "cpu")
