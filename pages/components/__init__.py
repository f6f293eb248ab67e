"""Browser-side parts. `<name>.js` (and `<name>.css`) beside this file, mounted by `mount("<name>", ...)`.

Streamlit serves the scripts as files, which the content security policy asks for and which keeps
them out of the messages. Files need a manifest; Streamlit reads those of installed packages
only, so this one is handed over here.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{.*\} from "\./(\w+)\.js";\n', re.MULTILINE)


def mount(
    name: str,
    *,
    data: Any,
    key: str,
    on_pick: Callable[[], None] | None = None,
) -> Any:
    """Show the component called `name`.

    Args:
        name: stem of its script.
        data: bytes (arrive as a Uint8Array) or what JSON can hold.
        key: unique on the page; `picked(key)` reads what was clicked.
        on_pick: runs before the page (or fragment) is run again after a click.
    """
    _ensure_declared(name)
    return _renderer(name)(data=data, key=key, on_pick_change=on_pick or (lambda: None))


def bundle(name: str) -> str:
    """The script of a component and those it imports, as one module: for a page without a server.

    They share one scope there, so no two of them may declare the same name.
    """
    return "".join(_IMPORT.sub("", _script(stem)) for stem in _needed(name))


def styles(name: str) -> str:
    """The style sheets of a component's script and of those it imports, as one."""
    sheets = [FOLDER / f"{stem}.css" for stem in _needed(name)]
    return "".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.exists())


def picked(key: str) -> Any:
    """What was clicked in the component with this key, during the run that the click caused; else None."""
    state = st.session_state.get(key)
    return None if state is None else state.get("pick")


def pack(header: dict[str, Any], *blocks: NDArray[Any]) -> bytes:
    """Header and arrays as one message: <u32 length><JSON><arrays>, each padded to 4 bytes.

    The header gets `blocks`: offset behind the header, length and type of each array.
    """
    entries, body = [], b""
    for block in blocks:
        entries.append([len(body), block.size, block.dtype.str.lstrip("<|")])
        raw = np.ascontiguousarray(block).tobytes()
        body += raw + bytes(-len(raw) % 4)
    text = json.dumps(header | {"blocks": entries}).encode()
    text += b" " * (-len(text) % 4)
    return len(text).to_bytes(4, "little") + text + body


def _needed(name: str) -> list[str]:
    """Stems of a script and of those it imports, each once and behind what it imports itself."""
    before = [stem for direct in _IMPORT.findall(_script(name)) for stem in _needed(direct)]
    return list(dict.fromkeys([*before, name]))


def _script(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


def _ensure_declared(name: str) -> None:
    """Tell this server's registry where the scripts lie; a test may run several servers in turn."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(_full(name)) is None:
        manifest = ComponentManifest("convoscope", "0", [ComponentConfig(name, FOLDER.name)])
        manager.register_from_manifest(manifest, FOLDER.parent)
        _renderer.cache_clear()


@cache
def _renderer(name: str) -> Callable[..., Any]:
    return st.components.v2.component(_full(name), css=styles(name) or None, js=f"{name}.js")


def _full(name: str) -> str:
    return f"convoscope.{name}"
