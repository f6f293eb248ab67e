"""What all pages share. A page imports this package and calls its parts as `frame.<name>`."""

from pages.frame.about import about
from pages.frame.export import Export, export_menu, html_page, script
from pages.frame.header import Preset, header
from pages.frame.received import received
from pages.frame.stage import MINE, Stage, current, sidebar
from pages.server.errors import explained_errors

__all__ = [
    "MINE",
    "Export",
    "Preset",
    "Stage",
    "about",
    "current",
    "explained_errors",
    "export_menu",
    "header",
    "html_page",
    "received",
    "script",
    "sidebar",
]
