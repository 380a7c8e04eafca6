"""What `deploy/` ships says the same as the code: variables, queues, modules, tags."""

import re
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from hai_ha_pipeline.definitions import defs
from hai_ha_pipeline.orchestration import celery_settings
from hai_ha_pipeline.orchestration.ahead import ON_PUBLISHER
from tests.build import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
VARIABLE = re.compile(r"HAI_HA_[A-Z_]+")
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def parsed(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8")))


def commands() -> list[list[str]]:
    """Every command that systemd or compose starts."""
    of_units = [
        line.removeprefix("ExecStart=").split() for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart=")
    ]
    of_services = [service["command"] for service in parsed("compose.yaml")["services"].values() if "command" in service]
    return [*of_units, *of_services]


def test_every_variable_that_is_shipped_is_read_by_something() -> None:
    read = {name for path in (REPOSITORY / "hai_ha_pipeline").rglob("*.py") for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    read |= set(VARIABLE.findall((DEPLOY / "dagster.yaml").read_text()))
    shipped = set(VARIABLE.findall((DEPLOY / "hai-ha.env.example").read_text() + (DEPLOY / "helm" / "values.yaml").read_text()))
    assert shipped - read == set()
    assert {"HAI_HA_EXECUTOR", "HAI_HA_READERS", "HAI_HA_STAGE", "HAI_HA_BROKER", "HAI_HA_RUN_HISTORY"} <= shipped


def test_a_worker_listens_to_every_queue_that_a_step_asks_for() -> None:
    job = defs.resolve_job_def("refresh_warehouse")
    asked = {node.definition.tags.get("dagster-celery/queue", "dagster") for node in job.nodes_in_topological_order}
    assert asked == {"dagster", "publisher"}
    for starts in (
        [command for command in commands() if command[0].startswith("/")],
        [command for command in commands() if not command[0].startswith("/")],
    ):
        queues = {queue for command in starts if "-Q" in command for queue in command[command.index("-Q") + 1].split(",")}
        assert queues == asked


@pytest.mark.parametrize("step", ["read_sources", "warehouse", "bring_back"])
def test_what_needs_the_disk_of_the_publisher_runs_there(step: str) -> None:
    job = defs.resolve_job_def("rollback_warehouse" if step == "bring_back" else "refresh_warehouse")
    [node] = [node for node in job.nodes_in_topological_order if node.name == step]
    assert node.definition.tags["dagster-celery/queue"] == ON_PUBLISHER["dagster-celery/queue"]


def test_the_code_server_is_where_the_workspace_looks_for_it() -> None:
    [place] = parsed("workspace.yaml")["load_from"]
    servers = [command for command in commands() if "code-server" in command]
    assert len(servers) == 2
    for server in servers:
        assert server[server.index("-p") + 1] == str(place["grpc_server"]["port"])
        assert server[server.index("-m") + 1] == place["grpc_server"]["location_name"] == "hai_ha_pipeline.definitions"


def test_two_runs_never_exchange_tables_at_the_same_time() -> None:
    assert parsed("dagster.yaml")["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert parsed("helm/values.yaml")["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]["maxConcurrentRuns"] == 1


def test_a_step_is_acknowledged_when_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_HA_LONGEST_STEP_SECONDS", "90")
    settings = celery_settings.shared()
    assert (settings["task_acks_late"], settings["task_reject_on_worker_lost"], settings["worker_prefetch_multiplier"]) == (True, True, 1)
    assert settings["broker_transport_options"] == {"visibility_timeout": 90}


def test_the_instance_is_one_that_dagster_accepts_but_for_the_package_that_stores_it(tmp_path: Path) -> None:
    settings = parsed("dagster.yaml")
    del settings["storage"]
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
