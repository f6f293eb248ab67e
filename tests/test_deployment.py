"""What the server is made of and how its container runs it."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Below these, there are holes that anybody can look up.
FLOORS = {"pillow": (12, 3), "torch": (2, 10), "starlette": (1, 1), "streamlit": (1, 54)}


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:2]))


@pytest.mark.parametrize("name", FLOORS)
def test_no_release_with_known_holes_is_installed(name: str) -> None:
    floor = re.search(rf"^{name}>=([\d.]+),<", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert floor
    assert numbers(floor[1]) >= FLOORS[name]
    assert numbers(version(name)) >= numbers(floor[1])


def test_every_requirement_has_a_floor_and_a_ceiling() -> None:
    for file in ("requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"):
        lines = (ROOT / file).read_text().splitlines()
        assert all(re.match(r"-r |[a-z0-9-]+>=[\d.]+,<[\d.]+ +# ", line) for line in lines), file


def test_the_container_runs_as_nobody_in_particular_and_owns_none_of_its_code() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    user = lines.index("USER convoscope")
    assert "useradd --create-home --uid 10001 convoscope" in "\n".join(lines[:user])
    assert not any(line.startswith(("COPY", "RUN", "USER root")) for line in lines[user + 1 :])
    assert not any("chown" in line or "chmod" in line for line in lines)


def test_the_examples_run_it_on_a_file_system_that_it_cannot_write() -> None:
    compose, cluster = (ROOT / name for name in ("compose.yml", "deploy/kubernetes.yaml"))
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "internal: true"):
        assert line in compose.read_text()
    for line in ("runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false"):
        assert line in cluster.read_text()
