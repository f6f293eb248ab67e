"""Pictures learnt by sines and by ReLUs: the start against the paper, the end against one another."""

import math
import re
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from vizcore.toolkit import siren
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.siren import Report, Spec, beside, fit

NOISE = np.random.default_rng(2).random((9, 14, 3)).astype(np.float32)


def stripes(side: int = 24) -> np.ndarray:
    """Fine stripes across coarse ones, (side, side, 3) in [0, 1]."""
    fine, coarse = np.sin(2.2 * np.arange(side)), np.cos(0.2 * np.arange(side))
    plane = 0.5 + 0.3 * fine[:, None] + 0.2 * coarse
    return np.repeat(plane[..., None], 3, axis=2).astype(np.float32)


def last(image: np.ndarray, spec: Spec) -> Report:
    return list(fit(image, spec))[-1]


@pytest.mark.parametrize("kind", siren.KINDS)
def test_the_first_reports_are_those_of_a_network_of_pytorch(kind: str) -> None:
    spec = Spec(kind=kind, steps=2, every=1, omega=20)
    parts = siren._start(spec)
    layers = [nn.Linear(*weight.shape[::-1]) for weight in parts[::2]]
    for layer, weight, bias in zip(layers, parts[::2], parts[1::2], strict=True):
        layer.load_state_dict({"weight": weight, "bias": bias})
    optimiser = torch.optim.Adam([part for layer in layers for part in layer.parameters()], lr=spec.lr)
    rows, cols = np.mgrid[:9, :14]
    signal = torch.from_numpy(np.stack([(2 * rows - 8) / 14, (2 * cols - 13) / 14], -1).astype(np.float32))
    for report in fit(NOISE, spec):
        drawn = signal
        for layer in layers[:-1]:
            drawn = torch.sin(20 * layer(drawn)) if kind == "siren" else torch.relu(layer(drawn))
        drawn = (layers[-1](drawn) + 1) / 2
        error = (drawn - torch.from_numpy(NOISE)).square().mean()
        assert report.psnr == pytest.approx(-10 * math.log10(error.item()), abs=1e-3)
        np.testing.assert_allclose(report.picture, drawn.detach().clamp(0, 1), atol=1e-4)
        optimiser.zero_grad()
        (4 * error).backward()
        optimiser.step()


def test_sines_take_in_a_variance_of_1_whatever_the_frequency() -> None:
    for omega in (5, 30):
        first, bias, *hidden = siren._start(Spec(omega=omega))
        signal = torch.sin(omega * torch.addmm(bias, siren._places(40, 40), first.T))
        for weight, phase in zip(hidden[:-2:2], hidden[1:-2:2], strict=True):
            sums = omega * signal @ weight.T
            assert sums.square().mean().item() == pytest.approx(1, abs=0.25)
            signal = torch.sin(sums + omega * phase)


def test_sines_learn_fine_stripes_that_relus_do_not() -> None:
    found = {kind: last(stripes(), Spec(kind=kind, steps=100)).psnr for kind in siren.KINDS}
    assert found["siren"] > 35
    assert found["relu"] < 20


def test_fits_side_by_side_are_those_that_each_would_be_alone() -> None:
    pairs = list(beside(NOISE, Spec(steps=5, every=2)))
    assert [pair.step for pair in pairs] == [0, 2, 4, 5]
    for kind in siren.KINDS:
        alone = last(NOISE, Spec(kind=kind, steps=5))
        assert getattr(pairs[-1], kind) == alone.psnr
        np.testing.assert_array_equal(getattr(pairs[-1], f"{kind}_picture"), alone.picture)


def test_a_report_measures_the_picture_that_it_shows() -> None:
    report = last(stripes(), Spec(steps=60))
    error = ((report.picture - stripes()) ** 2).mean()
    assert report.psnr == pytest.approx(-10 * np.log10(error), abs=0.1)
    assert report.picture.dtype == np.float32


@pytest.mark.parametrize(
    ("steps", "every", "wanted"), [(7, 3, [0, 3, 6, 7]), (4, 2, [0, 2, 4]), (1, 9, [0, 1])]
)
def test_reports_come_as_often_as_asked_and_at_the_end(steps: int, every: int, wanted: list[int]) -> None:
    assert [report.step for report in fit(NOISE, Spec(steps=steps, every=every))] == wanted


def test_pixels_are_as_far_apart_across_as_down() -> None:
    places = siren._places(2, 4).reshape(2, 4, 2)
    assert places[:, 0, 0].tolist() == [-0.25, 0.25]
    assert places[0, :, 1].tolist() == [-0.75, -0.25, 0.25, 0.75]


def test_equal_specs_give_equal_fits_and_leave_the_global_generator_alone() -> None:
    state = torch.get_rng_state()
    first, second = (last(NOISE, Spec(steps=3, seed=5)).picture for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (last(NOISE, Spec(steps=3, seed=6)).picture != first).any()
    assert torch.equal(torch.get_rng_state(), state)


def test_a_fit_can_be_pulled_where_gradients_are_switched_off() -> None:
    with torch.no_grad():
        first, second = islice(fit(NOISE, Spec(every=20)), 2)
    assert second.psnr > first.psnr


def test_a_fit_that_diverges_ends_with_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        torch.optim.Adam, "step", lambda self: self.param_groups[0]["params"][0].data.fill_(math.nan)
    )
    *_, report = fit(NOISE, Spec())
    assert report.step == 1
    assert math.isnan(report.psnr)
    assert np.isfinite(report.picture).all()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kind": "tanh"}, "siren, relu, not 'tanh'"),
        ({"omega": math.nan}, "1 to 100, not nan"),
        ({"lr": 0}, "above 0 and not above 1, not 0"),
        ({"steps": 5_001}, "A fit takes 1 to 5,000 steps, not 5001"),
        ({"every": 0}, "From one report to the next it takes 1 to 5,000 steps, not 0"),
        ({"seed": -1}, "not -1"),
    ],
)
def test_settings_that_cannot_be_are_answered_with_a_sentence(settings: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        Spec(**settings)


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (np.zeros((3, 3)), "not (3, 3)"),
        (np.zeros((0, 3, 3)), "not (0, 3, 3)"),
        (np.zeros((129, 128, 3)), "129 × 128 px are too many"),
        (np.full((2, 2, 3), np.nan), "between 0 and 1"),
        (np.full((2, 2, 3), 1.5), "between 0 and 1"),
    ],
)
def test_pictures_that_cannot_be_learnt_are_answered_with_a_sentence(image: np.ndarray, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        next(fit(image, Spec()))
