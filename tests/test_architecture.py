"""Arrows point one way, and every exhibit is complete."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from vizcore.catalog import CATALOG

ROOT = Path(__file__).parents[1]
# folder -> what its modules may never import
FORBIDDEN = {
    "pages": ("torch", "torchvision", "plotly"),
    "vizcore/exhibits": ("streamlit", "plotly", "pages", "vizcore.plots", "vizcore.exhibits"),
    "vizcore/plots": ("streamlit", "torch", "torchvision", "pages", "vizcore.toolkit", "vizcore.exhibits"),
    "vizcore/runs": ("streamlit", "plotly", "pages", "vizcore.exhibits", "vizcore.plots"),
    "vizcore/toolkit": ("streamlit", "plotly", "pages", "vizcore.exhibits", "vizcore.plots"),
}
# What keeps things as long as the server lives -> what bounds it.
BOUNDED_BY = {
    "pages/components/__init__.py: _renderer": "the components that there are",
    "pages/parts/kept_runs.py: _kept": "MOST",
    "pages/parts/kept_runs.py: _left": "MOST",
    "pages/parts/kept_runs.py: _followers": "the visits that there are",
    "vizcore/runs/neighbours.py: _made": "KEPT",
    "vizcore/runs/presence.py: _here": "the folders of runs, of which a server has one",
    "vizcore/toolkit/checkpoints.py: _kept": "MAX_KEPT",
    "vizcore/toolkit/downloads.py: _turns": "the files that can be downloaded",
    "vizcore/toolkit/hands.py: _lent": "one",
}


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def keeping(module: ast.Module) -> Iterator[str]:
    """Names of a module that may grow: caches without a size, and containers that are empty at first."""
    empty = {"{}", "[]", "set()", "dict()", "list()", "OrderedDict()", "deque()"}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            cached = {"cache", "functools.cache"} & set(map(ast.unparse, node.decorator_list))
            if cached and ast.unparse(node.args):
                yield node.name
    for node in module.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and getattr(node, "value", None):
            value = ast.unparse(node.value)  # type: ignore[attr-defined]
            if value in empty or value.startswith("defaultdict("):
                yield target.id


def test_the_folders_that_are_checked_have_modules() -> None:
    assert all(len(sources(folder)) > 1 for folder in FORBIDDEN)


@pytest.mark.parametrize("path", [path for folder in FORBIDDEN for path in sources(folder)], ids=str)
def test_imports_point_one_way(path: Path) -> None:
    folder = next(name for name in FORBIDDEN if path.is_relative_to(ROOT / name))
    banned = {
        name for name in imports(path) for root in FORBIDDEN[folder] if f"{name}.".startswith(f"{root}.")
    }
    assert banned == set()


@pytest.mark.parametrize("exhibit", CATALOG, ids=lambda exhibit: exhibit.key)
def test_an_exhibit_is_a_page_a_core_and_a_test(exhibit: object) -> None:
    key = exhibit.key  # type: ignore[attr-defined]
    for path in (f"pages/{key}.py", f"vizcore/exhibits/{key}.py", f"tests/exhibits/test_{key}.py"):
        assert (ROOT / path).is_file(), path


def test_every_page_and_every_core_is_in_the_catalog() -> None:
    keys = {exhibit.key for exhibit in CATALOG}
    found = {path.stem for folder in ("pages", "vizcore/exhibits") for path in (ROOT / folder).glob("*.py")}
    assert found - {"__init__"} == keys


def test_every_cache_is_bounded() -> None:
    for path in [*sources("pages"), *sources("vizcore")]:
        for call in re.findall(r"st\.cache_\w+\(?[^)]*", path.read_text(encoding="utf-8")):
            assert "max_entries" in call, f"{path}: {call}"
        assert not re.search(r"lru_cache\(None|maxsize=None", path.read_text(encoding="utf-8")), path


def test_what_a_module_keeps_for_good_is_bounded() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in [*sources("pages"), *sources("vizcore"), ROOT / "app.py"]
        for name in keeping(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set(BOUNDED_BY)


def test_what_could_grow_is_found() -> None:
    grows = "@cache\ndef f(x): ...", "@functools.cache\ndef f(*x): ...", "f = {}", "f: list[int] = []"
    stays = "@cache\ndef f(): ...", "@lru_cache(maxsize=8)\ndef f(x): ...", "f = {1: 2}", "f['x'] = {}"
    assert [list(keeping(ast.parse(code))) for code in grows] == [["f"]] * len(grows)
    assert [list(keeping(ast.parse(code))) for code in stays] == [[]] * len(stays)


def test_nothing_dangerous_is_called() -> None:
    words = r"(?<!\.)\beval\(|\bexec\(|\bpickle\.|import pickle|torch\.load|yaml\.load"
    words += r"|unsafe_allow_html|components\.v1"
    for path in [*sources("pages"), *sources("vizcore"), ROOT / "app.py"]:
        code = re.sub(r'(?s:""".*?""")|#.*', "", path.read_text(encoding="utf-8"))
        assert not re.search(words, code), path


def test_scripts_never_write_markup_made_of_data() -> None:
    for path in (ROOT / "pages").rglob("*.js"):
        lines = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if re.search("innerHTML|insertAdjacentHTML|outerHTML", line)
        ]
        assert all(line.strip() == "root.innerHTML = MARKUP;" for line in lines), path
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"rootIn\((.*?)\)", text)) <= {"parent, MARKUP"}, path


def test_the_server_and_the_first_page_start_without_torch() -> None:
    code = "import app, pages.frame.home, sys; sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([str(Path(__import__("sys").executable)), "-c", code], cwd=ROOT).returncode == 0
