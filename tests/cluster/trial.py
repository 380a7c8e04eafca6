"""One run on two hosts, of which one is killed in the middle, compared with a run on one machine.

As root, with Debian's postgresql, redis-server, iproute2 and an environment with hai-ha-pipeline[cluster,delta] and moto[server]:

    python -m tests.cluster.trial --into DIR

Each host is a network namespace with a disk of its own; they meet only in PostgreSQL, Redis and an S3-compatible server.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.cluster.sources import write_sources

HUB, NET, BRIDGE = "10.77.0.1", "10.77.0.0/24", "hhtrial"
HOSTS = {"publisher": "10.77.0.2", "helper": "10.77.0.3"}
POSTGRES_PORT, REDIS_PORT, S3_PORT = 5499, 6399, 5799
REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DEADLINE = 1200
STEPS = {"reading": "read_ahead.read_group", "making": "make_ahead.make_group"}
Command = Sequence[str | Path]


def main() -> None:
    """Do the trial, print what came of it, and fail where the exports differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="a folder to make and to work in")
    parser.add_argument("--sources", type=int, default=24)
    parser.add_argument("--readers", type=int, default=6)
    parser.add_argument("--longest-step", type=int, default=60, help="seconds after which a killed worker's step is given to another")
    parser.add_argument("--kill-in", choices=STEPS, default="reading", help="in which steps the second host is killed")
    parser.add_argument("--let-live", action="store_true", help="kill nobody")
    asked = parser.parse_args()
    asked.into.mkdir(parents=True)
    asked.into.chmod(0o755)
    figures = write_sources(asked.into / "sources", asked.sources)
    print(f"{asked.sources} sources, {figures:,} figures, {asked.readers} steps that read and as many that make tables")
    with ExitStack() as stack:
        _network(stack)
        _services(stack, asked.into)
        environment = _environment(asked.into, asked.readers, asked.longest_step)
        seconds = _run_on_two_hosts(stack, asked.into, environment, None if asked.let_live else STEPS[asked.kill_in])
    print(f"two hosts: {seconds:.1f} s")
    alone = _run_alone(asked.into)
    print(f"one machine: {alone:.1f} s")
    _compare(asked.into)


def _run_on_two_hosts(stack: ExitStack, into: Path, environment: dict[str, str], kill_in: str | None) -> float:
    for host in HOSTS:
        shutil.copytree(into / "sources", into / host / "sources")
        (into / host / "dagster").mkdir()
        shutil.copy(REPOSITORY / "deploy" / "dagster.yaml", into / host / "dagster" / "dagster.yaml")
    (into / "host").mkdir()
    _check(_on("publisher", into, environment, [BIN / "dagster", "instance", "migrate"], into / "migrate.log"), into / "migrate.log")
    workers = {
        host: _on(host, into, environment, _worker(host, queues), into / f"worker_{host}.log")
        for host, queues in {"publisher": "dagster,publisher", "helper": "dagster"}.items()
    }
    for worker in workers.values():
        stack.callback(_kill, worker)
    code: Command = [BIN / "dagster", "code-server", "start", "-m", "hai_ha_pipeline.definitions", "-h", "127.0.0.1", "-p", "4266"]
    daemon: Command = [BIN / "dagster-daemon", "run", "-w", REPOSITORY / "deploy" / "workspace.yaml"]
    for name, command in {"code": code, "daemon": daemon}.items():
        stack.callback(_kill, _on("publisher", into, environment, command, into / f"{name}.log"))
    _wait_for("the sensor to start a run", lambda: _psql("SELECT 1 FROM runs WHERE status = 'STARTED'"))
    began = time.monotonic()
    if kill_in:
        step = _wait_for(f"a step {kill_in} on the helper", lambda: _step_on_helper(kill_in))
        _kill(workers["helper"])
        print(f"{time.monotonic() - began:.1f} s: killed the helper with -9 in the middle of {step}")
    [ended] = _wait_for("the end of the run", lambda: _psql("SELECT status FROM runs WHERE status IN ('SUCCESS', 'FAILURE')"))
    seconds = time.monotonic() - began
    if ended != "SUCCESS":
        sys.exit(f"the run failed: {into}/*.log tell why")
    for step, workers_of_step in sorted(_done_by().items()):
        if step.startswith(tuple(STEPS.values())):
            print(f"  {step}: {', then '.join(workers_of_step)}")
    return seconds


def _worker(host: str, queues: str) -> Command:
    return [BIN / "celery", "-A", "dagster_celery.app", "worker", "-Q", queues, "-c", "1", "-n", f"worker@{host}", "-l", "info"]


def _environment(into: Path, readers: int, longest_step: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER", "HAI_HA", "AWS"))}
    return kept | {
        "HAI_HA_PROJECT": str(into / "host"),
        "DAGSTER_HOME": str(into / "host" / "dagster"),
        "PYTHONPATH": str(REPOSITORY / "deploy" / "celery"),
        "HAI_HA_EXECUTOR": "celery",
        "HAI_HA_READERS": str(readers),
        "HAI_HA_PART_BYTES": "262144",  # many parts; the run on one machine makes one
        "HAI_HA_LONGEST_STEP_SECONDS": str(longest_step),
        "HAI_HA_BROKER": f"redis://{HUB}:{REDIS_PORT}/0",
        "HAI_HA_RUN_HISTORY": f"postgresql+psycopg2://postgres@{HUB}:{POSTGRES_PORT}/postgres",
        "HAI_HA_STAGE": "s3://hai-ha/stage",
        "HAI_HA_DELTA": "s3://hai-ha/lake",
        "AWS_ENDPOINT_URL": f"http://{HUB}:{S3_PORT}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "trial",
        "AWS_SECRET_ACCESS_KEY": "trial",
    }


def _run_alone(into: Path) -> float:
    """The same sources on one machine. It is given the other's archive, because figures carry when their content was first seen."""
    alone = into / "alone"
    shutil.copytree(into / "sources", alone / "sources")
    shutil.copytree(into / "publisher" / "warehouse" / "archive", alone / "warehouse" / "archive")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER", "HAI_HA", "AWS"))}
    began = time.monotonic()
    with (into / "alone.log").open("w") as log:
        command: Command = [BIN / "hai-ha", "run"]
        subprocess.run(command, env=kept | {"HAI_HA_PROJECT": str(alone)}, cwd=alone, stdout=log, stderr=log, check=True)
    return time.monotonic() - began


def _compare(into: Path) -> None:
    hashes = [_hashes(into / host / "warehouse" / "current" / "exports") for host in ("publisher", "alone")]
    different = sorted(name for name in {*hashes[0], *hashes[1]} if hashes[0].get(name) != hashes[1].get(name))
    if different or not hashes[0]:
        sys.exit(f"the exports differ: {', '.join(different) or 'there are none'}")
    print(f"{len(hashes[0])} exported files are equal byte for byte")


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _done_by() -> dict[str, list[str]]:
    """Which workers took each step, in the order in which they did, from Dagster's own record."""
    query = "SELECT step_key, event::jsonb->'dagster_event'->'event_specific_data'->'metadata_entries' FROM event_logs WHERE event LIKE '%in celery worker%' ORDER BY id"
    taken: dict[str, list[str]] = {}
    for line in _psql(query):
        step, _, entries = line.partition("|")
        worker = next((host for host in HOSTS if f"worker@{host}" in entries), "?")
        taken.setdefault(step, []).append(worker)
    return taken


def _step_on_helper(kind: str) -> str | None:
    ended = set(_psql("SELECT step_key FROM event_logs WHERE dagster_event_type = 'STEP_SUCCESS'"))
    mine = [step for step, workers in _done_by().items() if step.startswith(kind) and workers[-1] == "helper"]
    return next((step for step in mine if step not in ended), None)


def _psql(query: str) -> list[str]:
    command = ["psql", "-h", HUB, "-p", str(POSTGRES_PORT), "-U", "postgres", "-At", "-c", query]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _on(host: str, into: Path, environment: dict[str, str], command: Command, log: Path) -> "subprocess.Popen[bytes]":
    """Start a command on a host: in its network, and with only its own disk at the path that all hosts have."""
    shell = 'mount --bind "$1" "$2" && shift 2 && cd "$HAI_HA_PROJECT" && exec "$@"'
    inside: Command = ["sh", "-c", shell, "sh", into / host, into / "host", *command]
    with log.open("wb") as file:
        return subprocess.Popen(
            ["ip", "netns", "exec", f"hh_{host}", "unshare", "--mount", "--propagation", "private", *inside],
            env=environment, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip


def _network(stack: ExitStack) -> None:
    """A bridge, and a network namespace for each host on it."""
    _ip(f"link add {BRIDGE} type bridge")
    stack.callback(_ip, f"link del {BRIDGE}")
    _ip(f"addr add {HUB}/24 dev {BRIDGE}")
    _ip(f"link set {BRIDGE} up")
    for number, (host, address) in enumerate(HOSTS.items()):
        _ip(f"netns add hh_{host}")
        stack.callback(_ip, f"netns del hh_{host}")
        _ip(f"link add hhveth{number} type veth peer name eth0 netns hh_{host}")
        _ip(f"link set hhveth{number} master {BRIDGE} up")
        _ip(f"-n hh_{host} addr add {address}/24 dev eth0")
        _ip(f"-n hh_{host} link set eth0 up")
        _ip(f"-n hh_{host} link set lo up")


def _services(stack: ExitStack, into: Path) -> None:
    """PostgreSQL, Redis and an S3-compatible server at the hub."""
    postgres = into / "postgres"
    postgres.mkdir()
    shutil.chown(postgres, "postgres")
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    subprocess.run([*as_postgres, str(programs / "initdb"), "-D", postgres, "-A", "trust"], stdout=subprocess.DEVNULL, check=True, cwd=into)
    with (postgres / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NET} trust\n")
    settings = ["-c", f"listen_addresses={HUB}", "-p", str(POSTGRES_PORT), "-k", str(postgres)]
    _serve(stack, [*as_postgres, programs / "postgres", "-D", postgres, *settings], into / "postgres.log", signal.SIGINT)
    redis: Command = ["redis-server", "--bind", HUB, "--port", str(REDIS_PORT), "--protected-mode", "no", "--save", "", "--dir", into]
    _serve(stack, redis, into / "redis.log")
    _serve(stack, [BIN / "moto_server", "-H", HUB, "-p", str(S3_PORT)], into / "s3.log")
    _wait_for("PostgreSQL", lambda: subprocess.run(["pg_isready", "-h", HUB, "-p", str(POSTGRES_PORT), "-q"], check=False).returncode == 0)
    _wait_for("the S3-compatible server", _bucket_is_made)


def _bucket_is_made() -> bool:
    try:
        urllib.request.urlopen(urllib.request.Request(f"http://{HUB}:{S3_PORT}/hai-ha", method="PUT"), timeout=5).close()
    except OSError:
        return False
    return True


def _serve(stack: ExitStack, command: Command, log: Path, ending: signal.Signals = signal.SIGTERM) -> None:
    with log.open("wb") as file:
        server = subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)
    stack.enter_context(_ended(server, ending))


@contextmanager
def _ended(server: "subprocess.Popen[bytes]", ending: signal.Signals) -> Iterator[None]:
    try:
        yield
    finally:
        server.send_signal(ending)
        server.wait(60)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill -9 of all processes of a command, as a host that loses its power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


def _check(process: "subprocess.Popen[bytes]", log: Path) -> None:
    if process.wait(DEADLINE):
        sys.exit(f"{log}: {log.read_text()[-3000:]}")


def _wait_for(what: str, happens: Callable[[], Any]) -> Any:
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        if found := happens():
            return found
        time.sleep(0.2)
    sys.exit(f"waited in vain for {what}")


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True)


if __name__ == "__main__":
    main()
