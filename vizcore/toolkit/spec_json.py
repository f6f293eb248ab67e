"""Read JSON from strangers: what may be in it, and sentences about what may not."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from vizcore.toolkit.errors import InputError

Value = int | float  # bool too
Values = Mapping[str, Value]  # setting -> value


def read(text: str) -> object:
    """What a JSON text holds. Its objects are tuples of pairs, so that keys which stand twice can be found.

    Raises:
        InputError: it is not JSON, or lists lie in lists hundreds of times.
    """
    try:
        return json.loads(text, object_pairs_hook=tuple, parse_int=_integer)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        advice = "JSON has double quotes, true and false in small letters, and no comma after a last entry"
        raise InputError(f"This is not JSON, see {where}: {error.msg}. {advice}.") from None
    except RecursionError:
        raise InputError("Too many brackets lie in one another; a network is one list of layers.") from None


def _integer(digits: str) -> int | float:
    """A whole number; one with more digits than any setting needs becomes a float, which is refused there."""
    return int(digits) if len(digits) < 15 else float(digits)


def shown(value: object) -> str:
    """A value as it was read, short enough for a sentence."""
    if isinstance(value, str):
        return repr(value[:40])
    if isinstance(value, list | tuple):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)


@contextmanager
def within(place: str) -> Iterator[None]:
    """Put `place` before the sentence of an InputError that is raised in the block."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{place} {error}") from None


def fields(value: object, *, example: str) -> dict[str, object]:
    """An object of the text, by key.

    Raises:
        InputError: it is something else, or a key stands in it twice.
    """
    if not isinstance(value, tuple):
        raise InputError(f"it must be an object such as {example}, not {shown(value)}.")
    for key, count in Counter(key for key, _ in value).items():
        if count > 1:
            raise InputError(f"it has {shown(key)} {count} times; keep one of them.")
    return dict(value)


def one_of(choices: Collection[str], word: object, what: str) -> str:
    """Return `word` if it is one of the choices.

    Raises:
        InputError: it is not; the sentence says which is nearest and which there are.
    """
    if isinstance(word, str) and word in choices:
        return word
    near = get_close_matches(shown(word).strip("'").lower(), choices, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise InputError(f"there is no {what} called {shown(word)}. {hint}Choose one of: {', '.join(choices)}.")


@dataclass(frozen=True)
class Setting:
    """A number or a switch of a layer. The type of `low` is the type of all its values."""

    low: Value
    high: Value
    default: Value | str | None = None  # a name: the value of that setting; None: it must be given
    keyword: str = ""  # PyTorch's name for it; none where it goes by position

    @property
    def allowed(self) -> str:
        """The range in words."""
        if isinstance(self.low, bool):
            return "true or false"
        return f"a {'whole ' if isinstance(self.low, int) else ''}number from {self.low:,g} to {self.high:,g}"

    def checked(self, value: object) -> Value:
        """Return `value`, as a float where the setting is one.

        Raises:
            InputError: it is of another type or outside the range.
        """
        if isinstance(self.low, float) and type(value) in (int, float):
            value = float(value) + 0.0  # type: ignore[arg-type]  # no negative zero
        if type(value) is type(self.low) and self.low <= value <= self.high:  # no NaN either
            return value
        raise InputError(f"must be {self.allowed}, not {shown(value)}.")

    def default_in(self, values: Values) -> Value | None:
        """What it is when left out, given the settings before it."""
        return values[self.default] if isinstance(self.default, str) else self.default
