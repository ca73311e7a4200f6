"""cloud-init's own files, as its releases write them, waited for over SSH."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiln.errors import UserError
from tests.support.rig import Rig, rig


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as made:
        yield made


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    new.rename(path)


def status(root: Path, errors: list[str], recoverable: dict[str, list[str]] | None = None) -> None:
    stage = {"errors": errors, "recoverable_errors": recoverable or {}, "start": 1.0, "finished": None}
    write(root / "run/cloud-init/status.json", {"v1": {"datasource": None, "init": stage, "stage": "init"}})


def result(root: Path, errors: list[str]) -> None:
    write(root / "run/cloud-init/result.json", {"v1": {"datasource": "DataSourceEc2Local", "errors": errors}})


def test_it_is_waited_for(ssh: Rig, tmp_path: Path) -> None:
    status(tmp_path, [])
    with pytest.raises(UserError, match="did not finish within 1 s"):
        ssh.connected().wait_for_cloud_init(1)
    threading.Timer(0.5, result, (tmp_path, [])).start()
    assert ssh.connected().wait_for_cloud_init(30).warnings == ()


def test_a_failure_shows_at_once_with_the_end_of_the_log(ssh: Rig, tmp_path: Path) -> None:
    status(tmp_path, ["('scripts_user', RuntimeError('Runparts: 1 failures'))"])
    write(tmp_path / "var/log/cloud-init-output.log", "early\n" * 100 + "no such command\n")
    with pytest.raises(UserError, match="cloud-init failed") as caught:
        ssh.connected().wait_for_cloud_init(60)
    assert "scripts_user" in caught.value.why
    assert caught.value.output.splitlines()[-1] == "no such command"
    assert len(caught.value.output.splitlines()) == 40


def test_a_failure_told_only_by_the_result(ssh: Rig, tmp_path: Path) -> None:
    status(tmp_path, [])
    result(tmp_path, ["no data source"])
    with pytest.raises(UserError) as caught:
        ssh.connected().wait_for_cloud_init(60)
    assert caught.value.why == "no data source"


def test_recoverable_errors_are_reported(ssh: Rig, tmp_path: Path) -> None:
    status(tmp_path, [], {"WARNING": ["Invalid cloud-config", "deprecated key"]})
    result(tmp_path, [])
    assert ssh.connected().wait_for_cloud_init(60).warnings == ("Invalid cloud-config", "deprecated key")


def test_old_releases_leave_only_boot_finished(ssh: Rig, tmp_path: Path) -> None:
    write(tmp_path / "var/lib/cloud/instance/boot-finished", "12.3 - finished\n")
    assert ssh.connected().wait_for_cloud_init(60).warnings == ()


def test_where_it_is_disabled_nothing_is_waited_for(ssh: Rig, tmp_path: Path) -> None:
    write(tmp_path / "run/cloud-init/disabled", "")
    assert ssh.connected().wait_for_cloud_init(60).warnings == ()


def test_a_connection_lost_while_waiting(ssh: Rig, tmp_path: Path) -> None:
    status(tmp_path, [])
    remote = ssh.connected()
    threading.Timer(0.5, ssh.relay.drop).start()
    threading.Timer(1.5, result, (tmp_path, [])).start()
    assert remote.wait_for_cloud_init(60).warnings == ()
    assert ssh.relay.connections == 2
