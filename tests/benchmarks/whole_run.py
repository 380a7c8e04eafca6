"""The whole `hai-ha run` beside the least that a careful person writes by hand: `python -m tests.benchmarks.whole_run ROWS...`.

Both begin with the same CSV on disk, as processes of their own, in turn. `--bench FOLDER` takes `generate.py ROWS OUT.csv` and
`reference.py IN.csv OUT.duckdb` from that folder in place of those here; `--peers` lets pandas, and dlt with dbt, do the same job,
and ends where one makes another warehouse than the reference. At the end the run is measured again, with nothing changed and with
one number changed in one file. Linux only: memory is read from /proc.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers.environments import PEERS, command_of
from tests.benchmarks.peers.results import hold_to_the_reference
from tests.benchmarks.synthetic import cut, write_export, write_project

PAUSE = 0.1
BY_HAND, RUN = "by hand", "hai-ha run"
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """One process with its children: how long it took, and the most memory that they had together."""

    seconds: float
    peak_bytes: int


def measured(command: list[str], environment: dict[str, str]) -> Measured:
    """Run a command to its end. Raises `SystemExit` with what it said where it fails."""
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=os.environ | environment, stdout=said, stderr=said, start_new_session=True)
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(_resident(process.pid)))
            time.sleep(PAUSE)
        seconds = time.perf_counter() - began
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{said.read()}")
    return Measured(seconds, peak)


def _resident(session: int) -> Iterator[int]:
    """The resident bytes of every process of a session."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == session:
                yield int(fields[21]) * os.sysconf("SC_PAGE_SIZE")


def compare(rows: int, times: int, files: int, bench: Path | None, peers: list[str]) -> None:
    """Print seconds and memory of each for an export of so many rows; the run finds it cut into so many files."""
    with tempfile.TemporaryDirectory(prefix="hai-ha-bench.") as scratch:
        root = Path(scratch)
        export = write_project(root)
        if bench:
            subprocess.run([sys.executable, str(bench / "generate.py"), str(rows), str(export)], check=True)
        else:
            write_export(rows, export)
        whole = Path(shutil.copyfile(export, root / "whole.csv"))
        cut(export, files)
        by_hand = [str(bench / "reference.py")] if bench else ["-m", "tests.benchmarks.by_hand"]
        others = {BY_HAND: [sys.executable, *by_hand]} | {peer: command_of(peer) for peer in peers}
        databases = {name: root / f"{name}.duckdb" for name in others}
        commands = {name: [*command, str(whole), str(databases[name])] for name, command in others.items()}
        commands[RUN] = [sys.executable, "-m", "hai_ha_pipeline", "run"]
        environment = {"HAI_HA_PROJECT": str(root), "HAI_HA_EXPORTS": "off"}
        taken: dict[str, list[Measured]] = {name: [] for name in commands}
        for _ in range(times):
            for name, command in commands.items():
                shutil.rmtree(root / "warehouse", ignore_errors=True)
                if name in databases:
                    databases[name].unlink(missing_ok=True)
                taken[name].append(measured(command, environment))
                if name in peers:
                    hold_to_the_reference(name, databases[name], databases[BY_HAND])
        _tell(rows, taken)
        whole_run = statistics.median(run.seconds for run in taken[RUN])
        for what, change in (("nothing", None), ("one number of one file", _one_number)):
            if change:
                change(sorted(export.parent.glob("*.csv"))[files // 2])
            again = measured(commands[RUN], environment)
            share = again.seconds / whole_run
            print(
                f"{rows:>12,} rows  again, {what} changed: {again.seconds:.2f} s, {share:.1%} of the whole  {again.peak_bytes / MEBIBYTE:8,.0f} MiB"
            )


def _one_number(export: Path) -> None:
    """Write another figure into the first record of a file."""
    lines = export.read_bytes().split(b"\n", 2)
    cells = lines[1].split(b";")
    cells[3] = b"1.234,5" if cells[3] != b"1.234,5" else b"1.234,6"
    export.write_bytes(b"\n".join([lines[0], b";".join(cells), lines[2]]))


def _tell(rows: int, taken: dict[str, list[Measured]]) -> None:
    medians = {name: statistics.median(run.seconds for run in runs) for name, runs in taken.items()}
    for name, runs in taken.items():
        least, most = min(run.seconds for run in runs), max(run.seconds for run in runs)
        memory = max(run.peak_bytes for run in runs) / MEBIBYTE
        print(f"{rows:>12,} rows  {name:<11} {least:8.2f} {medians[name]:8.2f} {most:8.2f} s (min, median, max)  {memory:8,.0f} MiB")
    by_hand = medians.pop(BY_HAND)
    for name, median in medians.items():
        print(f"{rows:>12,} rows  ratio       {median / by_hand:8.2f} {name}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="+", type=int)
    parser.add_argument("--times", type=int, default=3, help="how often each is run")
    parser.add_argument("--files", type=int, default=1, help="how many files the run finds them in")
    parser.add_argument("--bench", type=Path, help="a folder with generate.py and reference.py")
    parser.add_argument("--peers", action="store_true", help="measure other tools too, each in an environment made on demand")
    given = parser.parse_args()
    for rows in given.rows:
        compare(rows, given.times, given.files, given.bench, [*PEERS] if given.peers else [])
