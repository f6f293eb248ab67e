"""The answers of a network and its twin as work that reports, against `shifts.responses` of each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.runs import functions
from vizcore.toolkit import hands, shift_grid, shifts
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.shift_grid import Grid, Spec, grid

SPEC = Spec("tiny_vgg", "reflect", radius=3)


def an_image() -> NDArray[np.float32]:
    return np.random.default_rng(5).random((50, 70, 3), dtype=np.float32)


def responses(spec: Spec) -> NDArray[np.float32]:
    """What both answer, (2, S, N)."""
    places = shifts.grid(spec.radius)
    settings = {"border": spec.border, "side": spec.side}
    return np.stack(
        [shifts.responses(spec.net, an_image(), places, **settings, taps=taps) for taps in (0, spec.taps)]
    )


def ended(work: Grid) -> NDArray[np.float32]:
    """The answers once all is known."""
    *_, last = work
    assert (last.step, last.share) == (work.total, 1)
    return work.look()["logits"]


class Elsewhere:
    """Hands that do the parts here, and count them."""

    def __init__(self) -> None:
        self.parts: list[tuple[Any, ...]] = []

    def count(self) -> int:
        return 2

    def spread(self, make: Any, arguments: Any, method: str, parts: Any) -> Iterator[Any]:
        for part in parts:
            self.parts.append(part)
            yield getattr(make(*arguments), method)(*part)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    found = Elsewhere()
    monkeypatch.setattr(hands, "_lent", [found])
    return found


@pytest.mark.parametrize(
    "spec", [SPEC, replace(SPEC, border="circular", taps=5), Spec("small_resnet", side=37, radius=2)]
)
def test_the_answers_are_those_of_each_network_to_all_shifts(spec: Spec) -> None:
    np.testing.assert_allclose(ended(grid(an_image(), spec)), responses(spec), rtol=0, atol=1e-5)


def test_so_they_are_where_others_compute_them_row_by_row(elsewhere: Elsewhere) -> None:
    np.testing.assert_allclose(ended(grid(an_image(), SPEC)), responses(SPEC), rtol=0, atol=1e-5)
    assert [(number, len(places)) for number, places in elsewhere.parts] == [(0, 7)] * 7 + [(1, 7)] * 7


@pytest.mark.parametrize("step", [0, 32, 49, 81])
def test_it_goes_on_from_its_state(step: int) -> None:
    work = grid(an_image(), SPEC)
    reached = next(report for report in work if report.step >= step)
    later = grid(an_image(), SPEC, work.state())
    assert next(later).step >= reached.step
    np.testing.assert_allclose(ended(later), responses(SPEC), rtol=0, atol=1e-5)


def test_what_was_begun_here_others_bring_to_its_end(elsewhere: Elsewhere) -> None:
    hands._lent.clear()
    work = grid(an_image(), SPEC)
    next(report for report in work if report.step == 32)
    hands.lend(elsewhere)
    later = grid(an_image(), SPEC, work.state())
    np.testing.assert_allclose(ended(later), responses(SPEC), rtol=0, atol=1e-5)
    assert [len(places) for _, places in elsewhere.parts] == [7, 7, 3] + [7] * 7


def test_its_share_and_its_steps_only_grow() -> None:
    reports = [*grid(an_image(), SPEC)]
    for name in ("step", "share"):
        told = [getattr(report, name) for report in reports]
        assert told == sorted(told)
    assert 0 < reports[0].share < 0.1
    assert reports[0].step == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"net": "nothing"}, "no network"),
        ({"border": "zeros"}, "circular, reflect"),
        ({"taps": 4}, "3 or 5"),
        ({"taps": "3"}, "3 or 5"),
        ({"side": 4096}, "side of the square"),
        ({"radius": 0}, "radius"),
        ({"radius": 1000}, "radius"),
        ({"seed": 1}, "no setting"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        functions.function("invariance.grid").spec({"net": "tiny_vgg", **settings})


def test_a_side_that_the_network_cannot_see_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(InputError, match="128 px"):
        grid(an_image(), replace(SPEC, side=128))


def test_a_damaged_state_is_refused() -> None:
    with pytest.raises(InputError, match="damaged"):
        grid(an_image(), SPEC, b"nonsense")


def test_its_function_is_known_by_name() -> None:
    assert functions.function("invariance.grid").load() is shift_grid.grid
