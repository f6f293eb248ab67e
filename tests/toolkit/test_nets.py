"""The table of networks, and loading them."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from vizcore import train_bundled
from vizcore.toolkit import nets, pretrained, specs, surgery
from vizcore.toolkit.data import digits
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inputs import normalised, prepare
from vizcore.toolkit.nets import NETS, find, load, network, skeleton
from vizcore.toolkit.shared import Room, Shared

ENOUGH = 10**9  # bytes
CARD = (nets.WEIGHTS / "README.md").read_text()


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a cache of its own."""
    keep(monkeypatch, ENOUGH)


def keep(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(nets, "_networks", Shared(nets.nbytes, Room(most)))


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """The weights of LeNet-5, to be spoilt; `load("spoilt")` looks for them in the folder of this test."""
    monkeypatch.setattr(nets, "WEIGHTS", tmp_path)
    spoilt = dataclasses.replace(NETS["lenet5"], read=partial(nets.bundled, "spoilt"))
    monkeypatch.setitem(NETS, "spoilt", spoilt)
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
    module, ran = NETS[name].build(10), []
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
    with ThreadPoolExecutor(8) as threads:
        modules = list(threads.map(lambda _: load("tiny_vgg", "cpu"), range(8)))
    assert len({id(module) for module in modules}) == 1


@pytest.mark.parametrize("reference", ["lenet5", "small_resnet~3", "squeezenet1_1~3"])
def test_loading_and_describing_take_no_global_random_numbers(reference):
    before = torch.get_rng_state()
    load(reference, "cpu")
    nets._skeleton.__wrapped__(reference)
    assert torch.equal(torch.get_rng_state(), before)


def test_each_device_has_its_own_copy():
    assert next(load("lenet5", "meta").parameters()).is_meta
    assert not next(load("lenet5", "cpu").parameters()).is_meta


def test_networks_stay_loaded_as_far_as_there_is_room(monkeypatch):
    size = sum(weight.nbytes for weight in load("lenet5", "cpu").state_dict().values())
    keep(monkeypatch, 3 * size)
    loaded = {reference: load(reference, "cpu") for reference in ("lenet5", "lenet5~1", "lenet5~2")}
    load("lenet5~3", "cpu")  # takes the place of the one used least recently
    assert [load(name, "cpu") is loaded[name] for name in ("lenet5~2", "lenet5~1")] == [True, True]
    assert load("lenet5", "cpu") is not loaded["lenet5"]


def test_the_steps_of_a_network_hold_the_very_modules_that_are_shared():
    module = load("small_resnet", "cpu")
    for step in network("small_resnet", "cpu"):
        assert step.module is module.get_submodule(re.sub(r"_1$", "", step.name))


@pytest.mark.parametrize("reference", ["small_resnet", "mobilenet_v3_small~0"])
def test_the_skeleton_has_the_same_steps_without_memory_for_weights(reference):
    bones, whole = skeleton(reference), network(reference, "cpu")
    assert [(step.name, step.inputs, step.channels_last) for step in bones] == [
        (step.name, step.inputs, step.channels_last) for step in whole
    ]
    assert all(weight.is_meta for step in bones for weight in step.module.state_dict().values())


def test_a_reference_with_a_seed_names_the_untrained_network():
    net = find("small_resnet~12")
    assert (net.title, net.read, net.seed) == ("Small ResNet, untrained (seed 12)", None, 12)
    assert (net.classes, net.input_shape) == (NETS["small_resnet"].classes, (3, 64, 64))


def test_equal_seeds_give_equal_weights_and_others_others(monkeypatch):
    first, other = (load(f"tiny_vgg~{seed}", "cpu").state_dict() for seed in (4, 5))
    keep(monkeypatch, ENOUGH)
    torch.rand(7)  # whatever was drawn before
    again = load("tiny_vgg~4", "cpu").state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)
    assert not torch.equal(first["fc.weight"], load("tiny_vgg", "cpu").state_dict()["fc.weight"])


def test_threads_that_build_untrained_networks_do_not_mix_their_seeds(monkeypatch):
    wanted = [load(f"lenet5~{seed}", "cpu").state_dict()["fc3.bias"] for seed in range(8)]
    keep(monkeypatch, ENOUGH)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda seed: load(f"lenet5~{seed}", "cpu").fc3.bias, range(8)))
    assert all(torch.equal(*pair) for pair in zip(wanted, found, strict=True))


def test_the_networks_of_torchvision_say_what_they_take_in():
    net, facts = find("efficientnet_b0"), pretrained.facts("efficientnet_b0")
    assert (net.title, net.input_shape, net.resize, net.interpolation) == (
        "EfficientNet-B0",
        (3, 224, 224),
        256,
        "bicubic",
    )
    assert (net.mean, net.std, len(net.classes)) == (facts.mean, facts.std, 1000)


def test_a_network_without_its_file_is_refused_and_never_gets_random_weights(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert not nets.ready("squeezenet1_1")
    assert nets.ready("squeezenet1_1~0")
    for ask in (load, network):
        with pytest.raises(InputError, match=r"The weights of SqueezeNet 1\.1 are not on"):
            ask("squeezenet1_1", "cpu")
    assert skeleton("squeezenet1_1")[-1].name == "flatten"  # its shapes need no weights


def test_a_reference_with_operations_names_the_network_with_a_channel_less():
    whole, net, reference = load("tiny_vgg", "cpu"), find("tiny_vgg!z-conv1_1-3"), "tiny_vgg!z-conv1_1-3"
    batch = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    wanted = whole.conv1_1(batch)
    wanted[:, 3] = 0
    assert torch.equal(load(reference, "cpu").conv1_1(batch), wanted)
    assert net.title == "TinyVGG, operated on"
    assert net.summary.endswith("Operated on: channel 3 of conv1_1 cleared.")
    assert (net.classes, net.input_shape) == (NETS["tiny_vgg"].classes, (3, 64, 64))


@pytest.mark.parametrize("name", ["small_resnet", "mobilenet_v3_small~0", "resnet18~0", "convnext_tiny~0"])
def test_an_operated_network_has_the_steps_of_its_base_and_all_other_weights_in_common(name):
    whole, step = load(name, "cpu"), next(s for s in skeleton(name) if isinstance(s.module, nn.Conv2d))
    reference = f"{name}!s-{step.name}-1-2"
    assert skeleton(reference) == skeleton(name)
    pairs = zip(network(reference, "cpu"), network(name, "cpu"), strict=True)
    assert all((one.name, one.inputs) == (other.name, other.inputs) for one, other in pairs)
    before, after = whole.state_dict(), load(reference, "cpu").state_dict()
    own = {path for path in before if before[path].data_ptr() != after[path].data_ptr()}
    assert own == {path for path in before if path.startswith(f"{step.name}.")}


def test_whether_operations_fit_is_computed_once_and_a_refusal_every_time(monkeypatch):
    asked = []
    replacements = surgery.replacements
    monkeypatch.setattr(surgery, "replacements", lambda *given: asked.append(1) or replacements(*given))
    for _ in range(3):
        find("tiny_vgg!s-conv1_1-2-0.123")
        with pytest.raises(InputError, match="no convolution"):
            find("tiny_vgg!z-conv9_9-2")
    assert len(asked) == 1 + 3


def test_every_depthwise_and_grouped_convolution_can_be_operated_on():
    for step in skeleton("mobilenet_v3_small~0"):
        if isinstance(step.module, nn.Conv2d):
            name, inside = step.name, step.module.weight.shape[1]
            find(f"mobilenet_v3_small~0!x-{name}-0-7!k-{name}-2-{inside - 1}-1x1-AACAPw")
    weight = load("mobilenet_v3_small~0!x-features.1.block.0.0-0-7", "cpu").features[1].block[0][0].weight
    assert torch.equal(weight[7], load("mobilenet_v3_small~0", "cpu").features[1].block[0][0].weight[0])


def test_the_base_stays_bit_for_bit_while_threads_run_networks_operated_on(monkeypatch):
    before = {path: weight.clone() for path, weight in load("small_resnet", "cpu").state_dict().items()}
    batch = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    whole = load("small_resnet", "cpu")(batch)
    references = ["small_resnet"] + [f"small_resnet!z-conv1-{channel}" for channel in range(7)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda reference: load(reference, "cpu")(batch), references * 4))
    assert all(torch.equal(output, whole) for output in found[::8])
    assert all(torch.equal(*pair) for pair in zip(found[:8], found[8:16], strict=True))
    after = load("small_resnet", "cpu").state_dict()
    assert all(torch.equal(before[path], after[path]) for path in before)


def test_networks_operated_on_take_no_room_from_the_loaded_ones(monkeypatch):
    size = sum(weight.nbytes for weight in load("lenet5", "cpu").state_dict().values())
    keep(monkeypatch, size)
    whole = load("lenet5", "cpu")
    for channel in range(6):
        load(f"lenet5!z-conv1-{channel}", "cpu")
    assert load("lenet5", "cpu") is whole


def test_a_network_operated_on_needs_the_weights_of_its_base(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert not nets.ready("squeezenet1_1!z-features.0-1")
    assert nets.ready("squeezenet1_1~0!z-features.0-1")
    with pytest.raises(InputError, match=r"The weights of SqueezeNet 1\.1 are not on"):
        load("squeezenet1_1!z-features.0-1", "cpu")


def test_an_own_architecture_is_built_from_its_token_and_seed():
    text = '{"input": [1, 8, 8], "layers": [{"kind": "flatten"}, {"kind": "linear", "out": 3}]}'
    reference = f"{specs.token(specs.parse(text))}~5"
    net = find(reference)
    assert (net.input_shape, net.seed, len(net.classes)) == ((1, 8, 8), 5, 3)
    assert load(reference, "cpu")(torch.zeros(1, 1, 8, 8)).shape == (1, 3)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "\n",
        "lenet5\n",
        " lenet5",
        "LENET5",
        "lenet5~",
        "lenet5~-1",
        "lenet5~1.5",
        "lenet5~\u0663",  # a digit, but none of ours
        "lenet5~\uff11",
        "lenet5~1~2",
        "resnet18~99999999",
        "resnet18@",
        "resnet18@zz",
        "resnet18@" + "0" * 32,  # no such weights
        "resnet18@" + "A" * 32,
        "../x",
        "..",
        "/etc/passwd",
        "arch-",
        "arch-~1",
        "arch-not-a-token",
        "arch-" + "a" * 4000,
        "arch-" + "a" * 100_000,
        "a" * 1_000_000,
        "lenet5!",
        "lenet5!z",
        "lenet5!z-conv1-6",
        "lenet5!z-fc1-0",
        "lenet5!z-conv1-0!",
        "lenet5!z-conv1-0~1",
        "lenet5!k-conv1-0-0-2x2-" + 22 * "A",
        "lenet5!" + "!".join(17 * ["z-conv1-0"]),
        "lenet5" + 100_000 * "!",
        "!z-conv1-0",
        "<b>",
        "%s",
        "__class__",
        "\0",
        None,
        7,
    ],
    ids=lambda reference: ascii(reference)[:24],
)
def test_references_that_name_nothing_are_answered_in_a_short_sentence(reference, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for ask in (find, load, network, skeleton):
        with pytest.raises(InputError) as caught:
            ask(reference)
        assert 20 < len(str(caught.value)) < 400


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
