"""The peers, and the environment of each: made once from its pinned requirements, in the user's cache, never in the project's own.

To add one: a script `IN.csv OUT.duckdb` beside this file, its requirements under the same name, and a line in `PEERS`.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hai-ha-pipeline" / "peers"
PEERS = {"pandas": "by_pandas", "dlt and dbt": "by_dlt_dbt"}


def command_of(peer: str) -> list[str]:
    """What runs a peer, but for its export and database; it sees neither PYTHONPATH nor the project."""
    script = HERE / f"{PEERS[peer]}.py"
    return [str(_python_with(script.with_suffix(".txt"))), "-I", str(script)]


def _python_with(requirements: Path) -> Path:
    """Python with these requirements; others, or another Python, are another environment."""
    pinned = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"{requirements.stem}-{pinned}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"Setting up {folder} (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{requirements.name} could not be installed, is there a network?\n{done.stderr}")
        (folder / "complete").touch()
    return python
