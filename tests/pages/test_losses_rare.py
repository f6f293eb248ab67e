"""The view of rare classes without a browser: its charts, its numbers, and its links."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import losses_rare_files as files
from pages.parts.losses_rare import GAMMAS, PRESETS, RATIOS
from tests.pages.losses_views import Message, linked, opened, texts, unpacked
from vizcore.toolkit.imbalance import compared


def charts(app: AppTest) -> list[Message]:
    """What the charts over the ratio get, and those over the focus."""
    sent = [unpacked(part.proto.bytes) for part in app.get("bidi_component") if part.proto.bytes]
    return [found for found in sent if "charts" in found[0]]


def test_a_first_visit_shows_the_shares_at_one_to_a_thousand() -> None:
    app = opened("rare")
    assert not app.exception
    (over_ratio, ratios), (over_gamma, gammas) = charts(app)
    here = compared(1000, rare=-1, many=-4, gamma=2)
    assert (over_ratio["cursor"], over_gamma["cursor"]) == (1000, 2)
    expected = [here["plain"].examples, *(each.gradient for each in here.values())]
    at = GAMMAS.index("2")
    np.testing.assert_allclose([line[-1] for line in ratios[1:5]], expected, rtol=1e-5)
    np.testing.assert_allclose([line[at] for line in gammas[1:5]], expected, rtol=1e-5)


def test_the_numbers_in_the_text_are_computed() -> None:
    said = texts(opened("rare", ratio="100"))
    found = compared(100, rare=-1, many=-4, gamma=2)
    assert "2 of 202 examples are rare: 0.99%" in said
    assert f"they have {found['plain'].gradient:.1%} of the gradient" in said
    assert f"= {found['focal'].gradient:.3g}" in said
    assert f"| Focal | {found['focal'].losses[:2].mean():.3g} |" in said


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_shown_as_it_says(name: str) -> None:
    app = linked(PRESETS[name].settings)
    assert not app.exception
    assert {key: app.session_state[key] for key in PRESETS[name].settings} == dict(PRESETS[name].settings)


def test_the_ratios_go_from_one_to_a_thousand_in_whole_numbers() -> None:
    assert [RATIOS[0], RATIOS[-1]] == ["1", "1000"]
    assert all(each.isdigit() for each in RATIOS)


@pytest.mark.parametrize("value", ["0", "nan", "1001", "<b>", "9" * 60])
def test_a_hostile_link_shows_the_start(value: str) -> None:
    app = opened("rare", ratio=value, gamma=value, many=value, few=value)
    assert not app.exception
    assert charts(app)[0][0]["cursor"] == 1000


def test_the_weight_for_half_of_the_gradient_lies_below_the_ratio_where_the_common_are_easy() -> None:
    app = opened("rare")
    app.radio[0].set_value("below").run()
    assert "So it is." in texts(app)


def test_the_table_has_a_row_for_each_ratio_and_the_script_prints_the_shares(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"rare": -1.0, "many": -4.0, "gamma": 2.0}
    found = compared(10, **settings)
    lines = files.table(["10"], [found]).decode().splitlines()
    assert lines[1].startswith(f"10,{found['plain'].loss:.9g},{found['plain'].gradient:.9g},")
    program = tmp_path / "recompute.py"
    program.write_bytes(files.script(10, settings))
    runpy.run_path(str(program))
    assert capsys.readouterr().out.startswith(f"plain {found['plain'].loss:.6g}")
