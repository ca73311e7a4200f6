import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kiln.errors import UserError
from provision.docker import storage as docker_storage
from provision.docker.autoscale import Autoscale
from provision.docker.autoscale_checks import CHECK_MOUNT
from provision.docker.autoscale_steps import SET_DRIVER
from provision.docker.autoscale_units import PREPARE, WATCH, write_units
from provision.docker.storage_program import FOLDER
from provision.model.recipe import Machine
from provision.model.shell import FAIL
from storage_daemon.settings import Settings
from tests.support.bash import run, tool

PYTHON = "/home/ec2-user/miniconda/bin/python"
AL2023 = Machine("al2023", data_device="/dev/sdc", data_gib=100, python=PYTHON)
AL2 = Machine("al2", data_device="/dev/sdc", data_gib=100, python=PYTHON)


def spec(**raw: Any) -> Autoscale:
    found = TypeAdapter[docker_storage.Spec](docker_storage.Spec).validate_python({"driver": "autoscale", **raw})
    assert isinstance(found, Autoscale)
    return found


def contents(storage: Autoscale, machine: Machine) -> dict[str, str]:
    return {file.path: file.content.decode() for file in storage.recipe(machine).files}


def test_the_program_reads_what_the_definition_says() -> None:
    storage = spec(minimum_free="15 %", first="50 GiB", tags={"Project": "x"}, kms_key="arn:aws:kms:key/1", iops=4000)
    found = Settings(**json.loads(contents(storage, AL2023)["/etc/kiln/storage.json"]))
    assert (found.filesystem, found.device, found.mount_point) == ("lvm", "/dev/sdc", "/var/lib/docker")
    assert (found.minimum_free, found.first, found.ceiling, found.iops) == (15, 50, 4000, 4000)
    assert found.tags == {"Project": "x"}


def test_the_file_system_follows_the_base() -> None:
    assert spec().settings("al2", "/dev/sdc")["filesystem"] == "btrfs"
    assert spec().settings("al2023", "/dev/sdc")["filesystem"] == "lvm"
    assert spec(filesystem="lvm").settings("al2", "/dev/sdc")["filesystem"] == "lvm"


@pytest.mark.parametrize(
    ("storage", "machine", "line"),
    [
        (spec(), AL2, "kiln_storage_driver /etc/sysconfig/docker-storage btrfs"),
        (spec(filesystem="lvm"), AL2, "kiln_storage_driver /etc/sysconfig/docker-storage overlay2"),
        (spec(mount_point="/mnt/docker"), AL2023, f"kiln_data_root /etc/docker/daemon.json /mnt/docker {PYTHON}"),
    ],
)
def test_docker_is_told_what_is_not_its_default(storage: Autoscale, machine: Machine, line: str) -> None:
    assert line in storage.recipe(machine).steps[0].script


def test_docker_on_al2023_needs_to_be_told_nothing() -> None:
    script = spec().recipe(AL2023).steps[0].script
    assert script.count("kiln_storage_driver") == script.count("kiln_data_root") == 0, "neither defined nor called"


def test_the_daemon_is_switched_on_by_sealing_alone() -> None:
    recipe = spec().recipe(AL2023)
    assert f"systemctl enable {PREPARE}" in recipe.steps[0].script
    assert WATCH not in recipe.steps[0].script
    assert f"systemctl enable {WATCH}" in recipe.sealing[0].script
    assert all(check.on == "everywhere" for check in recipe.checks)
    assert [check.on for check in docker_storage.image_checks(spec())] == ["image"]


def test_the_units_are_ordered_before_docker_and_the_agent() -> None:
    prepare, watch, docker = write_units("/var/lib/docker", "al2023").values()
    assert docker == "[Unit]\nRequiresMountsFor=/var/lib/docker\n"
    assert "Before=docker.service ecs.service\n" in prepare
    assert "RequiredBy=docker.service\n" in prepare
    assert "After=docker" not in prepare + watch, "nothing of Kiln's waits for what waits for it"
    assert "Restart=always\n" in watch


def test_the_command_runs_the_program(tmp_path: Path) -> None:
    storage = spec()
    for path, text in contents(storage, Machine("al2", data_device="/dev/sdc", python=sys.executable)).items():
        target = tmp_path / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("PYTHONPATH=/usr", f"PYTHONPATH={tmp_path}/usr"))
    command = tmp_path / "usr/local/sbin/kiln-storage"
    for word, code, said in (("status", 1, "no btrfs is mounted there"), ("fly", 2, "usage: kiln-storage prepare")):
        done = subprocess.run(
            ["sh", command, word], env={"KILN_ROOT": str(tmp_path)}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stderr
    assert (tmp_path / FOLDER.lstrip("/") / "grow.py").exists()


def test_dockers_options_are_replaced_once(tmp_path: Path) -> None:
    file = tmp_path / "sysconfig/docker-storage"
    for driver in ("overlay2", "btrfs", "btrfs"):
        assert run(f"{SET_DRIVER}kiln_storage_driver {file} {driver}").returncode == 0
    assert file.read_text() == 'DOCKER_STORAGE_OPTIONS="--storage-driver btrfs"\n'


def test_dockers_own_settings_stay_beside_the_new_directory(tmp_path: Path) -> None:
    file = tmp_path / "docker/daemon.json"
    for _ in range(2):
        done = run(f"{SET_DRIVER}kiln_data_root {file} /mnt/docker {sys.executable}")
        assert done.returncode == 0, done.stderr
    assert json.loads(file.read_text()) == {"data-root": "/mnt/docker"}
    file.write_text('{"live-restore": true}')
    assert run(f"{SET_DRIVER}kiln_data_root {file} /mnt/docker {sys.executable}").returncode == 0
    assert json.loads(file.read_text()) == {"live-restore": True, "data-root": "/mnt/docker"}


@pytest.mark.parametrize(
    ("mounts", "kib", "wrong"),
    [
        ("/dev/mapper/kiln_docker-data /d xfs rw 0 0", 104000000, ""),
        ("/dev/root / ext4 rw 0 0", 104000000, "/d is not mounted, expected xfs"),
        ("/dev/sdc /d btrfs rw 0 0", 104000000, "/d is btrfs, expected xfs"),
        ("/dev/nvme1n1 /d xfs rw 0 0", 104000000, "lies on /dev/nvme1n1"),
        ("/dev/mapper/kiln_docker-data /d xfs rw 0 0", 50000000, "less than 95 % of 100 GiB"),
    ],
)
def test_the_mount_is_checked(tmp_path: Path, mounts: str, kib: int, wrong: str) -> None:
    (tmp_path / "mounts").write_text(mounts + "\n")
    call = f"kiln_check_mount {tmp_path}/mounts /d xfs '/dev/mapper/kiln_docker-*' 100 <<<{kib}"
    done = run(FAIL + CHECK_MOUNT + call)
    assert (done.returncode == 0) == (wrong == ""), done.stderr
    assert wrong in done.stderr


@pytest.mark.parametrize(
    ("role", "volumes", "code", "said"),
    [("", "", 0, "no role to ask with"), ("ecs", "", 0, "none"), ("ecs", "vol-1", 1, "not encrypted: vol-1")],
)
def test_encryption_is_asked_of_ec2_where_there_is_a_role(
    tmp_path: Path, role: str, volumes: str, code: int, said: str
) -> None:
    tool(tmp_path / "bin", "curl", f'case "$*" in *security-credentials*) [ -n "{role}" ] ;; esac && echo answer')
    tool(tmp_path / "bin", "aws", f'echo "{volumes}"')
    machine = Machine("al2023", data_device="/dev/sdc", data_gib=100, python=f"{tmp_path}/bin/python")
    (check,) = [each for each in spec().recipe(machine).checks if each.name == "its volumes are encrypted"]
    done = run(check.script, tools=tmp_path / "bin")
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize(("broken", "said"), [("is-enabled", "does not start at boot"), ("is-active", "is not active"),
                                              ("show", "without its file system")])  # fmt: skip
def test_docker_must_wait_for_its_file_system(tmp_path: Path, broken: str, said: str) -> None:
    (check,) = [each for each in spec().recipe(AL2023).checks if "waits" in each.name]
    answer = f'case "$1" in show) echo "Requires=docker.socket {PREPARE}" ;; *) echo ok ;; esac'
    tool(tmp_path / "bin", "systemctl", answer)
    assert run(check.script, tools=tmp_path / "bin").returncode == 0
    tool(tmp_path / "bin", "systemctl", f'[ "$1" != {broken} ] || exit 1\n{answer}')
    done = run(check.script, tools=tmp_path / "bin")
    assert done.returncode == 1
    assert said in done.stderr


def test_the_drivers_name_is_checked(tmp_path: Path) -> None:
    check = spec().recipe(AL2023).checks[0]
    for driver, root, code in (
        ("overlay2", "/var/lib/docker", 0),
        ("btrfs", "/var/lib/docker", 1),
        ("overlay2", "/elsewhere", 1),
    ):
        tool(tmp_path / "bin", "curl", f"""echo '{{"Driver":"{driver}","DockerRootDir":"{root}"}}'""")
        assert run(check.script, tools=tmp_path / "bin").returncode == code


def test_refusals_name_the_alternative() -> None:
    assert "driver: devicemapper" in str(docker_storage.refusal(spec(), "al1"))
    assert "filesystem: lvm" in str(docker_storage.refusal(spec(filesystem="btrfs"), "al2023"))
    for storage, family in ((spec(), "al2"), (spec(), "al2023"), (spec(filesystem="lvm"), "al2")):
        assert docker_storage.refusal(storage, family) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("machine", "what"),
    [
        (Machine("al2023", python=PYTHON), "needs a data volume"),
        (Machine("al2023", data_device="/dev/sdc", data_gib=10), "needs the AWS CLI's Python"),
        (Machine("al2", data_device="/dev/xvdcz", data_gib=22, python=PYTHON), "cannot use /dev/xvdcz"),
    ],
)
def test_what_it_needs_is_asked_for(machine: Machine, what: str) -> None:
    with pytest.raises(UserError, match=what):
        spec().recipe(machine)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"minimum_free": "0 %"}, "from 1 to 99"),
        ({"minimum_free": 20}, "percent sign"),
        ({"first": "2000 GiB"}, "must rise in this order"),
        ({"ceiling": "500 GiB"}, "must rise in this order"),
        ({"volumes": 12}, "less than or equal to 11"),
        ({"type": "st1"}, "st1 volumes have 125 to 16384 GiB, not 100"),
        ({"type": "io2"}, "io2 needs iops"),
        ({"type": "gp2", "iops": 3000}, "iops can be set for gp3"),
        ({"type": "gp2", "throughput": 200}, "throughput can be set for gp3 alone"),
        ({"encrypted": False, "kms_key": "alias/x"}, "needs encrypted"),
        ({"tags": {"kiln:storage": "i-1"}}, "set these themselves"),
        ({"mount_point": "/data"}, "two or more folders"),
        ({"filesystem": "zfs"}, "Input should be 'btrfs' or 'lvm'"),
    ],
)
def test_bad_settings_are_refused(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        spec(**raw)
