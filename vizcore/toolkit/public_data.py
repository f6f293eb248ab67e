"""MNIST, Fashion-MNIST and CIFAR-10: where their files lie, how they get there, and what is in them.

The files are those that the authors published, from the addresses and in the folders that torchvision uses.
CIFAR-10 is taken in its binary version: the one that torchvision takes is a pickle, which can run code.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from vizcore.toolkit import downloads, public_files
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.public_files import Labels, Pixels


@dataclass(frozen=True)
class File:
    """A file as it is published."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Public:
    """A data set that everybody can download."""

    title: str
    folder: str  # of its files, below `root()`
    files: tuple[File, ...]
    addresses: Callable[[str], list[str]]  # where a file can be had; the next one where one fails
    read: Callable[[Path, int], tuple[Pixels, Labels]]  # the first so many pictures in a folder
    note: str = ""  # what else to know about the files

    @property
    def megabytes(self) -> float:
        """What there is to download, 1 MB = 2^20 bytes."""
        return sum(file.size for file in self.files) / downloads.MB


def _mnist_addresses(name: str) -> list[str]:
    from torchvision.datasets import MNIST

    return [mirror + name for mirror in MNIST.mirrors]


def _fashion_addresses(name: str) -> list[str]:
    from torchvision.datasets import FashionMNIST

    return [mirror + name for mirror in FashionMNIST.mirrors]


def _cifar_addresses(name: str) -> list[str]:
    from torchvision.datasets import CIFAR10

    return [CIFAR10.url.rpartition("/")[0] + "/" + name]


def _files(listed: str) -> tuple[File, ...]:
    entries = [line.split() for line in listed.splitlines() if line]
    return tuple(File(name, int(size), sha256) for name, size, sha256 in entries)


# Sizes and digests: TensorFlow Datasets, tensorflow_datasets/url_checksums.
PUBLIC: Mapping[str, Public] = {
    "mnist": Public(
        "MNIST",
        "MNIST/raw",
        _files("""
train-images-idx3-ubyte.gz 9912422 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
train-labels-idx1-ubyte.gz 28881 3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c
t10k-images-idx3-ubyte.gz 1648877 8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6
t10k-labels-idx1-ubyte.gz 4542 f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6
"""),
        _mnist_addresses,
        public_files.read_idx,
    ),
    "fashion_mnist": Public(
        "Fashion-MNIST",
        "FashionMNIST/raw",
        _files("""
train-images-idx3-ubyte.gz 26421880 3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84
train-labels-idx1-ubyte.gz 29515 a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845
t10k-images-idx3-ubyte.gz 4422102 346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073
t10k-labels-idx1-ubyte.gz 5148 67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5
"""),
        _fashion_addresses,
        public_files.read_idx,
    ),
    "cifar10": Public(
        "CIFAR-10",
        "",
        _files("""
cifar-10-binary.tar.gz 170052171 c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd
"""),
        _cifar_addresses,
        public_files.read_cifar,
        " The version for Python is a pickle, which could run code: it is not read.",
    ),
}


def root() -> Path:
    """The folder of all: CONVOSCOPE_DATA, else `datasets` beside the folder of torch.hub (see TORCH_HOME)."""
    return Path(os.environ.get("CONVOSCOPE_DATA") or Path(torch.hub.get_dir()).parent / "datasets")


def folder(name: str) -> Path:
    """Where the files of a data set lie or will lie. InputError: there is no such data set."""
    return root() / pick(PUBLIC, name, "data set").folder


def available(name: str) -> bool:
    """Whether all files of a data set are on this computer, unpacked or not."""
    return all(public_files.here(folder(name), file.name).exists() for file in PUBLIC[name].files)


def read(name: str, count: int) -> tuple[Pixels, Labels]:
    """The first pictures (count, C, 32, 32) of a data set, and their classes (count,).

    Raises:
        InputError: its files are not here, or damaged.
    """
    if not available(name):
        raise InputError(advice(name))
    images, labels = PUBLIC[name].read(folder(name), count)
    if len(labels) < count:
        raise InputError(
            f"{folder(name)} has {len(labels):,} pictures of {PUBLIC[name].title}, not {count:,}. Take fewer "
            "of them, or delete its files and download them again."
        )
    return images, labels


def download(
    name: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Put the files of a data set where `read` finds them; `downloads.download` says what the two are told.

    Raises:
        InputError: there is no such data set, or the download failed; the sentence says why and the way out.
    """
    known, target = pick(PUBLIC, name, "data set"), folder(name)
    total, done = sum(file.size for file in known.files), 0
    for file in known.files:

        def note(size: int, _: int, before: int = done) -> None:
            progress(before + size, total)

        try:
            _fetch(file, known.addresses(file.name), target / file.name, note, cancelled)
        except InputError as error:
            raise InputError(advice(name, str(error))) from error
        if cancelled():
            return
        done += file.size


def _fetch(
    file: File,
    addresses: list[str],
    target: Path,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> None:
    """One file, from the first address that gives it. InputError: what was wrong with the last one."""
    for place, address in enumerate(addresses, start=1):
        try:
            downloads.download(
                address, target, sha256=file.sha256, most=file.size, progress=progress, cancelled=cancelled
            )
        except InputError:
            if place == len(addresses):
                raise
        else:
            return


def advice(name: str, reason: str = "") -> str:
    """What to do without the files of a data set, in two sentences.

    Args:
        name: a key of PUBLIC.
        reason: why a download failed, as a sentence; none was tried when left out.
    """
    known = PUBLIC[name]
    files = [file.name for file in known.files]
    listed = f"the files {', '.join(files[:-1])} and {files[-1]}" if files[1:] else f"the file {files[0]}"
    source = known.addresses("")[0]
    start = f"and the download did not work: {reason} Put" if reason else "yet. Download it, or put"
    return (
        f"{known.title} is not on this computer {start} {listed} ({known.megabytes:.1f} MB, from {source}) "
        f"into {folder(name)}.{known.note}"
    )
