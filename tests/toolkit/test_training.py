"""Training runs: equal specs give equal runs, a state goes on where it was taken, PyTorch is the oracle."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit import datasets, optimisation, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Report, Spec

SMALL = Spec(count=200, net="mlp", epochs=3, device="cpu")


def reports(spec: Spec, count: int, state: bytes | None = None) -> list[Report]:
    return list(islice(Training(spec, state), count))


def test_lenet_reads_97_percent_of_the_digits() -> None:
    last = list(Training(Spec(epochs=25, device="cpu")))[-1]
    assert last.accuracy >= 0.97
    assert last.over == "epochs"


def test_the_first_report_comes_before_the_first_step() -> None:
    first, second = reports(SMALL, 2)
    assert (first.step, first.epoch, first.measured) == (0, 0, 0)
    assert second.step == 1
    assert second.validation == first.validation  # not measured again yet


def test_equal_specs_give_equal_runs_and_another_seed_another_one() -> None:
    spec = replace(SMALL, net="lenet5", dropout=0.5, augment=("shift", "noise"))
    assert reports(spec, 6) == reports(spec, 6)
    assert reports(replace(spec, seed=1), 6) != reports(spec, 6)


@pytest.mark.parametrize("optimiser", optimisation.OPTIMISERS)
def test_a_run_goes_on_from_its_state_as_if_it_had_never_stopped(optimiser: str) -> None:
    spec = replace(SMALL, optimiser=optimiser, lr=0.01, dropout=0.3, norm=True, schedule="cosine", epochs=9)
    run = Training(spec)
    list(islice(run, 4))
    rest = reports(spec, 30, run.state())
    assert rest == list(islice(run, 30))
    assert rest[-1].step == 33


def test_batch_norm_statistics_are_in_the_state() -> None:
    spec = replace(SMALL, net="lenet5", norm=True)
    run = Training(spec)
    list(islice(run, 3))
    again = Training(spec, run.state())
    assert torch.equal(again.seen().logits, run.seen().logits)


@pytest.mark.parametrize(("name", "oracle"), [("sgd", torch.optim.SGD), ("adam", torch.optim.Adam)])
def test_steps_equal_those_of_a_plain_loop_with_torch_optim(
    name: str, oracle: type[torch.optim.Optimizer]
) -> None:
    run = Training(replace(SMALL, optimiser=name, lr=0.01))
    module = specs.build(run.net)
    module.load_state_dict(run.module.state_dict())
    optimiser = oracle(module.parameters(), lr=0.01)  # type: ignore[call-arg]
    next(run)
    for step in range(12):
        images, labels = run.batch(step)
        with torch.enable_grad():
            loss = F.cross_entropy(module(images), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        assert next(run).loss == pytest.approx(loss.item(), rel=1e-5)


def test_every_example_is_seen_once_an_epoch() -> None:
    run = Training(SMALL)
    seen = torch.cat([run.batch(step)[0].sum(dim=(1, 2, 3)) for step in range(run.steps)])
    images = (run.images - 0.5) / 0.25
    torch.testing.assert_close(seen.sort()[0], images.sum(dim=(1, 2, 3)).sort()[0])


def test_validation_comes_often_at_first_and_rarely_later() -> None:
    measured = {report.measured for report in Training(replace(SMALL, count=400, net="mlp", epochs=20))}
    assert sorted(measured) == [0, 8, 16, 32, 63, 126, 189, 200]


def test_batches_can_be_had_in_any_order() -> None:
    run = Training(SMALL)
    first, second = run.batch(3)[0], run.batch(run.steps + 3)[0]
    assert torch.equal(run.batch(3)[0], first)
    assert not torch.equal(second, first)


def test_a_run_that_is_over_goes_on_with_more_epochs() -> None:
    run = Training(replace(SMALL, epochs=1))
    assert list(run)[-1].over == "epochs"
    last = list(Training(replace(SMALL, epochs=2), run.state()))[-1]
    assert last.step == 2 * run.steps


def test_a_rate_that_is_far_too_high_ends_with_a_report_that_says_so() -> None:
    last = list(Training(replace(SMALL, optimiser="sgd", lr=100.0, start="large", epochs=50)))[-1]
    assert last.over == "diverged"


def test_a_run_stops_when_the_validation_loss_no_longer_falls() -> None:
    last = list(Training(replace(SMALL, lr=0.05, epochs=60, patience=2)))[-1]
    assert last.over == "patience"
    assert last.epoch < 60


def test_l1_moves_every_weight_towards_zero_by_rate_times_strength() -> None:
    plain = Training(replace(SMALL, optimiser="sgd"))
    shrunk = Training(replace(SMALL, optimiser="sgd", l1=0.1))
    before = plain.weights[0].detach().clone()
    list(islice(plain, 2))
    list(islice(shrunk, 2))
    difference = (plain.weights[0] - shrunk.weights[0]).detach()
    torch.testing.assert_close(difference, 0.01 * 0.1 * before.sign(), atol=1e-7, rtol=0)


def test_a_clipped_step_is_no_longer_than_rate_times_limit() -> None:
    run = Training(replace(SMALL, optimiser="sgd", lr=1.0, clip=0.01))
    before = [weight.detach().clone() for weight in run.weights]
    list(islice(run, 2))
    moved = [(weight - old).detach().norm() for weight, old in zip(run.weights, before, strict=True)]
    assert torch.stack(moved).norm() <= 0.0101


def test_settings_change_while_a_run_goes_on_and_stay_in_its_state() -> None:
    run = Training(SMALL)
    list(islice(run, 2))
    run.change(lr=0.5)
    assert next(run).lr == 0.5
    assert next(Training(SMALL, run.state())).lr == 0.5


def test_what_cannot_change_is_refused_and_nothing_has_changed() -> None:
    run = Training(SMALL)
    with pytest.raises(InputError, match="branch"):
        run.change(batch=64)
    with pytest.raises(InputError, match="lr goes from"):
        run.change(lr=float("nan"))
    assert run.live["lr"] == SMALL.lr


@pytest.mark.parametrize("state", [b"", b"x" * 100, bytes(8)])
def test_a_damaged_state_is_explained(state: bytes) -> None:
    with pytest.raises(InputError, match="damaged"):
        Training(SMALL, state)


def test_a_state_of_another_network_is_explained() -> None:
    with pytest.raises(InputError, match="another network"):
        Training(replace(SMALL, net="lenet5"), Training(SMALL).state())


@pytest.mark.parametrize(
    "wrong",
    [
        {"optimiser": "no"},
        {"lr": 0},
        {"lr": float("nan")},
        {"batch": 0},
        {"batch": 2.5},
        {"epochs": 10**9},
        {"dropout": 1},
        {"seed": -1},
        {"device": "tpu"},
        {"norm": "yes"},
        {"augment": ("fly",)},
        {"augment": "shift"},
        {"data": 3},
        {"data": ["digits"]},
        {"net": None},
        {"net": b"lenet5"},
    ],
    ids=str,
)
def test_a_setting_out_of_range_is_explained(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Spec(**wrong)  # type: ignore[arg-type]


def test_the_global_generator_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    reports(replace(SMALL, dropout=0.5, augment=("noise",)), 4)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.fixture
def own() -> datasets.Own:
    """Two classes of noise, one of them lighter."""
    images = np.random.default_rng(0).integers(128, size=(60, 3, 64, 64), dtype=np.uint8)
    images[30:] += 100
    return datasets.own(images, np.repeat([0, 1], 30), np.array(["dark", "light"]))


def test_a_run_learns_from_own_pictures(own: datasets.Own) -> None:
    run = Training(Spec(data="own", net="tiny_vgg", epochs=6, batch=8, device="cpu"), None, own)
    assert run.net.classes == ("dark", "light")
    assert run.data.images.shape == (45, 3, 64, 64)
    assert list(run)[-1].accuracy == 1


def test_a_run_of_own_pictures_goes_on_from_its_state(own: datasets.Own) -> None:
    spec = Spec(data="own", augment=("shift",), dropout=0.2, device="cpu")
    run = Training(spec, None, own)
    list(islice(run, 4))
    again = Training(spec, run.state(), own)
    assert list(islice(again, 5)) == list(islice(run, 5))


def test_a_run_of_own_pictures_needs_them() -> None:
    with pytest.raises(InputError, match="never part of a link"):
        Training(Spec(data="own"))
