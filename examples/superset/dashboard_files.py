"""The dashboard as Superset's own export, kept readable in `dashboard/`: write it from a server, or bring it into one.

    python examples/superset/dashboard_files.py export
    python examples/superset/dashboard_files.py import [warehouse/hai_ha.duckdb]

The files hold `WAREHOUSE` where the address of the database belongs, so that they fit every machine.
"""

import io
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

from api import Superset
from make_dashboard import DASHBOARD, WAREHOUSE

FILES = Path(__file__).resolve().parent / "dashboard"
ADDRESS = re.compile(r"(?<=sqlalchemy_uri: )duckdb:\S+")
PLACEHOLDER = "duckdb:///WAREHOUSE"


def export() -> None:
    """Replace `dashboard/` by what the server has."""
    superset = Superset()
    number = superset.find("dashboard", "dashboard_title", DASHBOARD)
    shutil.rmtree(FILES, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(superset.fetch("GET", f"dashboard/export/?q=!({number})"))) as archive:
        for name in archive.namelist():
            path = FILES / Path(*Path(name).parts[1:])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(ADDRESS.sub(PLACEHOLDER, archive.read(name).decode()), encoding="utf-8")


def bring_in(warehouse: Path) -> None:
    """Make the dashboard of `dashboard/` on the server, with its database at `warehouse`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(FILES.rglob("*.yaml")):
            text = path.read_text(encoding="utf-8").replace(PLACEHOLDER, f"duckdb:///{warehouse}")
            archive.writestr(f"dashboard/{path.relative_to(FILES).as_posix()}", text)
    Superset().send_file("dashboard/import/", "formData", "dashboard.zip", packed.getvalue(), {"overwrite": json.dumps(True)})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["export"]:
            export()
        case ["import"]:
            bring_in(WAREHOUSE)
        case ["import", warehouse]:
            bring_in(Path(warehouse).absolute())
        case _:
            sys.exit(__doc__)
