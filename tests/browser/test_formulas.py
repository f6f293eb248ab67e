"""Every formula of the tables of activation functions and losses is shown by KaTeX without an error."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.servers import streamlit_server
from vizcore.toolkit import losses
from vizcore.toolkit.activation_facts import RELATIONS
from vizcore.toolkit.activation_formulas import written
from vizcore.toolkit.activations import ACTIVATIONS, VECTORS, curve
from vizcore.toolkit.loss_table import LOSSES

PAGE = """import streamlit as st

from tests.browser.test_formulas import formulas

for line in formulas().values():
    st.latex(line)
"""


def formulas() -> Mapping[str, str]:
    """What each formula belongs to -> LaTeX."""
    return {f"{name} {at}": line for name, lines in tables() for at, line in enumerate(lines)}


def tables() -> Iterator[tuple[str, list[str]]]:
    """Names with their formulas, and with those that have numbers in them."""
    for name, entry in ACTIVATIONS.items():
        given = {parameter.name: parameter.start for parameter in entry.parameters}
        yield name, [entry.formula, entry.slope, entry.range]
        for x in (-1.5, 0.75):
            found = curve(name, [x])
            filled = [(entry.formula, found.value.item()), (entry.slope, found.slope.item())]
            yield f"{name} at {x}", [written(formula, x, value, given) for formula, value in filled]
    for name, vector in VECTORS.items():
        yield name, [vector.formula, vector.slope, vector.range]
    for name, loss in LOSSES.items():
        yield name, [loss.formula, *(losses.written(name, x) for x in (*loss.span, sum(loss.span) / 2))]
    yield "relations", [relation.formula for relation in RELATIONS]


def test_katex_takes_every_formula(browser: Browser, tmp_path: Path) -> None:
    script, lines = tmp_path / "formulas.py", formulas()
    script.write_text(PAGE, encoding="utf-8")
    with (
        streamlit_server("run", str(script), log=tmp_path / "log.txt") as address,
        browser.new_page() as page,
    ):
        page.goto(address)
        expect(page.locator(".katex-display, .katex-error")).to_have_count(len(lines), timeout=30_000)
        wrong = page.locator(".katex-error").evaluate_all("(errors) => errors.map(({ title }) => title)")
    assert wrong == []
