"""Own weights come out as they were saved, under today's names, and are kept for a while."""

import io
import json
import re
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from vizcore.toolkit import checkpoints, pretrained, safetensors_header
from vizcore.toolkit.checkpoints import known, load, receive, stored
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.matching import Architecture
from vizcore.toolkit.safetensors_header import NeedsConversion


def dense(classes: int) -> nn.Module:
    """A network with a batch norm and the names of a DenseNet."""
    layer = nn.Sequential(OrderedDict(norm1=nn.BatchNorm2d(3), conv1=nn.Conv2d(3, 4, 3)))
    return nn.Sequential(OrderedDict(denselayer1=layer, fc=nn.Linear(4, classes)))


ARCHITECTURES = {"dense": Architecture("Dense", dense, 10)}


@pytest.fixture(autouse=True)
def an_empty_store(tmp_path, monkeypatch):
    (tmp_path / "store").mkdir()
    monkeypatch.setattr(checkpoints, "_folder", lambda: tmp_path / "store")
    monkeypatch.setattr(checkpoints, "_kept", OrderedDict())


def weights(seed: int = 0, classes: int = 10) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    return dict(dense(classes).state_dict())


def file(state: dict[str, Tensor], **metadata: str) -> io.BytesIO:
    return io.BytesIO(save(state, metadata))


def same(state: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return state.keys() == other.keys() and all(
        state[name].dtype == other[name].dtype and torch.equal(state[name], other[name]) for name in state
    )


def converted(state: dict[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    return {name: value.to(dtype) if value.is_floating_point() else value for name, value in state.items()}


# ---------------------------------------------------------------- what comes out


def test_weights_come_out_as_they_were_saved():
    checkpoint = receive(file(weights()), ARCHITECTURES, "dense")
    assert same(load(checkpoint.digest), weights())
    assert (checkpoint.architecture, checkpoint.classes) == ("dense", 10)
    assert checkpoint.notes == checkpoint.labels == ()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened_without_a_change_of_value(dtype):
    half = converted(weights(), dtype)
    checkpoint = receive(file(half), ARCHITECTURES)
    assert same(load(checkpoint.digest), converted(half, torch.float32))
    assert load_file(stored(checkpoint.digest))["fc.weight"].dtype == dtype  # kept as it came
    assert checkpoint.notes == ("Half precision was widened to single.",)


@pytest.mark.parametrize("prefix", ["module.", "module.module.", "model.", "_orig_mod.module.backbone."])
def test_wrappers_around_all_names_are_removed(prefix):
    wrapped = {prefix + name: value for name, value in weights().items()}
    checkpoint = receive(file(wrapped), ARCHITECTURES)
    assert same(load(checkpoint.digest), weights())
    assert checkpoint.notes == (f"The prefix {prefix} was removed.",)


def test_a_wrapper_around_some_names_is_an_error():
    state = weights()
    state["module.fc.bias"] = state.pop("fc.bias")
    with pytest.raises(InputError, match=r"Missing: fc\.bias\. Unexpected: module\.fc\.bias\."):
        receive(file(state), ARCHITECTURES)


def test_a_file_without_counters_gets_zeros():
    state = weights() | {"denselayer1.norm1.num_batches_tracked": torch.tensor(0)}
    bare = {name: value for name, value in state.items() if not name.endswith("tracked")}
    checkpoint = receive(file(bare), ARCHITECTURES)
    assert same(load(checkpoint.digest), state)
    assert checkpoint.notes == ("num_batches_tracked was missing and set to 0.",)


def test_old_names_become_todays_and_helpers_of_the_training_go():
    old = {name.replace("norm1", "norm.1"): value for name, value in weights().items()}
    checkpoint = receive(file(old | {"aux1.fc.bias": torch.ones(3)}), ARCHITECTURES)
    assert same(load(checkpoint.digest), weights())
    assert checkpoint.notes == (
        "Old names of tensors were replaced by today's.",
        "Tensors that only help the training were left out.",
    )


@pytest.mark.parametrize("classes", [1, 3, 1_000])
def test_a_last_layer_of_ones_own_says_how_many_classes_there_are(classes):
    checkpoint = receive(file(weights(classes=classes)), ARCHITECTURES, "dense")
    assert checkpoint.classes == classes
    dense(classes).load_state_dict(load(checkpoint.digest))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('["cat", "dog"]', ("cat", "dog")),
        ("cat, dog ", ("cat", "dog")),
        (json.dumps(["cat\u202e\n", "x" * 99]), ("cat", "x" * 39 + "…")),
        ('["cat"]', ()),
        ('["cat", 2]', ()),
        ('{"cat": 0, "dog": 1}', ()),
        ("[" * 99_999, ()),
    ],
)
def test_names_of_classes_are_cleaned_and_have_to_be_as_many_as_classes(text, labels):
    assert receive(file(weights(classes=2), classes=text), ARCHITECTURES).labels == labels


def test_a_squeezenet_of_torchvision_is_known_among_all_architectures():
    net = pretrained.build("squeezenet1_1", 7)
    choices = {
        name: Architecture(entry.title, lambda classes, name=name: pretrained.build(name, classes), 1_000)
        for name, entry in pretrained.PRETRAINED.items()
    }
    checkpoint = receive(file(net.state_dict()), choices)
    assert (checkpoint.architecture, checkpoint.classes) == ("squeezenet1_1", 7)
    assert same(load(checkpoint.digest), net.state_dict())


# ---------------------------------------------------------------- what is kept


def test_the_digest_names_the_content():
    files = [file(weights()), file(weights()), file(weights(1)), file(weights(), made="elsewhere")]
    first, same_again, *others = (receive(each, ARCHITECTURES).digest for each in files)
    assert first == same_again
    assert len({first, *others}) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", digest) for digest in (first, *others))


def test_the_same_file_is_kept_once_and_nothing_else_is_left(tmp_path):
    receive(file(weights()), ARCHITECTURES)
    digest = receive(file(weights()), ARCHITECTURES).digest
    assert [path.name for path in (tmp_path / "store").iterdir()] == [f"{digest}.safetensors"]
    assert known(digest).classes == 10


def test_a_file_that_is_refused_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match="not finite"):
        receive(file(weights() | {"fc.bias": torch.full((10,), torch.nan)}), ARCHITECTURES)
    assert list((tmp_path / "store").iterdir()) == []


def test_the_file_least_recently_used_goes_first(monkeypatch):
    first = receive(file(weights(1)), ARCHITECTURES).digest
    monkeypatch.setattr(checkpoints, "MAX_KEPT", int(2.5 * stored(first).stat().st_size))
    second = receive(file(weights(2)), ARCHITECTURES).digest
    assert stored(first)  # which also counts as a use
    third = receive(file(weights(3)), ARCHITECTURES).digest
    assert [stored(digest) is not None for digest in (first, second, third)] == [True, False, True]
    assert len(list(stored(first).parent.iterdir())) == 2


@pytest.mark.parametrize("digest", ["0" * 32, "", "../../etc/passwd", "upload", "a\0b"])
def test_what_is_not_kept_is_not_found(digest):
    assert stored(digest) is known(digest) is None
    with pytest.raises(InputError, match="Upload the file again"):
        load(digest)


def test_weights_stay_usable_when_their_file_has_gone():
    digest = receive(file(weights()), ARCHITECTURES).digest
    loaded = load(digest)
    stored(digest).write_bytes(b"")
    assert same(loaded, weights())


def test_a_class_may_upload_at_the_same_time():
    files = [file(weights(seed % 4)) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        digests = [each.digest for each in pool.map(lambda one: receive(one, ARCHITECTURES), files)]
    assert all(same(load(digest), weights(seed % 4)) for seed, digest in enumerate(digests))
    assert len(set(digests)) == 4


def test_the_values_of_one_file_at_a_time_are_looked_at(monkeypatch):
    busy, clean = threading.Lock(), checkpoints._clean

    def watched(*arguments):
        assert busy.acquire(blocking=False)
        time.sleep(0.02)
        clean(*arguments)
        busy.release()

    monkeypatch.setattr(checkpoints, "_clean", watched)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda seed: receive(file(weights(seed)), ARCHITECTURES), range(4)))) == 4


def test_the_files_go_when_the_process_ends():
    code = """
import io
from safetensors.torch import save
from torch import nn
from vizcore.toolkit import checkpoints, matching
build = lambda classes: nn.Sequential(nn.Linear(2, classes))
choices = {"line": matching.Architecture("Line", build, 1)}
checkpoint = checkpoints.receive(io.BytesIO(save(build(1).state_dict())), choices)
path = checkpoints.stored(checkpoint.digest)
print(path, path.is_file(), oct(path.parent.stat().st_mode)[-3:])
"""
    end = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    path, *facts = end.stdout.split()
    assert facts == ["True", "700"]
    assert subprocess.run(["ls", path], capture_output=True).returncode != 0


# ---------------------------------------------------------------- what is explained


def test_a_file_larger_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(safetensors_header, "MAX_BYTES", 500)
    with pytest.raises(InputError, match="at most 500 can be read"):
        receive(file(weights()), ARCHITECTURES)


@pytest.mark.parametrize("whole", [False, True])
def test_the_code_against_a_pytorch_file_converts_it(tmp_path, whole):
    state = weights()
    state["fc.weight"] = state["fc.weight"].t().contiguous().t()  # not in the usual order in memory
    state["denselayer1.norm1.bias"] = state["denselayer1.norm1.weight"] = nn.Parameter(torch.ones(3))
    torch.save({"epoch": 3, "state_dict": state} if whole else state, tmp_path / "weights.pt")
    with pytest.raises(NeedsConversion, match=r"Convert it on your computer:$") as caught:
        receive(io.BytesIO((tmp_path / "weights.pt").read_bytes()), ARCHITECTURES)
    assert len(caught.value.code.splitlines()) == 3
    subprocess.run([sys.executable, "-c", caught.value.code], cwd=tmp_path, check=True)
    checkpoint = receive(io.BytesIO((tmp_path / "weights.safetensors").read_bytes()), ARCHITECTURES)
    assert same(load(checkpoint.digest), state)
