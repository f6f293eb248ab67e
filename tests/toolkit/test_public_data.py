"""MNIST, Fashion-MNIST and CIFAR-10 from small files in their own formats, and what is said without them."""

import gzip
import io
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torchvision import datasets as oracle

from vizcore.toolkit import datasets, downloads, public_data, public_files, sources
from vizcore.toolkit.errors import InputError

RANDOM = np.random.default_rng(1)
NUMBERS = {"train": 300, "t10k": 100}  # pictures in the small files


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files belong; empty."""
    monkeypatch.setenv("CONVOSCOPE_DATA", str(tmp_path))
    return tmp_path


def idx(values: NDArray[np.uint8]) -> bytes:
    """The format of MNIST, as torchvision's own test of it writes it too."""
    sizes = b"".join(struct.pack(">i", size) for size in values.shape)
    return struct.pack(">i", 0x800 + values.ndim) + sizes + values.tobytes()


def write_mnist(folder: Path, packed: bool = True) -> None:
    folder.mkdir(parents=True)
    for part, count in NUMBERS.items():
        images = RANDOM.integers(256, size=(count, 28, 28), dtype=np.uint8)
        labels = RANDOM.integers(10, size=count, dtype=np.uint8)
        for name, values in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            content = idx(values)
            (folder / (f"{name}.gz" if packed else name)).write_bytes(
                gzip.compress(content) if packed else content
            )


def cifar_batches(each: int) -> dict[str, bytes]:
    return {
        name: b"".join(
            bytes([RANDOM.integers(10)]) + RANDOM.integers(256, size=3072, dtype=np.uint8).tobytes()
            for _ in range(each)
        )
        for name in public_files.BATCHES
    }


def write_cifar(path: Path, batches: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name in reversed(batches):  # the published archive has an order of its own, too
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(batches[name])
            archive.addfile(member, io.BytesIO(batches[name]))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("name", "kind"), [("mnist", "MNIST"), ("fashion_mnist", "FashionMNIST")])
def test_the_pictures_are_those_that_torchvision_reads_with_a_border(
    name: str, kind: str, packed: bool, folder: Path
) -> None:
    write_mnist(folder / kind / "raw", packed)
    images, labels = public_data.read(name, 350)
    assert images.shape == (350, 1, 32, 32)
    if not packed:  # torchvision reads unpacked files only
        train, test = (getattr(oracle, kind)(folder, train=train) for train in (True, False))
        np.testing.assert_array_equal(images[:300, 0, 2:-2, 2:-2], train.data.numpy())
        np.testing.assert_array_equal(images[300:, 0, 2:-2, 2:-2], test.data.numpy()[:50])
        assert labels.tolist() == [*train.targets.tolist(), *test.targets.tolist()[:50]]
    assert images[:, :, [0, 1, -2, -1]].max() == 0


@pytest.mark.parametrize("packed", [True, False])
def test_cifar_is_read_from_its_binary_version(
    packed: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_files, "BATCH", 5)
    batches = cifar_batches(5)
    if packed:
        write_cifar(folder / "cifar-10-binary.tar.gz", batches)
    else:
        (folder / "cifar-10-batches-bin").mkdir()
        for name, content in batches.items():
            (folder / "cifar-10-batches-bin" / name).write_bytes(content)
    images, labels = public_data.read("cifar10", 28)
    assert images.shape == (28, 3, 32, 32)
    last = batches["test_batch.bin"][2 * 3073 : 3 * 3073]  # the third picture there
    assert labels[27] == last[0]
    assert images[27, 1, 0, 3] == last[1 + 1024 + 3]  # green, first row


def test_names_addresses_and_classes_are_those_of_torchvision() -> None:
    for name, kind in (("mnist", oracle.MNIST), ("fashion_mnist", oracle.FashionMNIST)):
        files = [file.name for file in public_data.PUBLIC[name].files]
        assert files == [file for file, _ in kind.resources]
        assert public_data.PUBLIC[name].addresses(files[0])[0] == kind.mirrors[0] + files[0]
    assert list(sources.CLOTHES) == oracle.FashionMNIST.classes
    (address,) = public_data.PUBLIC["cifar10"].addresses("cifar-10-binary.tar.gz")
    assert address == oracle.CIFAR10.url.replace("python", "binary")


def test_data_that_are_here_become_a_data_set(folder: Path) -> None:
    assert not public_data.available("mnist")
    write_mnist(folder / "MNIST" / "raw")
    assert public_data.available("mnist")
    found = datasets.dataset("mnist", count=400, seed=11)
    assert found.images.shape == (300, 1, 32, 32)
    assert (found.title, found.classes[3]) == ("MNIST", "3")


@pytest.mark.parametrize("name", public_data.PUBLIC)
def test_data_that_are_not_here_are_explained_with_their_files_and_the_folder(
    name: str, folder: Path
) -> None:
    with pytest.raises(InputError) as refused:
        datasets.dataset(name, seed=12)
    said = str(refused.value)
    assert all(file.name in said for file in public_data.PUBLIC[name].files)
    assert str(folder) in said
    assert ("pickle" in said) == (name == "cifar10")


def test_without_a_setting_the_folder_lies_beside_that_of_torch_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVOSCOPE_DATA")
    monkeypatch.setenv("TORCH_HOME", "/home/cache")
    assert public_data.folder("mnist") == Path("/home/cache/datasets/MNIST/raw")


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[:200],
    "empty": lambda data: b"",
    "a page": lambda data: b"<html>",
    "another size": lambda data: gzip.compress(idx(np.zeros((300, 20, 20), np.uint8))),
    "fewer than it says": lambda data: gzip.compress(idx(np.zeros((300, 28, 28), np.uint8))[:-1]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_named(name: str, folder: Path) -> None:
    write_mnist(folder / "MNIST" / "raw")
    path = folder / "MNIST" / "raw" / "train-images-idx3-ubyte.gz"
    path.write_bytes(DAMAGE[name](path.read_bytes()))
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte.gz is damaged"):
        public_data.read("mnist", 350)


def test_labels_beyond_the_classes_are_damage(folder: Path) -> None:
    write_mnist(folder / "MNIST" / "raw")
    path = folder / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(idx(np.full(100, 10, np.uint8))))
    with pytest.raises(InputError, match=r"t10k-labels-idx1-ubyte\.gz is damaged"):
        public_data.read("mnist", 350)


def test_a_damaged_archive_of_cifar_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_files, "BATCH", 5)
    path = folder / "cifar-10-binary.tar.gz"
    for content in (b"", b"no archive", gzip.compress(bytes(2000))):
        path.write_bytes(content)
        with pytest.raises(InputError, match="damaged"):
            public_data.read("cifar10", 8)


def test_fewer_pictures_than_asked_for_are_explained(folder: Path) -> None:
    write_mnist(folder / "MNIST" / "raw")
    with pytest.raises(InputError, match=r"has 400 pictures of MNIST, not 500"):
        public_data.read("mnist", 500)


class Mirrors:
    """Stands for `downloads.download`: some addresses fail."""

    def __init__(self, *failing: str) -> None:
        self.failing, self.asked = failing, list[str]()

    def __call__(self, url: str, target: Path, **more: object) -> None:
        self.asked.append(url)
        if any(part in url for part in self.failing):
            raise InputError("It is asleep.")
        size = next(file.size for file in public_data.PUBLIC["mnist"].files if file.name == target.name)
        assert more["most"] == size
        more["progress"](size, size)  # type: ignore[operator]


def test_a_download_takes_the_next_address_and_counts_through_all_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mirrors, told = Mirrors("amazonaws"), list[tuple[int, int]]()
    monkeypatch.setattr(downloads, "download", mirrors)
    public_data.download("mnist", lambda *step: told.append(step))
    assert len(mirrors.asked) == 8
    assert told[-1] == (11_594_722, 11_594_722)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_download_that_fails_everywhere_says_what_to_put_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "download", Mirrors("http"))
    with pytest.raises(InputError, match=r"did not work: It is asleep\. Put the files train-images.* into"):
        public_data.download("mnist", lambda *_: None)


def test_a_cancelled_download_asks_for_no_further_file(monkeypatch: pytest.MonkeyPatch) -> None:
    mirrors = Mirrors()
    monkeypatch.setattr(downloads, "download", mirrors)
    public_data.download("mnist", lambda *_: None, lambda: True)
    assert len(mirrors.asked) == 1
