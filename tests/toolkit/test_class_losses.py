"""Cross entropy over a batch: against torch.nn.functional, scikit-learn and hand arithmetic."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional as F

from vizcore.toolkit.class_losses import balanced, batch
from vizcore.toolkit.errors import InputError

LOGITS = np.random.default_rng(2).normal(size=(5, 3))
TARGETS = (0, 2, 2, 1, 0)
WEIGHTS = (0.5, 3, 1.5)


def test_two_examples_by_hand() -> None:
    found = batch(np.log([[0.25, 0.75], [0.5, 0.5]]), (0, 1), weights=(1, 3))
    np.testing.assert_allclose(found.losses, [np.log(4), 3 * np.log(2)])
    assert found.weights.tolist() == [1, 3]
    assert found.mean == pytest.approx(5 / 4 * np.log(2))
    assert found.written == [
        r"\sum_n l_n &= 1.39 + 2.08 = 3.47",
        r"\sum_n w_{y_n} &= 1 + 3 = 4",
        r"\frac{\sum_n l_n}{\sum_n w_{y_n}} &= \frac{3.47}{4} = 0.866",
    ]
    assert found.per_example == pytest.approx(5 / 4 * 2 * np.log(2))
    np.testing.assert_allclose(np.exp(found.logarithms), [[0.25, 0.75], [0.5, 0.5]])


def test_the_sums_of_a_large_batch_are_written_without_their_terms() -> None:
    found = batch(np.zeros((100, 2)), [0] * 100)
    assert found.written[:2] == [r"\sum_n l_n &= 69.3", r"\sum_n w_{y_n} &= 100"]


def test_a_long_sum_goes_on_in_another_line() -> None:
    found = batch(np.zeros((5, 2)), [0] * 5).written
    assert found[2:4] == [r"\sum_n w_{y_n} &= 1 + 1 + 1", r"&\quad {} + 1 + 1 = 5"]


@pytest.mark.parametrize("smoothing", [0, 0.1, 1])
@pytest.mark.parametrize("ignore", [-100, 2])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_mean_and_its_gradient_are_those_of_torch(
    smoothing: float, ignore: int, weights: tuple[float, ...] | None
) -> None:
    found = batch(LOGITS, TARGETS, weights=weights, smoothing=smoothing, ignore=ignore)
    z = torch.tensor(LOGITS, requires_grad=True)
    w = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    mean = F.cross_entropy(z, torch.tensor(TARGETS), w, ignore_index=ignore, label_smoothing=smoothing)
    mean.backward()
    assert found.mean == pytest.approx(mean.item(), rel=1e-13)
    np.testing.assert_allclose(found.gradient, z.grad, atol=1e-14)


def test_log_probabilities_make_it_the_weighted_nll() -> None:
    log_probabilities = F.log_softmax(torch.tensor(LOGITS), 1)
    theirs = F.nll_loss(log_probabilities, torch.tensor(TARGETS), torch.tensor(WEIGHTS, dtype=torch.float64))
    assert batch(log_probabilities.numpy(), TARGETS, weights=WEIGHTS).mean == pytest.approx(theirs.item())


def test_the_weight_of_a_single_example_cancels() -> None:
    assert batch([[1, 2]], (0,), weights=(7, 1)).mean == pytest.approx(batch([[1, 2]], (0,)).mean)


def test_ignored_examples_count_for_nothing() -> None:
    found = batch(LOGITS, TARGETS, ignore=2)
    assert found.mean == pytest.approx(batch(LOGITS[[0, 3, 4]], (0, 1, 0)).mean)
    assert not found.gradient[1:3].any()


def test_a_batch_that_is_ignored_as_a_whole_has_no_mean() -> None:
    assert np.isnan(batch([[1, 2]], (-100,)).mean)


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    targets = [0] * 7 + [1] * 2 + [2]
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=targets)
    np.testing.assert_allclose(balanced(targets, 3), theirs)
    assert balanced([0, 0], 2).tolist() == [0.5, 0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"logits": [1, 2]}, "1 to 10,000 examples"),
        ({"logits": np.zeros((2, 1001))}, "1 to 10,000 examples"),
        ({"logits": [[np.nan, 1]]}, "must lie between"),
        ({"targets": (2,)}, "no class 2: they are 0 to 1"),
        ({"targets": ("<b>",)}, "no class <b>"),
        ({"targets": (0, 1)}, "1 examples need as many targets, not 2"),
        ({"weights": (1,)}, "2 classes need as many weights"),
        ({"weights": (1, -1)}, "2 classes need as many weights"),
        ({"weights": (1, float("nan"))}, "2 classes need as many weights"),
        ({"smoothing": 1.5}, "from 0 to 1, not 1.5"),
    ],
)
def test_what_does_not_fit_is_explained(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        batch(**{"logits": [[1, 2]], "targets": (0,), **changes})  # type: ignore[arg-type]
