"""What a page lets people take away."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.servers import ROOT


def saved(page: Page, name: str, folder: Path) -> Path:
    """Download an entry of the export menu."""
    entry = page.get_by_role("button", name=name)
    page.get_by_test_id("stPopover").get_by_text("Export").click()
    entry.wait_for(timeout=5_000)
    with page.expect_download() as event:
        entry.click()
    path = folder / event.value.suggested_filename
    event.value.save_as(path)
    page.keyboard.press("Escape")
    entry.wait_for(state="hidden")
    page.wait_for_timeout(500)  # the server hears that the menu is closed before it is opened again
    return path


def printed(script: Path) -> str:
    """What a downloaded script prints when it is run in its folder."""
    run = subprocess.run(
        [sys.executable, script],
        cwd=script.parent,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout
