"""Make this checkout importable in its environment, with metadata and the command `jinling`.

An editable install without a build backend: a `.pth` file, a dist-info folder and a launcher. So the
set-up needs no package beyond those of the lock file.
"""

from __future__ import annotations

import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAUNCHER = """#!{python}
import sys
from {module} import {function}

if __name__ == "__main__":  # worker processes import this file again
    sys.exit({function}())
"""


def main() -> None:
    """Write the three pieces into the running environment."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    site = Path(sysconfig.get_path("purelib"))
    name, version = project["name"], project["version"]
    (site / f"{name}.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(exist_ok=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "INSTALLER").write_text("link\n", encoding="utf-8")
    for command, target in project["scripts"].items():
        module, function = target.split(":")
        launcher = Path(sysconfig.get_path("scripts")) / command
        text = LAUNCHER.format(python=sys.executable, module=module, function=function)
        launcher.write_text(text, encoding="utf-8")
        launcher.chmod(0o755)


if __name__ == "__main__":
    main()
