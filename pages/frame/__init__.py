"""What all pages share. A page imports this package and calls its parts as `frame.<name>`."""

from pages.frame.about import about
from pages.frame.export import Export, csv_of, export_menu, html_page, map_png, npz_of, recomputed, zip_of
from pages.frame.header import Preset, header
from pages.frame.missing import missing
from pages.frame.pictures import pad, put
from pages.frame.question import question
from pages.frame.received import received
from pages.frame.stage import BESIDE, Stage, beside, beside_card, beside_control, current, sidebar
from pages.frame.table import table
from pages.frame.views import show_views, switch, turn, view
from pages.server.errors import explained_errors

__all__ = [
    "BESIDE",
    "Export",
    "Preset",
    "Stage",
    "about",
    "beside",
    "beside_card",
    "beside_control",
    "csv_of",
    "current",
    "explained_errors",
    "export_menu",
    "header",
    "html_page",
    "map_png",
    "missing",
    "npz_of",
    "pad",
    "put",
    "question",
    "received",
    "recomputed",
    "show_views",
    "sidebar",
    "switch",
    "table",
    "turn",
    "view",
    "zip_of",
]
