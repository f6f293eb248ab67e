"""The pixel that a view takes apart: chosen by a click, kept in the link."""

from typing import Any

from pages import components
from pages.frame import links


def place(key: str, shape: tuple[int, ...]) -> tuple[int, int]:
    """Row and column that the setting `key` names; the middle where there is no such pixel.

    Args:
        key: of the setting, such as "12.40" in the link.
        shape: H, W of the picture.
    """
    row, col = links.indices(links.setting(key), shape) or (shape[0] // 2, shape[1] // 2)
    return row, col


def choose_place(key: str, component: str) -> None:
    """Take over the place that was clicked in the component with the key `component`."""
    picked: dict[str, Any] = components.picked(component)
    links.choose(key, ".".join(str(int(index)) for index in picked["place"]))
