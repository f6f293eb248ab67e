r"""A training run, one step at a time: forward, loss, backward, update.

Pictures stay where the network is, laid out channels last, and one fused kernel moves all weights. What is
random depends on the seed and the number of the epoch or step only, so a run can be taken up anywhere: from
its `state` it goes on bit for bit as if it had never stopped.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit import augmentation, datasets, device, optimisation, recipes, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.training_spec import LIVE, Report, Spec, check

MEAN, STD = 0.5, 0.25  # of pixels in [0, 1], as networks of one's own take them (see nets)
RARELY = 20  # validation takes this share of the time of training, or less
WATCHED = 16  # every so many steps, gradients and updates are measured
EARLY = 8  # steps, before the first validation; it follows after twice as many each time
CHUNK = 128  # pictures of one pass of validation: these fit the caches


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network makes of the validation set."""

    logits: Tensor  # (M, K)
    dead: tuple[float, ...]  # of each activation layer: share of units that are 0 for all of the set


class Training(Iterator[Report]):
    """A run that is pulled step by step: an iterator over reports.

    Attributes:
        spec: the settings it started with.
        net: its network as data; its token names it on other pages.
        shapes: what each of its layers gives, by name.
        module: its network, changed with every step.
        step: updates so far.
        active: names of its activation layers.
        live: the settings that may change while it goes on.
    """

    def __init__(self, spec: Spec, state: bytes | None = None, own: datasets.Own | None = None) -> None:
        """Start a run, or take one up.

        Args:
            spec: the settings.
            state: of an earlier run with this network, as `state()` gave it.
            own: the pictures, where the data are somebody's own.

        Raises:
            InputError: data or network are not there or do not fit, or the state is not that of such a run.
        """
        self.spec, self.step = spec, 0
        self.data = datasets.dataset(
            spec.data, own, count=spec.count, share=spec.share, noise=spec.noise, seed=spec.seed
        )
        _, channels, side, _ = self.data.images.shape
        style = recipes.Style(spec.activation, spec.norm, spec.dropout)
        self.net = recipes.network(spec.net, channels, side, self.data.classes, style)
        self.shapes = specs.shapes(self.net)
        self.device = device.best() if spec.device == "auto" else spec.device
        with torch.random.fork_rng():  # making layers draws numbers that are overwritten
            module = specs.build(self.net)
        started = optimisation.started(module, spec.start, spec.seed)
        self.module = started.to(self.device).to(memory_format=torch.channels_last)
        self.weights: list[Tensor] = list(self.module.parameters())
        self.live = {name: float(getattr(spec, name)) for name in LIVE}
        self.optimiser = optimisation.OPTIMISERS[spec.optimiser].build(
            self.weights, lr=spec.lr, weight_decay=spec.weight_decay
        )
        self.images, self.labels = self._put(self.data.images, self.data.labels)
        self.held_images, self.held_labels = self._put(self.data.held_images, self.data.held_labels)
        self.order = torch.empty(0, dtype=torch.int64)  # of the examples in epoch number `ordered`
        self.ordered = -1
        self.best, self.best_epoch, self.over = math.inf, 0.0, ""
        self.active = tuple(layer.name for layer in self.net.layers if layer.kind in recipes.ACTIVATIONS)
        self.held: Seen | None = None  # as last measured by this object
        self.validation = self.accuracy = math.nan
        self.measured = -1
        self.gradients: list[float] = []  # norm of each tensor's gradient at the last step that was watched
        self.moves: list[float] = []  # and of its update
        if state is not None:
            self._restore(state)

    @property
    def steps(self) -> int:
        """Updates of one epoch."""
        return math.ceil(len(self.labels) / self.spec.batch)

    @property
    def total(self) -> int:
        """Updates of the whole run."""
        return self.spec.epochs * self.steps

    def __next__(self) -> Report:
        """Take one step; the first report comes before the first one.

        Raises:
            StopIteration: the run is over.
        """
        if self.over:
            raise StopIteration
        if self.measured < 0:
            self._measure()
            return self._report(self.validation, self.accuracy, 0.0)
        images, labels = self.batch(self.step)
        lr = self.rate(self.step)
        return self.counted(*self.update(images, labels, lr), lr)

    def counted(self, loss: float, hits: float, lr: float) -> Report:
        """Count a step that was taken, and report it; arguments as of `Report`."""
        self.step += 1
        if not math.isfinite(loss):
            self.over = "diverged"
        elif self.step == self.total:
            self.over = "epochs"
        if self.over != "diverged" and (self.over or self._due()):
            self._measure()
        return self._report(loss, hits, lr)

    @property
    def every(self) -> int:
        """Steps from one validation to the next: an epoch where a run may stop early."""
        if self.spec.patience:
            return self.steps
        return max(1, math.ceil(RARELY * len(self.held_labels) / self.spec.batch))

    def _due(self) -> bool:
        """Whether it is time for validation: at first often, since much changes then."""
        early = EARLY <= self.step < self.every and self.step.bit_count() == 1 and not self.spec.patience
        return early or self.step % self.every == 0

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Pictures (B, C, S, S) and labels (B,) of a step, augmented and normalised."""
        epoch, place = divmod(step, self.steps)
        if epoch != self.ordered:
            owner = Generator().manual_seed(_mixed(self.spec.seed, epoch))
            self.order = torch.randperm(len(self.labels), generator=owner).to(self.device)
            self.ordered = epoch
        chosen = self.order[place * self.spec.batch : (place + 1) * self.spec.batch]
        images = self.pixels(self.images.index_select(0, chosen))  # a copy
        if self.spec.augment:
            owner = Generator().manual_seed(_mixed(self.spec.seed, step, 1))
            images = augmentation.augmented(images, self.spec.augment, owner)
        return images.sub_(MEAN).div_(STD), self.labels[chosen]

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        return self.live["lr"] * optimisation.SCHEDULES[self.spec.schedule].factor(step / self.total)

    def update(self, images: Tensor, labels: Tensor, lr: float) -> tuple[float, float]:
        """Forward, backward and one step of the optimiser; the loss before it, and the share of hits."""
        for group in self.optimiser.param_groups:
            group["lr"], group["weight_decay"] = lr, self.live["weight_decay"]
        outputs, loss = self.passed(images, labels)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if self.live["l1"] or self.live["clip"]:
            self._regularise()
        with self._watched():
            self.optimiser.step()
        hits = (outputs.detach().argmax(1) == labels).float().mean()
        return float(loss.detach()), float(hits)

    def passed(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K) and the mean loss of a batch, as in training."""
        if not self.module.training:
            self.module.train()
        with torch.enable_grad(), self._dropping():
            outputs = self.module(images)
            loss = F.cross_entropy(outputs, labels, label_smoothing=self.live["smoothing"])
        return outputs, loss

    def change(self, **settings: float) -> None:
        """Change settings while the run goes on; what a schedule multiplies is the new rate.

        Args:
            settings: new values of LIVE.

        Raises:
            InputError: a setting cannot change, or its value is out of range; none has changed then.
        """
        for name, value in settings.items():
            if name not in LIVE:
                raise InputError(
                    f"The setting {name[:40]!r} cannot change during a run: branch from it instead."
                )
            check(name, value, *LIVE[name])
        self.live.update({name: float(value) for name, value in settings.items()})

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Note how long the gradient of every tensor of weights is, and how far the step moves it."""
        if self.step % WATCHED:
            yield
            return
        before = torch._foreach_clone(self.weights)
        yield
        moves = torch._foreach_norm(torch._foreach_sub(self.weights, before))
        lengths = torch._foreach_norm([weight.grad for weight in self.weights if weight.grad is not None])
        self.gradients, self.moves = torch.stack(lengths).tolist(), torch.stack(moves).tolist()

    def state(self) -> bytes:
        """All it takes to go on from here, as a safetensors file."""
        tensors = {f"net.{name}": tensor for name, tensor in self.module.state_dict().items()}
        for index, weight in enumerate(self.weights):
            for key, value in self.optimiser.state.get(weight, {}).items():
                if isinstance(value, Tensor):
                    tensors[f"optimiser.{index}.{key}"] = value
        facts = {name: getattr(self, name) for name in _FACTS} | {"live": self.live}
        stored = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        return save(stored, {"training": json.dumps(facts)})

    def _restore(self, state: bytes) -> None:
        """Take up where `state` was given."""
        try:
            tensors, facts = load(state), _facts(state)
            weights = {name.removeprefix("net."): t for name, t in tensors.items() if name.startswith("net.")}
            self.module.load_state_dict(weights)
        except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
            raise InputError(
                "This checkpoint is damaged or belongs to another network. Choose another step."
            ) from error
        for name, tensor in tensors.items():
            if name.startswith("optimiser."):
                _, index, key = name.split(".")
                weight = self.weights[int(index)]
                self.optimiser.state[weight][key] = _like(tensor, weight)
        self.live.update(facts.pop("live"))
        for name in _FACTS:
            setattr(self, name, facts[name])
        if self.over == "epochs" and self.step < self.total:
            self.over = ""  # it was over for fewer epochs

    def _put(self, images: datasets.Pixels, labels: datasets.Labels) -> tuple[Tensor, Tensor]:
        """Pictures and labels where the network is; as floats where these take little room."""
        pixels = torch.tensor(images, device=self.device)
        small = pixels.numel() <= 50_000_000  # 200 MB as floats
        laid = (self.pixels(pixels) if small else pixels).contiguous(memory_format=torch.channels_last)
        return laid, torch.tensor(labels, device=self.device)

    @torch.no_grad()
    def _regularise(self) -> None:
        """L1 as its slope, and a gradient that is not too long."""
        gradients = [weight.grad for weight in self.weights if weight.grad is not None]
        if self.live["l1"]:
            signs = torch._foreach_sign(self.weights)
            torch._foreach_add_(gradients, signs, alpha=self.live["l1"])
        if self.live["clip"]:
            nn.utils.clip_grad_norm_(self.weights, self.live["clip"])

    def _measure(self) -> None:
        """Loss and accuracy over the validation set, and whether it is time to stop."""
        self.held = self.seen()
        self.validation = float(F.cross_entropy(self.held.logits, self.held_labels))
        self.accuracy = float((self.held.logits.argmax(1) == self.held_labels).float().mean())
        self.measured, epoch = self.step, self.step / self.steps
        if self.validation < self.best:
            self.best, self.best_epoch = self.validation, epoch
        elif self.spec.patience and epoch - self.best_epoch >= self.spec.patience:
            self.over = "patience"

    @torch.no_grad()
    def seen(self) -> Seen:
        """What the network makes of the validation set, as it is used after training."""
        self.module.eval()
        logits, alive = [], {name: torch.zeros((), dtype=torch.bool) for name in self.active}
        for part in torch.split(self.held_images, CHUNK):
            values = self.module.values((self.pixels(part) - MEAN) / STD)
            logits.append(values[self.net.layers[-1].name])
            alive = {name: found | _anywhere(values[name]).cpu() for name, found in alive.items()}
        return Seen(torch.cat(logits), tuple(1 - float(found.float().mean()) for found in alive.values()))

    @staticmethod
    def pixels(images: Tensor) -> Tensor:
        """Pictures in [0, 1], as kept here or as bytes."""
        return images.float() / 255 if images.dtype == torch.uint8 else images

    def _report(self, loss: float, hits: float, lr: float) -> Report:
        return Report(
            self.step,
            self.step / self.steps,
            loss,
            hits,
            self.validation,
            self.accuracy,
            self.measured,
            lr,
            self.over,
        )

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        """Numbers of dropout that depend on seed and step alone; the global generator stays as it was."""
        if not any(layer.kind == "dropout" for layer in self.net.layers):
            yield
            return
        with torch.random.fork_rng():
            torch.manual_seed(_mixed(self.spec.seed, self.step, 2))
            yield


# What a state holds besides tensors.
_FACTS = (
    "step",
    "validation",
    "accuracy",
    "measured",
    "best",
    "best_epoch",
    "over",
    "gradients",
    "moves",
)


def _facts(state: bytes) -> dict[str, Any]:
    """What is written in the header of a state."""
    size = int.from_bytes(state[:8], "little")
    header: dict[str, Any] = json.loads(state[8 : 8 + size])
    facts: dict[str, Any] = json.loads(header["__metadata__"]["training"])
    return facts


def _like(tensor: Tensor, weight: Tensor) -> Tensor:
    """A tensor of an optimiser where and as its weight lies; the number of its steps stays as it is."""
    if tensor.shape != weight.shape:
        return tensor.to(weight.device)
    return torch.empty_like(weight).copy_(tensor)


def _anywhere(values: Tensor) -> Tensor:
    """Where any example of a batch is not 0; by halves, as `any` takes as long as all layers together."""
    found = values != 0
    while len(found) > 1:
        half = (len(found) + 1) // 2
        found = found[:half] | found[-half:]
    return found[0]


def _mixed(*numbers: int) -> int:
    """One seed made of several, so that neighbours have nothing in common."""
    return int.from_bytes(hashlib.blake2b(repr(numbers).encode(), digest_size=7).digest(), "little")
