"""Take away what is shown: files that are made when somebody asks for them."""

import base64
import html
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.components import bundle, styles
from pages.frame.stage import Stage
from vizcore.plots import colours, mosaic
from vizcore.toolkit import images
from vizcore.toolkit.labels import quoted


@dataclass(frozen=True)
class Export:
    """One file to take away."""

    title: str  # what it is, in a few words
    name: str  # of the file
    mime: str
    make: Callable[[], bytes]  # called on the click


def export_menu(exports: Callable[[], Sequence[Export]], key: str, *, ready: bool = True) -> None:
    """A menu with one download for each file; they are asked for when it is opened, once they are ready."""
    menu = st.popover(
        "Export",
        icon=":material/download:",
        width="content",
        key=f"{key}.exports",
        on_change="rerun",
        disabled=not ready,
    )
    with menu:
        for number, export in enumerate(exports() if menu.open else ()):
            st.download_button(
                export.title,
                export.make,
                export.name,
                export.mime,
                key=f"{key}.export{number}",
                on_click="ignore",
                type="tertiary",
            )


def recomputed(stage: Stage, title: str, lines: Sequence[str]) -> list[Export]:
    """The script that recomputes what is shown, and the picture that it needs.

    Args:
        stage: what is looked at.
        title: what the script recomputes.
        lines: the program behind the line that sets `image`.
    """
    picture = "" if stage.own else stage.picture
    return [
        Export(
            "A script that recomputes this",
            "recompute.py",
            "text/x-python",
            partial(script, title, picture, lines),
        ),
        Export(
            "The picture, for that script",
            "picture.png",
            "image/png",
            partial(images.encode_png, stage.image),
        ),
    ]


def csv_of(values: NDArray[np.floating]) -> bytes:
    """(H, W) values as a table, without loss."""
    buffer = io.StringIO()
    np.savetxt(buffer, values, delimiter=",", fmt="%.9g")
    return buffer.getvalue().encode()


def map_png(values: NDArray[np.floating]) -> bytes:
    """(H, W) values as a picture about 1,000 px wide: around zero where they have two signs."""
    tile = values.astype(np.float32)[None]
    low, high = float(tile.min()), float(tile.max())
    most = max(-low, high) or 1.0
    limits = np.array([[-most if low < 0 else 0.0, most]], np.float32)
    large = mosaic.enlarged(mosaic.tiles(tile, limits), max(1, 1000 // tile.shape[2]))
    return mosaic.png(large, colours.lut_for(limits))


def npz_of(**arrays: NDArray[Any]) -> bytes:
    """Arrays by name as NumPy's compressed archive."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # a name could be that of an option
    return buffer.getvalue()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """Files by name as a ZIP; they are expected to be compressed already."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def script(title: str, picture: str, lines: Sequence[str]) -> bytes:
    """A Python program that recomputes what is shown with vizcore alone.

    Args:
        title: what it recomputes, for its docstring; may come from a user.
        picture: a name that samples.sample takes, or empty for a file picture.png beside the program.
        lines: the program behind the line that sets `image`.
    """
    if picture:
        load = ["from vizcore.toolkit.samples import sample", "", f"image = sample({picture!r})"]
    else:
        load = [
            "from pathlib import Path",
            "",
            "from vizcore.toolkit.images import decode",
            "",
            'picture = Path(__file__).with_name("picture.png")  # "The picture" in the same menu',
            "image = decode(picture.read_bytes())",
        ]
    head = [
        f'"""{quoted(title)}',
        "",
        "Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py",
        '"""',
        "",
    ]
    return "\n".join([*head, *load, *lines, ""]).encode()


def html_page(title: str, component: str, data: bytes, link: str = "") -> bytes:
    """A web page that shows a component without a server: script, style and values are all inside.

    Args:
        title: may come from a user; it is escaped.
        component: stem of its script.
        data: what the component gets.
        link: where it was taken from; escaped too.
    """
    origin = f'<p><a href="{html.escape(link)}">{html.escape(link)}</a></p>' if link else ""
    values = json.dumps(base64.b64encode(data).decode())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title>
<style>
:root {{ --st-text-color: #31333f; --st-background-color: #ffffff; --st-secondary-background-color: #f0f2f6;
  --st-primary-color: #0072b2; --st-font: system-ui, sans-serif; }}
body {{ margin: 2rem auto; max-width: 1100px; padding: 0 1rem; background: #fff; }}
body {{ font-family: var(--st-font); }}
h1 {{ font-size: 1.25rem; }}
{styles(component)}</style></head>
<body><h1>{html.escape(title)}</h1><div id="part"></div>{origin}
<script type="module">
{bundle(component)}
const bytes = Uint8Array.from(atob({values}), (letter) => letter.charCodeAt(0));
render({{ data: bytes, parentElement: document.getElementById("part") }});
</script></body></html>
""".encode()
