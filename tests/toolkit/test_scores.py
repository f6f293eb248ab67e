"""Scores, against counts by hand."""

import pytest
import torch

from vizcore.toolkit.scores import accuracy, confusion, mean_iou

WANTED = torch.tensor([[0, 0, 0, 0], [1, 1, 1, 2]])
FOUND = torch.tensor([[0, 0, 0, 1], [1, 1, 0, 2]])
COUNTS = [[3, 1, 0, 0], [1, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]


def test_confusion_counts_what_each_class_is_taken_for() -> None:
    assert confusion(WANTED, FOUND, 4).tolist() == COUNTS


def test_accuracy_is_the_share_on_the_diagonal() -> None:
    assert accuracy(confusion(WANTED, FOUND, 4)) == pytest.approx(6 / 8)


def test_the_mean_overlap_leaves_out_classes_that_are_not_there() -> None:
    assert mean_iou(confusion(WANTED, FOUND, 4)) == pytest.approx((3 / 5 + 2 / 4 + 1) / 3)
    assert mean_iou(confusion(WANTED[:1], FOUND[:1], 4)) == pytest.approx(3 / 4)
