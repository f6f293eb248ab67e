"""What a page lets people take away."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.servers import ROOT


def saved(page: Page, name: str, folder: Path) -> Path:
    """Download an entry of the export menu."""
    page.get_by_test_id("stPopover").get_by_text("Export").click()
    with page.expect_download() as event:
        page.get_by_role("button", name=name).click()
    path = folder / event.value.suggested_filename
    event.value.save_as(path)
    page.keyboard.press("Escape")
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
