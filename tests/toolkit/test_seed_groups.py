"""Copies in groups that others go on with: what they report is what they report together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from vizcore.toolkit import hands, seed_groups, seed_state
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.seed_groups import GROUPS, SeedGroups, group_size, train
from vizcore.toolkit.seeds import Report, Seeds, Spec, batched

TURNS = Spec(net="mlp", count=120, batch=32, epochs=4, copies=5, seed=5, lr=0.01, device="cpu")
STACK = replace(TURNS, batch=16, epochs=2, copies=8)  # in one computation, which rounds as it likes


class Others:
    """Hands that note how many parts they are asked for at a time."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def count(self) -> int:
        return 3

    def spread(
        self, make: Callable[..., Any], arguments: tuple[Any, ...], method: str, parts: Iterable[Any]
    ) -> Iterator[Any]:
        asked = [*parts]
        self.asked.append(len(asked))
        return (getattr(make(*arguments), method)(*part) for part in asked)


@pytest.fixture(autouse=True)
def others(monkeypatch: pytest.MonkeyPatch) -> Others:
    monkeypatch.setattr(hands, "_lent", [])
    monkeypatch.setattr(seed_groups, "CHUNK", 60.0)
    monkeypatch.setattr(seed_groups, "CHUNKS", 1)  # of 1, 2, 4, 8 ... steps, however fast they are
    found = Others()
    hands.lend(found)
    return found


def told(reports: Iterable[Report]) -> list[dict[str, Any]]:
    """All that they tell, without the seconds, as plain values."""
    names = [field.name for field in fields(Report) if field.name != "seconds"]
    return [{name: np.asarray(getattr(each, name)).tolist() for name in names} for each in reports]


def assert_equal(found: Sequence[dict[str, Any]], known: Sequence[dict[str, Any]], spec: Spec) -> None:
    """Bit for bit where copies take turns, else to rounding."""
    assert len(found) == len(known)
    for one, other in zip(found, known, strict=True):
        for name, values in other.items():
            np.testing.assert_allclose(one[name], values, rtol=1e-4 if batched(spec, "cpu") else 0)


@pytest.mark.parametrize(
    "spec",
    [
        replace(TURNS, clip=0.5, batch=8, epochs=2),
        replace(TURNS, net="lenet5", dropout=0.5, copies=9, epochs=2),
        STACK,
    ],
)
def test_groups_report_what_all_copies_report_together(spec: Spec, others: Others) -> None:
    groups, known = train(spec), Seeds(spec)
    assert isinstance(groups, SeedGroups)
    assert_equal(told(groups), told(known), spec)
    assert (groups.total, groups.device) == (known.total, known.device)
    assert others.asked[0] == {5: 5, 9: 5, 8: 2}[spec.copies]


@pytest.mark.parametrize("spec", [TURNS, replace(STACK, optimiser="adam", lr=0.001)])
@pytest.mark.parametrize(("taken", "ahead"), [(1, 0), (5, 2), (7, 0)])
def test_a_state_from_any_place_goes_on_in_groups_and_together(spec: Spec, taken: int, ahead: int) -> None:
    groups = SeedGroups(spec)
    assert len([*islice(groups, taken)]) == taken
    state, rest = groups.state(), told(groups)
    assert seed_state.unpacked(state, spec.copies).ahead == ahead
    assert told(SeedGroups(spec, state)) == rest
    assert_equal(told(Seeds(spec, state)), rest, spec)


def test_a_state_of_all_together_goes_on_in_groups() -> None:
    copies = Seeds(TURNS)
    assert len([*islice(copies, 7)]) == 7
    assert told(SeedGroups(TURNS, copies.state())) == told(copies)


def test_groups_that_diverge_end_and_the_others_go_on() -> None:
    changes = {"optimiser": "sgd", "lr": 0.1, "start": "large", "dropout": 0.1, "batch": 4, "epochs": 1}
    spec = replace(TURNS, copies=4, **changes)  # all within the first epoch
    known, groups = told(Seeds(spec)), SeedGroups(spec)
    assert len({report["diverged"] for report in known}) > 2  # one after the other
    found = told(islice(groups, 10))
    state = groups.state()
    assert [*found, *told(groups)] == known
    assert told(SeedGroups(spec, state)) == known[10:]


def test_the_seconds_are_those_of_all_groups_and_go_on() -> None:
    groups = SeedGroups(TURNS)
    first = [report.seconds for report in islice(groups, 7)]
    rest = [report.seconds for report in SeedGroups(TURNS, groups.state())]
    assert first[0] == 0
    assert (np.diff([*first, *rest]) > 0).all()


def test_a_chunk_takes_a_while_or_far_longer_than_it_costs(
    others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_groups, "CHUNK", 1e-9)
    monkeypatch.setattr(seed_groups, "WORTH", 0)
    assert len([*SeedGroups(TURNS)]) == 13
    assert len(others.asked) == 14  # one by one, until there is none left
    others.asked.clear()
    monkeypatch.setattr(seed_groups, "WORTH", 1000)
    assert len([*SeedGroups(TURNS)]) == 13
    assert len(others.asked) == 5  # 1, 2, 4, 6 and none


def test_a_run_has_several_chunks_however_fast_it_is(others: Others, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_groups, "CHUNKS", 4)
    assert len([*SeedGroups(TURNS)]) == 13
    assert len(others.asked) == 7  # 1, 2, 3, 3, 3, 1 and none


@pytest.mark.parametrize(("copies", "stack", "turns"), [(2, 4, 1), (8, 4, 1), (16, 4, 2), (64, 8, 8)])
def test_there_are_few_groups_and_those_of_one_computation_have_fours(
    copies: int, stack: int, turns: int
) -> None:
    specs = replace(STACK, copies=copies), replace(TURNS, copies=copies)
    assert [group_size(spec) for spec in specs] == [stack, turns]
    assert copies <= GROUPS * turns


def test_copies_stay_here_where_nobody_helps_or_they_make_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(train(replace(STACK, copies=4)), Seeds)
    assert isinstance(train(replace(TURNS, copies=1)), Seeds)
    monkeypatch.setattr(hands, "_lent", [])
    assert isinstance(train(TURNS), Seeds)


def test_a_damaged_state_and_copies_without_room_are_refused() -> None:
    with pytest.raises(InputError, match="damaged"):
        SeedGroups(TURNS, b"nothing")
    with pytest.raises(InputError, match="damaged"):
        SeedGroups(TURNS, Seeds(replace(TURNS, copies=2)).state())
    with pytest.raises(InputError, match="there is room for"):
        SeedGroups(Spec(data="shapes", net="mlp", copies=64, device="cpu"))
