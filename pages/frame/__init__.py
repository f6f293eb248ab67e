"""What all pages share. A page imports this package and calls its parts as `frame.<name>`."""

from pages.frame.about import about
from pages.frame.export import Export, csv_of, export_menu, html_page, npz_of, script, zip_of
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
    "csv_of",
    "current",
    "explained_errors",
    "export_menu",
    "header",
    "html_page",
    "npz_of",
    "received",
    "script",
    "sidebar",
    "zip_of",
]
