"""What is said of a race, with its numbers."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from pages import frame
from pages.parts.optimizers_race_paths import ENDS, Heat
from vizcore.exhibits import optimizers
from vizcore.exhibits.optimizers import Path
from vizcore.toolkit.latex import worded

NONE = "none"  # answer: no path is lower than where it began
ROUNDING = 1e-12  # of the largest f of a path: what changes less has not changed


def alt(heat: Heat) -> str:
    """What is seen, in a sentence or two."""
    title = optimizers.landscape(heat.course.surface).title
    ends = [f"{each.title} {_end(heat.paths[each.name])}" for each in heat.racers if heat.paths]
    return f"{title} from above, with paths of {heat.steps} steps. {'; '.join(ends)}."


def _end(path: Path) -> str:
    return ENDS[path.over] or "ends at x = {:.3g}, y = {:.3g}".format(*path.points[-1])


def limit_of(heat: Heat) -> str:
    """The largest rate for gradient descent, by the curvature at the start, beside the one that it has."""
    course = heat.course
    largest = optimizers.limit(course.surface, heat.start, **course.given)
    if not np.isfinite(largest):
        return (
            f"At the start no direction curves upwards, so there it sets no limit 2 / L. {_farther(heat, 0)}"
        )
    lr = next(each.lr for each in heat.entries if each.optimizer == "gd")
    where = "overshoots further with every step" if lr > largest else "stays below it"
    return (
        f"The largest curvature at the start is L = {worded(2 / largest)}. On a bowl that is curved so, "
        f"gradient descent needs a rate below **2 / L = {worded(largest)}**; with η = {lr:g} it {where}. "
        f"{_farther(heat, 2 / largest)}"
    )


def _farther(heat: Heat, first: float) -> str:
    """How large the curvature gets along the path of gradient descent, beside that at the start."""
    path = heat.paths[next(each.name for each in heat.entries if each.optimizer == "gd")]
    most = optimizers.sharpest(heat.course.surface, path.points, **heat.course.given)
    if most <= first * (1 + 1e-6):
        return "Along the path of gradient descent L is nowhere larger."
    if path.over == "diverged":
        return "That holds at the start only: further out L is larger."
    return (
        "That holds at the start only: along the path of gradient descent L goes up to "
        f"{worded(most)}, 2 / L down to {worded(2 / most)}."
    )


def noticed(heat: Heat) -> list[str]:
    """Sentences on how the paths end."""
    paths = {each.title: heat.paths[each.name] for each in heat.racers}
    said = [limit_of(heat)]
    done = {title: path for title, path in paths.items() if not path.over}
    if done:
        order = sorted(done, key=lambda title: done[title].values[-1])
        values = [f"{worded(done[title].values[-1])} with {title}" for title in order]
        said.insert(0, f"After {heat.steps} steps f is {listed(values)}, from {_first(done)} at the start.")
    said += [_lost(title, path) for title, path in paths.items() if path.over]
    said += _rises(done)
    return [sentence.replace(" -", " −") for sentence in said]


def _first(paths: Mapping[str, Path]) -> str:
    return worded(next(iter(paths.values())).values[0])


def listed(parts: list[str]) -> str:
    """Parts of a sentence, with commas and an "and"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _lost(title: str, path: Path) -> str:
    steps = len(path.values) - 1
    after = f"after {steps} step{'' if steps == 1 else 's'}"
    if path.over == "singular":
        return f"{title} stops {after}: the Hessian there cannot be inverted, since its determinant is 0."
    if not steps:
        return f"{title} leaves all bounds in its first step."
    if path.over == "diverged":
        return f"{title} diverges: {after} f is {worded(path.values[-1])}."
    return f"{title} leaves the places where f has a value {after}."


def _rises(paths: Mapping[str, Path]) -> list[str]:
    """Who goes up on the way, and how often."""
    rises = {title: _ups(path) for title, path in paths.items()}
    found = [f"{count} of {title}" for title, count in rises.items() if count]
    return [f"Not every step goes down: f rises in {listed(found)}."] if found else []


def _ups(path: Path) -> int:
    """In how many steps f rises by more than rounding."""
    return int((np.diff(path.values) > ROUNDING * np.abs(path.values).max()).sum())


def predict(heat: Heat) -> None:
    """Who is lowest if every rate is twice as large."""
    racers = heat.racers
    if len(racers) < 2:
        return
    twice = replace(heat, entries=[replace(each, lr=2 * each.lr) for each in heat.entries])

    def reveal() -> tuple[str, str]:
        ends = {each.name: twice.paths[each.name] for each in racers}
        lower = {
            name: path.values[-1]
            for name, path in ends.items()
            if not path.over and path.values[-1] < path.values[0]
        }
        truth = min(lower, key=lower.__getitem__) if lower else NONE
        values = [f"{each.title} {_height(ends[each.name])}" for each in racers]
        return truth, f"f is then {listed(values)}.".replace(" -", " −")

    answers = {each.name: each.title for each in racers} | {NONE: "none of them is below the start"}
    ask = f"all rates were twice as large? After {heat.steps} steps the lowest would be …"
    key = f"race.predict.{heat.course}.{heat.start}.{heat.steps}.{[(each.name, each.lr) for each in racers]}"
    frame.question(ask, answers, key, reveal)


def _height(path: Path) -> str:
    return ENDS[path.over] or worded(path.values[-1])
