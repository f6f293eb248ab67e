"""Loss landscapes: exact at every point, exact in form where that is known, and complete in the end."""

import itertools
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from tests.runs.rehearsing import until_state
from vizcore import runs
from vizcore.exhibits import loss_landscape
from vizcore.exhibits.loss_landscape import Spec, landscape, scan
from vizcore.toolkit import landscape_scan, subjects, training_spec
from vizcore.toolkit.directions import Plane, random_plane
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plane_losses import loss_of
from vizcore.toolkit.subjects import Subject
from vizcore.toolkit.training import Training

TRAINING = {"count": 100, "share": 0.2, "net": "mlp", "epochs": 2, "batch": 16, "device": "cpu"}
NORMED = {**TRAINING, "count": 40, "share": 0.5, "net": "lenet5", "norm": True, "epochs": 1, "batch": 10}


@lru_cache(maxsize=1)
def lenet() -> Subject:
    return subjects.of_network("lenet5", count=150)


def of_module(module: nn.Module, images: Tensor, labels: Tensor) -> Subject:
    return Subject("a network", tuple("0123456789"), module.eval().requires_grad_(False), images, labels)


def at(plane: Plane, a: float, b: float) -> Tensor:
    """(P,) the weights at a point."""
    return torch.from_numpy(plane.origin + np.float32(a) * plane.first + np.float32(b) * plane.second)


def by_a_plain_loop(subject: Subject, plane: Plane, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, N) the loss in float32 by a call of the module at each point."""
    found = []
    for b, a in itertools.product(places, places):
        weights = subject.named(at(plane, a, b))
        with torch.inference_mode():
            logits = functional_call(subject.module, weights, (subject.images,))
        found.append(F.cross_entropy(logits, subject.labels).item())
    return np.array(found).reshape(len(places), -1)


def test_the_surface_of_lenet_equals_a_plain_loop_over_its_points() -> None:
    plane = random_plane(lenet(), seed=3)
    surface = landscape(lenet(), plane, points=5)
    np.testing.assert_allclose(surface.loss, by_a_plain_loop(lenet(), plane, surface.a), rtol=1e-5)


@pytest.mark.parametrize("name", ["tiny_vgg", "small_resnet"])
def test_so_do_those_of_deeper_networks(name: str) -> None:
    subject = subjects.of_network(name, count=20)
    plane = random_plane(subject)
    surface = landscape(subject, plane, points=3, span=0.3)
    np.testing.assert_allclose(surface.loss, by_a_plain_loop(subject, plane, surface.a), rtol=1e-5)


def test_its_centre_is_the_loss_and_the_accuracy_of_the_network() -> None:
    surface = landscape(lenet(), random_plane(lenet()), points=3)
    with torch.inference_mode():
        logits = lenet().module(lenet().images)
    assert surface.loss[1, 1] == pytest.approx(F.cross_entropy(logits, lenet().labels).item(), rel=1e-5)
    assert surface.accuracy[1, 1] == (logits.argmax(1) == lenet().labels).float().mean().item()


def test_a_large_network_gets_a_coarser_grid_or_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    work = 50 * subjects.operations(lenet().module, (1, 32, 32))
    monkeypatch.setattr(subjects, "WORK", 30**2 * work)
    assert scan(Spec(points=49, pictures=50)).total == 25**2  # type: ignore[attr-defined]
    monkeypatch.setattr(subjects, "WORK", 13 * 6.5 * work)
    with pytest.raises(InputError, match="Take 25 pictures at most"):
        scan(Spec(points=49, pictures=50))


def test_rows_are_b_and_columns_are_a() -> None:
    plane = random_plane(lenet())
    still = replace(plane, second=np.zeros_like(plane.second))
    loss = landscape(lenet(), still, points=3).loss
    np.testing.assert_array_equal(loss[0], loss[2])
    assert len({*loss[0].tolist()}) == 3


def test_a_linear_network_with_squared_errors_gives_the_exact_paraboloid() -> None:
    owner = torch.Generator().manual_seed(0)
    x, y = torch.randn(40, 1, 1, 3, generator=owner), torch.randn(40, 2, generator=owner)
    best = torch.linalg.lstsq(x.flatten(1), y).solution.T.contiguous()
    module = nn.Sequential(nn.Flatten(), nn.Linear(3, 2, bias=False))
    module[1].weight = nn.Parameter(best)
    # The Hessian of the mean over 40 pictures and 2 outputs is 2 X'X / 80, once for each output.
    values, vectors = np.linalg.eigh((x.flatten(1).T @ x.flatten(1) / 40).numpy())
    first, second = (np.concatenate([vectors[:, at], np.zeros(3)]).astype(np.float32) for at in (2, 1))
    surface = landscape(of_module(module, x, y), Plane(best.flatten().numpy(), first, second, ""), points=5)
    rise = (values[2] * surface.a**2)[None, :] + (values[1] * surface.b**2)[:, None]
    np.testing.assert_allclose(surface.loss, surface.loss[2, 2] + rise / 2, rtol=1e-5)


class Odd(nn.Module):
    """A network that reads weights in functions of its own, and one output twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3, padding=1)
        self.scale = nn.Parameter(torch.tensor([0.5, 1.0, 2.0]))

    def forward(self, x: Tensor) -> Tensor:
        first = self.conv(x)
        return (F.relu(first) * self.scale.view(3, 1, 1) + first).mean((2, 3)) @ self.scale.diag()


def test_any_module_that_can_be_called_has_a_landscape() -> None:
    torch.manual_seed(0)
    subject = of_module(Odd(), torch.randn(30, 1, 6, 6), torch.arange(30) % 3)
    plane = Plane(subject.origin, np.ones_like(subject.origin), np.cos(subject.origin), "")
    surface = landscape(subject, plane, points=3)
    np.testing.assert_allclose(surface.loss, by_a_plain_loop(subject, plane, surface.a), rtol=1e-5)


def test_nothing_of_the_network_is_touched() -> None:
    before = {name: tensor.clone() for name, tensor in lenet().module.state_dict().items()}
    landscape(lenet(), random_plane(lenet()), points=3)
    assert all(torch.equal(tensor, before[name]) for name, tensor in lenet().module.state_dict().items())


def test_batch_norm_may_measure_at_every_point_what_it_is_given() -> None:
    subject = subjects.of_training(Training(training_spec.Spec(**NORMED)))
    plane = random_plane(subject)
    loss = landscape(subject, plane, points=3, statistics="batch").loss
    weights = subject.named(at(plane, 1, -1))
    training = subject.at(subject.origin).module.train()
    logits = functional_call(training, weights, (subject.images,))
    assert loss[0, 2] == pytest.approx(F.cross_entropy(logits, subject.labels).item(), rel=1e-5)


def test_losses_that_are_no_numbers_are_infinite() -> None:
    plane = random_plane(lenet(), normalisation="none")
    surface = landscape(lenet(), plane, points=3, span=1e30)
    assert np.isinf(surface.loss[0, 0])
    assert np.isfinite(surface.loss[1, 1])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"span": 0.0}, "span must be above 0"),
        ({"points": 1}, "2 to 201 points"),
        ({"statistics": "x"}, "batch"),
    ],
)
def test_settings_that_give_no_surface_are_explained(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        landscape(lenet(), random_plane(lenet()), **settings)


def complete(spec: Spec, **arrays: Any) -> landscape_scan.Scan:
    """A scan that has come to its end."""
    work = scan(spec, **arrays)
    assert isinstance(work, landscape_scan.Scan)
    *_, last = work
    assert last.step == work.total
    return work


def test_a_scan_ends_with_the_exact_surface_and_the_error_of_the_spline_before() -> None:
    spec = Spec(points=25, pictures=40)
    found = complete(spec).look()
    subject = subjects.of_network("lenet5", count=40)
    exact = landscape(subject, random_plane(subject), points=25)
    np.testing.assert_allclose(found["loss"], exact.loss, rtol=1e-6)
    np.testing.assert_array_equal(found["accuracy"], exact.accuracy)
    assert found["computed"].all()


def test_the_first_surface_is_complete_and_near_to_the_last_one() -> None:
    work = scan(Spec(points=25, pictures=100))
    assert isinstance(work, landscape_scan.Scan)
    assert work.look() == {}
    coarse = next(work.look() for report in work if report.grid == 13)
    assert coarse["loss"].shape == (25, 25)
    assert coarse["computed"].sum() == 169
    *_, last = work
    exact = work.look()["loss"]
    assert last.error == pytest.approx(100 * np.abs(coarse["loss"] - exact).max() / np.ptp(exact))
    assert last.error < 0.5


def test_a_scan_trains_and_draws_the_path_in_its_plane() -> None:
    found = complete(Spec(training=TRAINING, plane="pca", points=13)).look()
    np.testing.assert_allclose(found["coordinates"][-1], 0, atol=1e-6)  # it ends in the middle
    np.testing.assert_allclose(found["loss"][6, 6], found["path_loss"][-1], rtol=1e-5)
    assert found["distances"][0] > 0
    assert (
        len(found["path_loss"]) == len(found["coordinates"]) == 11
    )  # two epochs of five steps, and the start


def test_the_path_of_another_run_takes_the_place_of_training() -> None:
    spec = training_spec.Spec(**NORMED)
    run = Training(spec)
    states = [run.state() for _ in run]
    path, buffers = subjects.of_states(states, spec)
    work = scan(Spec(training=NORMED, plane="random", points=13), path=path, buffers=buffers)
    assert next(work).phase == "surface"
    assert isinstance(work, landscape_scan.Scan)
    assert len(list(work)) > 13
    assert work.look()["loss"][6, 6] == pytest.approx(loss_of(subjects.of_training(run))[0], rel=1e-5)


@pytest.mark.parametrize("after", [4, 14, 30])  # while it trains, in the first grid, in the second
def test_a_scan_goes_on_from_a_state_as_if_nothing_had_been(after: int) -> None:
    spec = Spec(training=TRAINING, plane="pca", points=25)
    whole, broken = complete(spec), scan(spec)
    for _ in range(after):
        next(broken)
    assert isinstance(broken, landscape_scan.Scan)
    again = complete(spec, state=broken.state()).look()
    for name, values in whole.look().items():
        np.testing.assert_array_equal(again[name], values, err_msg=name)


def test_a_scan_is_a_run_like_any_other() -> None:
    spec = Spec(net="lenet5", points=13, pictures=20)
    run = runs.start("loss_landscape.scan", asdict(spec))
    until_state(run, "finished")
    newest = runs.newest(run)
    assert newest is not None
    assert newest["grid"] == 13
    assert newest["loss"].shape == (13, 13)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"span": 0}, "span goes from"),
        ({"span": float("nan")}, "span goes from"),
        ({"points": 1}, "13, 25, 49, 97 points"),
        ({"plane": "flat"}, "no plane called"),
        ({"normalisation": "x"}, "no normalisation called"),
        ({"training": {"lrr": 1}}, "settings that there are not"),
        ({"training": {"lr": -1}}, "lr goes from"),
        ({"pictures": -1}, "pictures is a whole number"),
    ],
)
def test_specs_that_cannot_be_are_explained(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Spec(**settings)


def test_a_training_that_diverges_has_no_landscape() -> None:
    with pytest.raises(InputError, match="training diverged at step"):
        list(scan(Spec(training={**TRAINING, "lr": 100.0, "optimiser": "sgd"}, points=13)))


def test_the_plane_of_the_path_needs_a_path() -> None:
    with pytest.raises(InputError, match="a path of at least 3 checkpoints"):
        list(scan(Spec(plane="pca", pictures=20)))


def test_the_card_shows_eight_landscapes_each_lower_in_its_middle_than_at_its_edge() -> None:
    maps, limits = loss_landscape.card()
    assert (maps.shape, limits.shape) == ((8, 150, 150), (8, 2))
    assert (maps[:, 75, 75] < maps[:, 0].min(axis=1)).all()
