"""Designs that see the same window."""

import pytest

from vizcore.toolkit.costs import cost
from vizcore.toolkit.designs import COMPARISONS, designs
from vizcore.toolkit.errors import InputError


@pytest.mark.parametrize("window", ["3", "5", "7"])
@pytest.mark.parametrize("channels", [1, 2, 6, 64])
def test_all_see_the_same_window_and_make_maps_of_the_same_size(window: str, channels: int) -> None:
    for padded in (True, False):
        found = [
            cost(entry, 12, padded=padded) for entry in designs(window, channels=channels, groups=1).values()
        ]
        assert {entry.reach for entry in found} == {(int(window), int(window))}
        assert len({entry.output for entry in found}) == 1


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_a_layer_reads_as_many_channels_as_the_one_before_makes(comparison: str) -> None:
    for entry in designs(comparison, channels=8, groups=2).values():
        for branch in entry.branches:
            assert [conv.outputs for conv in branch[:-1]] == [conv.inputs for conv in branch[1:]]


def test_every_design_makes_as_many_maps_as_the_plain_one() -> None:
    for comparison in COMPARISONS:
        found = designs(comparison, channels=8, groups=2).values()
        assert len({sum(branch[-1].outputs for branch in entry.branches) for entry in found}) == 1
        assert len({entry.branches[0][0].inputs for entry in found}) == 1


def test_one_group_is_the_plain_convolution_and_as_many_as_channels_see_one_each() -> None:
    assert (
        designs("3", channels=6, groups=1)["grouped"].branches
        == designs("3", channels=6, groups=1)["plain"].branches
    )
    most = designs("3", channels=6, groups=6)
    assert most["grouped"].branches[0] == most["separable"].branches[0][:1]


@pytest.mark.parametrize(
    ("channels", "groups", "sentence"),
    [
        (6, 4, "6 channels cannot be split into 4"),
        (6, 0, "into 0"),
        (0, 1, "0 channels"),
        (257, 1, "1 to 256"),
    ],
)
def test_what_cannot_be_built_is_explained(channels: int, groups: int, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        designs("5", channels=channels, groups=groups)


def test_an_unknown_comparison_is_answered_with_the_choices() -> None:
    with pytest.raises(InputError, match="5, 7, 3, inception"):
        designs("9", channels=4, groups=1)
