"""Networks of torchvision: what is said of them is counted, and their files of weights load, old ones too."""

import dataclasses
import hashlib
import http.server
import re
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from vizcore.toolkit import downloads, pretrained
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.pretrained import PRETRAINED, advice, available, build, facts, path, renamed, state_dict


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which torchvision keeps its files during a test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    return tmp_path


def keep(name: str, state: object, monkeypatch: pytest.MonkeyPatch, **how: bool) -> Path:
    """Save a checkpoint as torchvision's file for a network, under a name that ends in its own hash."""
    draft = path(name)
    draft.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, draft, **how)
    sha256 = hashlib.sha256(draft.read_bytes()).hexdigest()[:8]
    known = dataclasses.replace(facts(name), file=f"{name}-{sha256}.pth", sha256=sha256)
    monkeypatch.setattr(pretrained, "facts", lambda _name: known)
    return draft.rename(path(name))


def on_meta(name: str, classes: int = 1000) -> nn.Module:
    with torch.device("meta"):
        return build(name, classes)


def filled(name: str, state: dict[str, torch.Tensor]) -> nn.Module:
    net = on_meta(name).eval()
    net.load_state_dict(state, assign=True)
    return net


def old_names(name: str) -> str:
    return re.sub(r"(denselayer\d+\.(?:norm|conv))([12])", r"\1.\2", name)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_table_is_read_without_torchvision():
    code = "import vizcore.toolkit.pretrained, sys; sys.exit('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_networks_are_listed_by_year_each_with_a_source_of_that_year():
    years = [entry.year for entry in PRETRAINED.values()]
    assert years == sorted(years)
    for entry in PRETRAINED.values():
        assert re.search(r"\d{4}", entry.source)[0] == str(entry.year)
        assert re.search(r"arXiv:\d{4}\.\d{4,5}$", entry.source)
        assert re.fullmatch(r"[A-Z\d][^.]*\.", entry.summary)


@pytest.mark.parametrize("name", PRETRAINED)
def test_a_network_has_the_parameters_that_torchvision_says(name):
    assert sum(weight.numel() for weight in on_meta(name).parameters()) == facts(name).parameters


@pytest.mark.parametrize("name", PRETRAINED)
def test_no_module_works_in_place(name):
    assert not any(getattr(module, "inplace", False) for module in on_meta(name).modules())


@pytest.mark.parametrize(
    ("name", "word", "block", "count"),
    [
        ("alexnet", "Five", "Conv2d", 5),
        ("vgg16", "Thirteen", "Conv2d", 13),
        ("googlenet", "Nine", "Inception", 9),
        ("resnet18", "Eight", "BasicBlock", 8),
        ("resnet50", "Sixteen", "Bottleneck", 16),
        ("squeezenet1_1", "Eight", "Fire", 8),
        ("densenet121", "58", "_DenseLayer", 58),
        ("mobilenet_v3_small", "Eleven", "InvertedResidual", 11),
        ("efficientnet_b0", "Sixteen", "MBConv", 16),
        ("convnext_tiny", "Eighteen", "CNBlock", 18),
    ],
)
def test_a_network_has_as_many_blocks_as_its_summary_says(name, word, block, count):
    assert PRETRAINED[name].summary.startswith(word)
    assert [type(module).__name__ for module in on_meta(name).modules()].count(block) == count


def test_the_fully_connected_layers_of_alexnet_hold_96_percent_of_its_weights():
    sizes = [weight.numel() for weight in on_meta("alexnet").classifier.parameters()]
    assert round(100 * sum(sizes) / facts("alexnet").parameters) == 96


@pytest.mark.parametrize("name", PRETRAINED)
def test_facts_are_those_of_torchvision(name):
    from torchvision.models import get_model_weights

    weights, said = get_model_weights(name).DEFAULT, facts(name)
    picture = weights.transforms()
    assert said.url == weights.url
    assert re.fullmatch(rf".*/{re.escape(said.file)}", said.url)
    assert re.fullmatch(rf".*-{said.sha256}\.pth", said.file)
    assert re.fullmatch("[0-9a-f]{8}", said.sha256)
    assert (said.gmacs, said.megabytes) == (weights.meta["_ops"], weights.meta["_file_size"])
    assert weights.meta["_metrics"] == {"ImageNet-1K": {"acc@1": said.top1, "acc@5": said.top5}}
    assert ([said.resize], [said.crop]) == (picture.resize_size, picture.crop_size)
    assert said.interpolation == picture.interpolation.value
    if name != "googlenet":
        assert (list(said.mean), list(said.std)) == (picture.mean, picture.std)


def test_facts_of_resnet18_are_the_ones_everybody_quotes():
    said = facts("resnet18")
    assert (said.parameters, said.top1, said.file) == (11_689_512, 69.758, "resnet18-f37072fd.pth")
    assert (len(said.classes), said.classes[0], said.classes[282]) == (1000, "tench", "tiger cat")
    assert (said.resize, said.crop, said.interpolation) == (256, 224, "bilinear")


def test_googlenet_sees_the_same_as_with_the_step_that_changes_its_input():
    from torchvision.models.googlenet import GoogLeNet, GoogLeNet_Weights

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        theirs = GoogLeNet(transform_input=True, aux_logits=False, init_weights=False).double().eval()
    ours = filled("googlenet", theirs.state_dict())
    pixels = torch.rand(2, 3, 67, 71, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def normalised(mean, std):
        return (pixels - pixels.new_tensor(mean).view(3, 1, 1)) / pixels.new_tensor(std).view(3, 1, 1)

    usual, said = GoogLeNet_Weights.DEFAULT.transforms(), facts("googlenet")
    wanted = theirs(normalised(usual.mean, usual.std))
    torch.testing.assert_close(ours(normalised(said.mean, said.std)), wanted, rtol=1e-12, atol=1e-12)
    assert (ours(normalised(usual.mean, usual.std)) - wanted).abs().max() > 1e-6  # so it matters


def test_the_last_layer_has_as_many_outputs_as_asked_for():
    assert on_meta("convnext_tiny", 7)(torch.zeros(1, 3, 64, 64, device="meta")).shape == (1, 7)


@pytest.mark.parametrize("ask", [facts, build, path, available, state_dict])
def test_an_unknown_network_is_refused_with_the_choices(ask):
    with pytest.raises(InputError, match=r"no network called 'resnet19'\. Choose one of: alexnet"):
        ask("resnet19")


def test_old_names_of_densenet_become_the_ones_of_today():
    today = on_meta("densenet121").state_dict()
    old = {old_names(name): value for name, value in today.items()}
    assert len(old.keys() - today.keys()) == 58 * 2 * (5 + 1)  # two batch norms, two convolutions a layer
    assert list(renamed(old).items()) == list(renamed(today).items()) == list(today.items())


def test_the_classifiers_of_googlenet_for_training_are_left_out():
    from torchvision.models.googlenet import GoogLeNet

    with torch.device("meta"):
        full = GoogLeNet(aux_logits=True, init_weights=False).state_dict()
    assert renamed(full).keys() == on_meta("googlenet").state_dict().keys() < full.keys()


def test_a_file_that_the_user_already_has_is_found_where_torchvision_puts_it(home, monkeypatch):
    assert path("resnet18") == home / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    assert not available("resnet18")
    monkeypatch.setattr(torch.hub, "_hub_dir", str(home / "elsewhere"))
    (home / "elsewhere" / "checkpoints").mkdir(parents=True)
    path("resnet18").touch()
    assert available("resnet18")


def test_a_file_of_today_fills_the_network(monkeypatch):
    state = build("squeezenet1_1").state_dict()
    keep("squeezenet1_1", state, monkeypatch)
    assert same(filled("squeezenet1_1", state_dict("squeezenet1_1")).state_dict(), state)


def test_a_file_of_2017_fills_the_network(monkeypatch):
    state = build("densenet121").state_dict()
    old = {old_names(name): nn.Parameter(value) for name, value in state.items() if value.is_floating_point()}
    keep("densenet121", old, monkeypatch, _use_new_zipfile_serialization=False)
    found = state_dict("densenet121")
    assert same(found, state)  # with the counters of batch norm that the file lacks
    assert not any(value.requires_grad for value in found.values())


def test_numbers_of_half_precision_become_float32(monkeypatch):
    keep("resnet18", {"fc.bias": torch.tensor([0.5, -2]).half(), "n": torch.tensor(3)}, monkeypatch)
    found = state_dict("resnet18")
    assert (found["fc.bias"].dtype, found["fc.bias"].tolist()) == (torch.float32, [0.5, -2])
    assert found["n"].dtype == torch.int64


def test_a_damaged_file_is_named_and_not_read(monkeypatch):
    file = keep("resnet18", {"fc.bias": torch.zeros(10)}, monkeypatch)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(InputError, match=rf"{re.escape(str(file))} is damaged .* Delete it and download"):
        state_dict("resnet18")


def test_code_hidden_in_a_file_does_not_run(home, monkeypatch):
    class Trap:
        def __reduce__(self):
            return Path.touch, (home / "sprung",)

    keep("resnet18", {"fc.bias": Trap()}, monkeypatch)
    with pytest.raises(Exception, match="Weights only load failed"):
        state_dict("resnet18")
    assert not (home / "sprung").exists()


def test_without_its_file_a_network_says_which_and_where_to_put_it(home):
    with pytest.raises(InputError) as caught:
        state_dict("resnet18")
    assert str(caught.value) == advice("resnet18")
    assert str(caught.value) == (
        "The weights of ResNet-18 are not on this computer yet. Download them, put the file "
        "resnet18-f37072fd.pth (44.7 MB, from https://download.pytorch.org/models/resnet18-f37072fd.pth) "
        f"into {home}/hub/checkpoints; or see it untrained, or choose your own weights or one of the bundled "
        "networks."
    )


def test_a_download_that_fails_says_why_and_the_way_out(monkeypatch):
    def offline(*_args, **_more):
        raise InputError("download.pytorch.org cannot be reached (Name or service not known).")

    monkeypatch.setattr(downloads, "download", offline)
    sentence = r"did not work: download\.pytorch\.org cannot be reached \(.*\)\. Put the file resnet18-"
    with pytest.raises(InputError, match=sentence):
        pretrained.download("resnet18", lambda *_: None)


def test_a_download_is_what_fills_the_network_then(home, monkeypatch):
    file = keep("resnet18", {"fc.bias": torch.arange(3.0)}, monkeypatch)
    file.rename(home / file.name)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = partial(http.server.SimpleHTTPRequestHandler, directory=str(home))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), site) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{file.name}"
        known = dataclasses.replace(pretrained.facts("resnet18"), url=url)
        monkeypatch.setattr(pretrained, "facts", lambda _name: known)
        pretrained.download("resnet18", lambda *_: None)
        server.shutdown()
    assert state_dict("resnet18")["fc.bias"].tolist() == [0, 1, 2]
