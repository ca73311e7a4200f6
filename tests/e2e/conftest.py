"""The offline AWS with machines, of the tests' own; base disks and downloads are those of the default home."""

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from images.builder import provisioning
from sandbox.command import client, state
from sandbox.machines.qemu.hypervisor import CPUS_VARIABLE
from sandbox.registry.busybox import Registry, busybox_registry
from sandbox.world import folders
from tests.support.cli import Cli
from tests.support.growing import make_role
from tests.support.job_runs import Runs
from tests.support.machine_groups import place
from tests.support.one_machine import OneMachine, one_machine

LAST = "test_bad_days_on_a_machine"  # whose last test ends the machine
JOBS = str(Path(__file__).with_name("jobs.yaml"))
IMAGE = "public.ecr.aws/docker/library/debian:bookworm-slim"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    places = [n for n, item in enumerate(items) if item.path.parent == here]
    mine = sorted((items[n] for n in places), key=lambda item: (place(item.nodeid), item.path.stem == LAST))
    for n, item in zip(places, mine, strict=True):
        items[n] = item


@pytest.fixture(scope="session", autouse=True)
def _one_cpu_each() -> Iterator[None]:
    """Two machines run at a time where there are two workers: then a second CPU would only be in the other's way."""
    with pytest.MonkeyPatch.context() as patch:
        if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
            patch.setenv(CPUS_VARIABLE, "1")
        yield


@pytest.fixture(scope="session")
def offline_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[state.State]:
    """Started for these tests and stopped behind them; this process is turned to it meanwhile."""
    # A machine that boots refuses many connections, and paramiko logs a traceback of each.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    home, cache = tmp_path_factory.mktemp("sandbox"), folders.cache_of(folders.default_home())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(folders.HOME_VARIABLE, str(home))
        patch.setenv("KILN_SANDBOX_LATE_IDS", "1")  # every new id is unknown at first, where AWS hides one in ten
        patch.setenv(folders.CACHE_VARIABLE, str(cache))
        started = client.start(report=print)
        try:
            for name in [name for name in os.environ if name.startswith(("AWS_", "KILN_SITE"))]:
                patch.delenv(name)
            for name, value in client.environment(started).items():
                patch.setenv(name, value)
            yield started
        finally:
            client.stop()


@pytest.fixture(scope="session")
def ec2(offline_aws: state.State) -> Any:
    return boto3.client("ec2")


@pytest.fixture(scope="session")
def role(offline_aws: state.State) -> str:
    """Name of an instance profile whose role may do what the storage daemon does."""
    return make_role()


@pytest.fixture(scope="session")
def cli(offline_aws: state.State, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    return Cli(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="session")
def registry(offline_aws: state.State) -> Iterator[Registry]:
    with closing(busybox_registry(folders.cache_of(Path(offline_aws.home)))) as serving:
        yield serving


@pytest.fixture(scope="session")
def machine(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneMachine]:
    """A machine on which the whole recipe of everything.yaml was run and whose checks all passed."""
    folder = tmp_path_factory.mktemp("machine")
    definition = folder / "everything.yaml"
    text = Path(__file__).with_name("everything.yaml").read_text()
    definition.write_text(text.replace("@PORT@", str(registry.port)))
    with one_machine(definition, folder) as started:
        recipe = started.plan.boot.recipe
        provisioning.perform(started.remote, recipe.files, recipe.steps, started.report, "provision")
        provisioning.check(started.remote, started.plan.boot.builder_checks(), started.report, "checks")
        yield started


@pytest.fixture(scope="session")
def built(cli: Cli) -> dict[str, Any]:
    """The default image, built once: the screen's last lines and the manifest that they name."""
    done = cli("sandbox", "build-ami")
    named = re.search(r"manifest +(\S+/manifest\.json)", done.stdout)
    assert named, done.stdout
    path = cli.folder / named[1]
    return {"screen": done.stdout, "progress": done.stderr, "path": path, "manifest": json.loads(path.read_text())}


@pytest.fixture(scope="session")
def environment(built: dict[str, Any], cli: Cli) -> Iterator[str]:
    """The environment of jobs.yaml with the AMI that was built. It holds a machine; test_jobs_rollouts destroys it."""
    cli("sandbox", "register-env", "--env", JOBS, "--ami", built["manifest"]["ami"]["id"], "--yes")
    yield JOBS
    if boto3.client("batch").describe_job_queues(jobQueues=["jobs"])["jobQueues"]:
        bucket = "jobs-123456789012-us-east-1"
        cli("sandbox", "destroy-env", "--env", JOBS, "--yes", "--terminate-jobs", "--with-bucket", bucket)


@pytest.fixture(scope="session")
def runs(environment: str) -> Runs:
    return Runs("jobs", IMAGE)


@pytest.fixture(scope="session")
def settled(runs: Runs) -> Runs:
    """When a first job has run: then the machine has settled."""
    runs.wait(runs.submit("settle", ["true"]))
    return runs
