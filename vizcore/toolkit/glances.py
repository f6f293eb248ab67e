"""A network that looks at one picture again and again, each time moved: what stays is computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from vizcore.toolkit import device, equivariance, estimates, graphs, images, warps
from vizcore.toolkit.equivariance import Reference, Subject
from vizcore.toolkit.graphs import Step
from vizcore.toolkit.images import Image
from vizcore.toolkit.shared import Shared
from vizcore.toolkit.warps import Backward

Floats: TypeAlias = NDArray[np.float64]

ERRORS = 5  # times as long as writing maps it takes to compare them with others


@dataclass(frozen=True, eq=False)
class Glance:
    """What the network made of the picture once."""

    seen: Image  # (side, side, 3) the picture as it was then
    output: Floats  # (C, H, W) of the last layer; classes are (N, 1, 1) logits
    errors: Mapping[str, float]  # layer -> |f(Sx) - S f(x)| / |f(x)|; empty where they were not asked for

    @property
    def probabilities(self) -> Floats:
        """Of the classes of the picture (N,), or of each pixel (N, H, W)."""
        found: Floats = torch.from_numpy(self.output).softmax(0).numpy()
        return found[:, 0, 0] if found.shape[1:] == (1, 1) else found


class Glances:
    """Looks at a picture that is moved.

    Args:
        subject: the network.
        image: (H, W, 3) in [0, 1]; its middle square is seen.

    Raises:
        InputError: there is no such network or border.
    """

    def __init__(self, subject: Subject, image: Image) -> None:
        self.subject = subject
        self.pixels = subject.seen(image)
        self._digest = images.digest(self.pixels)

    @cached_property
    def still(self) -> Glance:
        """The picture as it is."""

        def measured(where: str) -> Floats:
            network, known = self._standing(where)
            output: Floats = known.maps[network[-1].name][0].double().cpu().numpy()
            return output

        return Glance(self.pixels, device.run(measured)[0], {})

    @property
    def first(self) -> int:
        """The most probable class of the picture as it is."""
        return int(self.still.probabilities.argmax())

    def shifted(self, dy: float, dx: float, *, errors: bool = True) -> Glance:
        """The picture moved by dy px down and dx px to the right."""
        seen = warps.moved(self.pixels, dy, dx, border=self.subject.border)
        return self._look(seen, warps.shift(dy, dx), errors)

    def transformed(self, name: str, amount: float, *, seed: int = 0, errors: bool = True) -> Glance:
        """The picture transformed; arguments and errors as of `warps.transformed`."""
        border = self.subject.border
        seen = warps.transformed(self.pixels, name, amount, border=border, seed=seed)
        back = warps.backward(name, amount, (seen.shape[0], seen.shape[1]), seed)
        return self._look(seen, back, errors)

    def _look(self, seen: Image, back: Backward | None, errors: bool) -> Glance:
        output, found = device.run(partial(self._measured, seen, back, errors))[0]
        return Glance(seen, output, found)

    def _measured(
        self, seen: Image, back: Backward | None, errors: bool, where: str
    ) -> tuple[Floats, dict[str, float]]:
        network, still = self._standing(where)
        batch, last = self.subject.batch([seen], where), network[-1].name
        with torch.inference_mode():
            maps = graphs.maps(network, batch, None if errors else [last])
            found = still.errors(maps, back, self.subject.border) if errors else []
        return maps[last][0].double().cpu().numpy(), dict(zip(still.maps, found, strict=False))

    def _standing(self, where: str) -> tuple[tuple[Step, ...], Reference]:
        """The network on a device, and what it makes of the picture as it is."""
        network = self.subject.network(where)

        def look() -> Reference:
            return equivariance.reference(network, self.subject.batch([self.pixels], where))

        return network, _references.get((self.subject, self._digest, where), look)


_references = Shared[Reference]()


def expected(subject: Subject) -> float:
    """Seconds until a loaded classifier has looked at a picture as it is and at a moved one, errors too."""
    if (blank := subject.blank) is None:
        return 0.0  # whoever looks is told so
    return 2 * estimates.passing(*blank) + ERRORS * estimates.writing(*blank)
