"""A plane of planes.js in a component: where its places are on the screen, and how its dots are dragged."""

from playwright.sync_api import Locator, Page

Place = tuple[float, float]


def px(plane: Locator, place: Place, reach: float) -> Place:
    """Where a place of the plane, which goes from -reach to reach, is on the screen."""
    left, top, wide, tall = map(float, (plane.get_attribute("data-box") or "").split(","))
    canvas = plane.locator(".base").bounding_box()
    assert canvas
    x, y = ((value / reach + 1) / 2 for value in place)
    return canvas["x"] + left + x * wide, canvas["y"] + top + (1 - y) * tall


def pull(page: Page, plane: Locator, start: Place, end: Place, reach: float) -> None:
    """Drag from one place to another, and hold on to it."""
    page.mouse.move(*px(plane, start, reach))
    page.mouse.down()
    page.mouse.move(*px(plane, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), reach))
    page.mouse.move(*px(plane, end, reach))
