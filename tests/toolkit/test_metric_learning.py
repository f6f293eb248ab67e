"""Points moved by losses of pairs and triplets: against loops, finite differences and what they ask for."""

import itertools
import math

import numpy as np
import pytest
import torch

from vizcore.toolkit import losses
from vizcore.toolkit.embedding_losses import EMBEDDINGS, directions
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metric_learning import Placed, Report, Rivals, Spec, learned, loss_of, rivals

POINTS = torch.tensor([[0.2, 1.1], [0.9, -0.3], [-0.5, 0.4], [1.5, 1], [-1, -0.7]], dtype=torch.float64)
LABELS = torch.tensor([0, 1, 0, 1, 2])
PAIRS = [(i, j, LABELS[i] == LABELS[j]) for i, j in itertools.combinations(range(5), 2)]


def distance(i: int, j: int) -> float:
    return math.dist(POINTS[i].tolist(), POINTS[j].tolist())


def last(**settings: object) -> Report:
    return list(learned(Spec(**settings)))[-1]  # type: ignore[arg-type]


def test_the_contrastive_costs_are_those_of_a_loop_over_pairs() -> None:
    found = EMBEDDINGS["contrastive"].costs(POINTS, LABELS, 1.5)
    wanted = [(distance(i, j) if alike else max(0, 1.5 - distance(i, j))) ** 2 / 2 for i, j, alike in PAIRS]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_the_triplet_costs_are_those_of_a_loop_over_triplets() -> None:
    found = EMBEDDINGS["triplet"].costs(POINTS, LABELS, 0.5)
    wanted = [
        max(0, distance(a, p) - distance(a, n) + 0.5)
        for a, p, n in itertools.permutations(range(5), 3)
        if LABELS[a] == LABELS[p] != LABELS[n]
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_the_cosine_costs_are_those_of_the_curve_over_the_angle() -> None:
    found = EMBEDDINGS["cosine"].costs(POINTS, LABELS, 0.2)
    angles = torch.rad2deg(torch.atan2(POINTS[:, 1], POINTS[:, 0])).tolist()
    for cost, (i, j, alike) in zip(found, PAIRS, strict=True):
        curve = losses.curve("cosine", angles[i] - angles[j], target=1 if alike else -1, margin=0.2)
        assert cost.item() == pytest.approx(curve.value[0], abs=1e-9)


@pytest.mark.parametrize("loss", EMBEDDINGS)
def test_a_move_is_the_finite_difference_downhill(loss: str) -> None:
    spec = Spec(loss=loss, rate=0.2, each=3)
    report, entry = next(learned(spec)), EMBEDDINGS[loss]
    points, labels = torch.tensor(report.points), torch.tensor(report.labels)
    for row, col in ((0, 0), (4, 1), (8, 0)):
        ahead, behind = points.clone(), points.clone()
        ahead[row, col] += 1e-6
        behind[row, col] -= 1e-6
        rise = entry.costs(ahead, labels, 0.5).mean() - entry.costs(behind, labels, 0.5).mean()
        assert report.moves[row, col] == pytest.approx(-0.2 * 9 * rise.item() / 2e-6, abs=1e-6)


def test_every_report_follows_from_the_one_before() -> None:
    first, second, *_ = learned(Spec())
    np.testing.assert_array_equal(second.points, first.points + first.moves)
    assert (first.step, second.step) == (0, 1)


@pytest.mark.parametrize("loss", EMBEDDINGS)
@pytest.mark.parametrize("seed", range(3))
def test_every_loss_falls_and_brings_classes_together(loss: str, seed: int) -> None:
    reports = list(learned(Spec(loss=loss, margin=0.5, seed=seed, steps=400)))
    assert reports[-1].loss < reports[0].loss / 2
    assert reports[-1].active < reports[0].active
    assert reports[-1].accuracy > reports[0].accuracy


def test_the_contrastive_loss_draws_two_classes_into_points_a_margin_apart() -> None:
    found = last(loss="contrastive", margin=1, classes=2, rate=0.3, steps=600, seed=1)
    centres = [found.points[found.labels == label].mean(0) for label in (0, 1)]
    assert max(np.ptp(found.points[found.labels == label], axis=0).max() for label in (0, 1)) < 0.01
    assert math.dist(*centres) == pytest.approx(1, abs=0.01)


def test_the_cosine_loss_moves_points_at_right_angles_to_their_vectors() -> None:
    report = next(learned(Spec(loss="cosine", margin=0.1)))
    np.testing.assert_allclose((report.points * report.moves).sum(1), 0, atol=1e-10)


@pytest.mark.parametrize("loss", EMBEDDINGS)
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_the_settings_stay_finite(loss: str, end: str) -> None:
    margin = getattr(EMBEDDINGS[loss].margin, end)
    found = last(loss=loss, margin=margin, rate=0.5, classes=5, each=2, steps=100)
    assert np.isfinite([found.points, found.moves]).all()
    assert np.abs(found.points).max() < 100


def test_a_run_belongs_to_its_seed_and_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    one, again, other = (last(seed=seed, steps=5).points for seed in (4, 4, 5))
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("entry", EMBEDDINGS.values(), ids=EMBEDDINGS)
def test_an_entry_is_complete_and_takes_the_usual_margin(entry: object) -> None:
    assert all((entry.title, entry.formula, entry.says, entry.source))  # type: ignore[attr-defined]
    assert entry.margin.low <= Spec().margin <= entry.margin.high  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"loss": "ntxent"}, "no loss of embeddings called 'ntxent'"),
        ({"margin": 0}, "Margin m goes from"),
        ({"loss": "cosine", "margin": 2}, "Margin m goes from"),
        ({"classes": 1}, "The number of classes goes from 2 to 5, not 1"),
        ({"each": 2.5}, "'each' is a whole number"),
        ({"rate": float("nan")}, "The rate goes from"),
        ({"steps": 10**9}, "The number of steps goes from"),
        ({"seed": -1}, "The seed goes from"),
    ],
)
def test_a_run_that_cannot_be_is_explained(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Spec(**settings)  # type: ignore[arg-type]


def test_a_point_that_is_put_elsewhere_goes_on_from_there() -> None:
    spec = Spec(steps=6)
    before, after = list(learned(spec)), list(learned(spec, [Placed(3, 5, 2.5, -1)]))
    for step in range(3):
        np.testing.assert_array_equal(before[step].points, after[step].points)
    assert after[3].points[5].tolist() == [2.5, -1]
    np.testing.assert_array_equal(after[4].points, after[3].points + after[3].moves)
    assert not np.array_equal(before[4].points, after[4].points)


@pytest.mark.parametrize("placed", [Placed(0, 24, 0, 0), Placed(7, 0, 0, 0), Placed(0, -1, 0, 0)])
def test_a_point_or_a_step_that_there_is_not_is_explained(placed: Placed) -> None:
    with pytest.raises(InputError, match="There is no point"):
        next(learned(Spec(steps=6), [placed]))


@pytest.mark.parametrize("place", [11, -1e9, float("nan")])
def test_a_place_too_far_away_is_explained(place: float) -> None:
    with pytest.raises(InputError, match="lies within 10 of 0"):
        next(learned(Spec(), [Placed(0, 0, 0, place)]))


def four(points: list[list[float]]) -> Report:
    """Two points of each of two classes."""
    moves = np.zeros((4, 2))
    return Report(0, np.array(points, float), np.array([0, 0, 1, 1]), moves, 0, 0, 0)


def test_the_rivals_of_a_point_are_far_and_alike_or_near_and_different() -> None:
    spec, turned = Spec(classes=2, each=2), Spec(loss="cosine", margin=0, classes=2, each=2)
    assert rivals(spec, four([[0, 0], [3, 0], [1, 0], [0, 2]]), 0) == Rivals(1, 2, 3, 1, 3.5)
    found = rivals(turned, four([[1, 0], [9, 0], [2, 2], [0, 2]]), 0)
    assert (found.alike, found.different, found.radius) == (1, 2, 0)
    assert found.to_different == pytest.approx(1 - math.sqrt(0.5))


def test_points_in_one_place_are_no_rivals_of_themselves() -> None:
    found = rivals(Spec(loss="contrastive", margin=1, classes=2, each=2), four([[1, 1]] * 4), 0)
    assert found == Rivals(1, 2, 0, 0, 1)


@pytest.mark.parametrize("loss", ["contrastive", "triplet"])
def test_those_of_other_classes_cost_within_the_radius_and_not_beyond(loss: str) -> None:
    spec = Spec(loss=loss, margin=0.5, classes=2, each=2)
    radius = rivals(spec, four([[0, 0], [0.7, 0], [9, 0], [9, 0]]), 0).radius
    pair = {"contrastive": [1], "triplet": [0]}[loss]  # of the first point and the first of the other class
    costs = [
        EMBEDDINGS[loss].costs(
            torch.tensor([[0.0, 0], [0.7, 0], [-place, 0], [9, 0]]).double(), torch.tensor([0, 0, 1, 1]), 0.5
        )[pair]
        for place in (radius - 0.01, radius + 0.01)
    ]
    assert costs[0] > 0
    assert costs[1] == 0


@pytest.mark.parametrize(
    ("loss", "margin", "text"),
    [
        ("triplet", 0.5, r"\max(0,\ 3 - 1 + 0.5) = 2.5"),
        ("contrastive", 1.5, r"3^2 = 4.5 \\ \tfrac{1}{2} \max(0,\ 1.5 - 1)^2 = 0.125"),
        ("contrastive", 0.5, r"\max(0,\ 0.5 - 1)^2 = 0 \end"),
        ("cosine", -0.1, r"1 - (-2) = 3 \\ \max(0,\ 0 - (-0.1)) = 0.1"),
    ],
)
def test_the_costs_of_a_point_are_written_with_its_distances(loss: str, margin: float, text: str) -> None:
    assert text in EMBEDDINGS[loss].written(3, 1, margin)


@pytest.mark.parametrize(
    ("alike", "different", "text"),
    [
        (0.00197, 1, r"1 - 0.99803 = 0.00197"),
        (1e-13, 1, r"1 - 0.9999999999999 = 1 \cdot 10^{-13}"),
        (0, 0.0024, r"1 - 1 = 0 \\ \max(0,\ 0.9976 - 0.9) = 0.0976"),
    ],
)
def test_a_cosine_is_written_with_the_digits_that_its_cost_needs(
    alike: float, different: float, text: str
) -> None:
    assert text in EMBEDDINGS["cosine"].written(alike, different, 0.9)


def test_the_loss_of_points_is_that_of_the_run_and_the_cosine_heeds_no_length() -> None:
    for loss in EMBEDDINGS:
        spec = Spec(loss=loss)
        report = next(learned(spec))
        assert loss_of(spec, report.points) == pytest.approx(report.loss)
        assert (loss_of(spec, 2 * report.points) == pytest.approx(report.loss)) == (loss == "cosine")


@pytest.mark.parametrize(("margin", "most"), [(0, 4), (-0.5, 3), (0.5, 6), (-0.4, 3), (0.9, 13)])
def test_few_directions_of_the_plane_are_far_apart(margin: float, most: int) -> None:
    assert directions(margin) == most
