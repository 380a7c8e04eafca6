"""A real Dagster webserver and daemon on a free port of 127.0.0.1, asked through GraphQL as the UI asks."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.conftest import REPOSITORY, environment

START_SECONDS, RUN_SECONDS = 120, 300
LOCATIONS = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } jobs { name } } } } }"
LAUNCH = """mutation Launch($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


@dataclass(frozen=True)
class Server:
    """A running server at `address`; `log` holds what it printed."""

    address: str
    log: Path

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer)["data"])

    def repository(self) -> dict[str, Any] | None:
        """The one repository, or none while the server is starting."""
        try:
            nodes = self.ask(LOCATIONS)["repositoriesOrError"]["nodes"]
        except (urllib.error.URLError, OSError, KeyError):
            return None
        return dict(nodes[0]) if nodes else None

    def launch(self, job: str, config: dict[str, Any]) -> str:
        """Start a run as the launchpad does; its status when it is over."""
        repository = self.repository()
        assert repository
        selector = {"repositoryName": repository["name"], "repositoryLocationName": repository["location"]["name"], "jobName": job}
        launched = self.ask(LAUNCH, {"params": {"selector": selector, "runConfigData": config, "mode": "default"}})["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return self.status_at_the_end(launched["run"]["runId"])

    def status_at_the_end(self, run_id: str) -> str:
        until = time.monotonic() + RUN_SECONDS
        status = "QUEUED"
        while time.monotonic() < until:
            status = str(self.ask(STATUS, {"id": run_id})["runOrError"]["status"])
            if status in {"SUCCESS", "FAILURE", "CANCELED"}:
                break
            time.sleep(0.5)
        return status


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(root: Path, command: list[str], port: int) -> Iterator[Server]:
    """Run `command` for the project at `root` until the block ends; it must load the code location first."""
    server = Server(f"http://127.0.0.1:{port}", root / "server.log")
    with server.log.open("w") as log:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment(root), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            until = time.monotonic() + START_SECONDS
            while server.repository() is None:
                assert process.poll() is None, server.log.read_text()[-2000:]
                assert time.monotonic() < until, server.log.read_text()[-2000:]
                time.sleep(0.5)
            yield server
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)
