"""Every row of the reference set has a test that fails where a bug is planted in the product's code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grimp
import pytest
from ledger import BUGS, ROOT, Bug

PACKAGES = ("api", "models", "scenarios", "sim", "viz")
#: What pytest says of a test that failed by what it asserts, and not by a crash.
ASSERTED = re.compile(r"^\S+:\d+: (AssertionError|Failed)$", re.MULTILINE)


class Copy:
    """A copy of the product and its tests, in which bugs are planted one by one."""

    def __init__(self, folder: Path) -> None:
        self.root, self._numba, self._tmp = folder / "copy", folder / "numba", folder / "tmp"
        ignored = shutil.ignore_patterns("__pycache__")
        for name in (*PACKAGES, "tests"):
            shutil.copytree(ROOT / name, self.root / name, ignore=ignored)
        shutil.copy2(ROOT / "pyproject.toml", self.root)
        if (ROOT.parent / "shared").is_dir():
            (folder / "shared").symlink_to(ROOT.parent / "shared")
        self._imports = grimp.build_graph(*PACKAGES, cache_dir=None)
        self._sound: dict[str, str] = {}

    def run(self, *tests: str, numba: str = "sound") -> subprocess.CompletedProcess[str]:
        """Run tests of the copy."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
        env = {
            **kept,
            "NUMBA_CACHE_DIR": str(self._numba / numba),
            "PYTHONDONTWRITEBYTECODE": "" if numba == "sound" else "1",
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={self._tmp}", *tests]
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False, timeout=570)

    def sound(self, file: str) -> str:
        """Return what pytest says of all tests of a file that the ledger names, without a bug: they pass, or are skipped."""
        if file not in self._sound:
            tests = sorted({f"tests/{bug.test}" for bug in BUGS if bug.test.startswith(f"{file}::")})
            done = self.run(*tests)
            assert done.returncode == 0, done.stdout[-3000:]
            self._sound[file] = done.stdout
        return self._sound[file]

    @contextmanager
    def planted(self, bug: Bug) -> Iterator[str]:
        """Plant a bug for a while; yield the name of the caches of what was compiled without it.

        Numba knows that a file has changed, but not that a function compiled into a caller in another file has.
        """
        file = self.root / bug.file
        source, times = file.read_text(encoding="utf-8"), file.stat()
        assert source.count(bug.old) == 1
        shutil.copytree(self._numba / "sound", self._numba / "bug", dirs_exist_ok=True)
        module = bug.file.removesuffix(".py").replace("/", ".")
        for one in {module} | self._imports.find_downstream_modules(module):
            *_, folder, name = one.split(".")
            for cached in (self._numba / "bug").glob(f"{folder}_*/{name}.*"):
                cached.unlink()
        file.write_text(source.replace(bug.old, bug.new), encoding="utf-8")
        try:
            yield "bug"
        finally:
            file.write_text(source, encoding="utf-8")
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
            shutil.rmtree(self._numba / "bug")


#: Of the copy: luck that is the same every time, and no search for the smallest example that fails.
CONFTEST = """
from hypothesis import Phase, settings

settings.register_profile("planted", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None)
settings.load_profile("planted")
"""
#: Of the copy: whether it tests itself, and not another checkout.
WHERE = """
from pathlib import Path

import api, models, scenarios, sim, viz


def test_where():
    assert {Path(one.__file__).resolve().parents[1] for one in (api, models, scenarios, sim, viz)} == {Path.cwd()}
"""


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("planted"))
    (made.root / "conftest.py").write_text(CONFTEST)
    (made.root / "tests" / "test_where.py").write_text(WHERE)
    done = made.run("tests/test_where.py")
    assert done.returncode == 0, done.stdout
    return made


def cases() -> list[object]:
    """The bugs, those of one file of tests on one worker: it tries these without a bug once."""
    return [
        pytest.param(bug, id=bug.name, marks=pytest.mark.xdist_group(f"planted {bug.test.split('::')[0]}"))
        for bug in BUGS
    ]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("bug", cases())
def test_a_planted_bug_is_found(copy: Copy, bug: Bug):
    copy.sound(bug.test.split("::")[0])
    with copy.planted(bug) as numba:
        done = copy.run("-x", f"tests/{bug.test}", numba=numba)
    if done.returncode == 0 and " passed" not in done.stdout and " skipped" in done.stdout:
        pytest.skip("needs the shared data")
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]
    assert ASSERTED.search(done.stdout), done.stdout[-3000:]
