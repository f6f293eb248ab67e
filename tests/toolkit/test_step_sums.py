"""The equations of a step with their numbers."""

import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import aligned
from vizcore.toolkit.step_sums import equations, sums
from vizcore.toolkit.trajectories import trajectory
from vizcore.toolkit.update_rules import RULES


@pytest.mark.parametrize("optimizer", RULES)
def test_the_last_sum_is_the_next_point(optimizer: str) -> None:
    path = trajectory(optimizer, "himmelblau", (0.5, -1), 0.01, 5)
    for axis, own in (("x", 0), ("y", 1)):
        found = sums(path, 4, axis)
        assert (found[0].value, found[-1].value) == (path.gradients[3, own], path.points[4, own])
        assert found[-1].name == f"{axis}_t"


def test_gradient_descent_is_a_slope_and_a_step() -> None:
    slope, step = sums(trajectory("gd", "x^2 + y", (-3, 1), 0.1, 1), 1, "x")
    assert slope.numbers == r"\frac{\partial f}{\partial x}(-3, 1)"
    assert (step.formula, step.numbers) == (
        r"x_{t-1} - \eta\, g_t",
        r"-3 - 0.1 \cdot \left(-6\right)",
    )
    assert step.value == pytest.approx(-2.4)


def test_adam_divides_the_corrected_mean_by_the_root_of_the_corrected_square() -> None:
    path = trajectory("adam", "x^2", (1, 0), 0.1, 3)
    _, mean, *_, hat, step = sums(path, 2, "x")
    assert mean.numbers == r"0.9 \cdot 0.2 + \left(1 - 0.9\right) \cdot 1.8"
    assert hat.numbers == r"\frac{0.00724}{1 - 0.999^{2}}"
    assert step.formula == r"x_{t-1} - \frac{\eta\, \hat m_t}{\sqrt{\hat s_t} + 10^{-8}}"


def test_newton_shows_the_hessian_as_each_axis_sees_it() -> None:
    path = trajectory("newton", "2x^2 + x*y + 3y^2", (1, 1), 1, 1)
    right, down = (sums(path, 1, axis)[1].numbers for axis in ("x", "y"))
    assert right == r"\frac{6 \cdot 5 - 1 \cdot 7}{4 \cdot 6 - 1^{2}}"
    assert down == r"\frac{4 \cdot 7 - 1 \cdot 5}{6 \cdot 4 - 1^{2}}"


def test_noise_stands_beside_the_slope() -> None:
    path = trajectory("gd", "noisy", (1, 1), 0.1, 1, seed=3)
    first = sums(path, 1, "y")[0]
    assert first.formula.endswith(r"+ \xi_t")
    assert first.numbers.startswith("4 + ")


def test_the_two_misprints_are_seen_in_the_equations() -> None:
    paper, lecture = (dict(equations(name)) for name in ("adam", "adam_lecture"))
    assert {left for left in paper if paper[left] != lecture[left]} == {"s_t", "w_t"}
    assert "m_{t-1}" in lecture["s_t"]
    assert "sqrt" not in lecture["w_t"]


def test_rows_can_be_aligned() -> None:
    rows = aligned(f"{left} &= {right}" for left, right in equations("momentum"))
    assert rows.startswith(r"\begin{aligned} v_t &= \mu\, v_{t-1} + g_t \\ w_t &= ")


@pytest.mark.parametrize(("step", "axis"), [(0, "x"), (3, "x"), (1, "z")])
def test_a_step_or_axis_that_is_not_there_is_refused(step: int, axis: str) -> None:
    with pytest.raises(InputError, match=r"step|axis"):
        sums(trajectory("gd", "bowl", (1, 1), 0.1, 2), step, axis)
