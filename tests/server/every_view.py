"""Every view of every page by its link, and a server that something was done to before it starts."""

import ast
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from tests.browser.servers import ROOT, free_port, process, wait_until_healthy
from tests.runs.rehearsing import leave_no_run
from vizcore.catalog import CATALOG

_START = """
from pages.server import settings
app.run(config=settings.options(settings.current()))
"""


def views(key: str) -> list[str]:
    """Names of the views of a page; "" alone for a page that is one."""
    for line in ast.parse((ROOT / "pages" / f"{key}.py").read_text(encoding="utf-8")).body:
        if isinstance(line, ast.AnnAssign) and ast.unparse(line.target) == "VIEWS" and line.value:
            return list(ast.literal_eval(line.value))
    return [""]


# Key of a page -> links to its views.
LINKS: Mapping[str, list[str]] = {
    page.key: [f"/{page.path}?view={view}".removesuffix("?view=") for view in views(page.key)]
    for page in CATALOG
}
EVERY = [*chain(*LINKS.values())]


@contextmanager
def prepared(script: str, output: Path, **settings: object) -> Iterator[str]:
    """Address of a server as a class uses it, as long as the block; then all runs are gone.

    Args:
        script: Python that is run first; `app` is imported.
        output: where its words go.
        settings: `run_slots=1` stands for CONVOSCOPE_RUN_SLOTS=1.
    """
    port = free_port()
    named = {f"CONVOSCOPE_{name.upper()}={value}" for name, value in {"port": port, **settings}.items()}
    program = f"from app import app\n{script}\n{_START}"
    try:
        with process(["env", *named, sys.executable, "-c", program], output):
            address = f"http://localhost:{port}"
            wait_until_healthy(address, 60, output)
            yield address
    finally:
        leave_no_run()
