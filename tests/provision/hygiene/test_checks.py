"""The sealing steps on a folder that looks like a builder, the checks on one that looks like a booted machine."""

import os
import time
from pathlib import Path

import pytest

from provision.hygiene import checks as hygiene_checks
from provision.hygiene import steps as hygiene
from provision.hygiene.checks import Builder
from provision.model import shell
from provision.model.recipe import Machine
from tests.support.bash import run, tool
from userdata import builder as userdata

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBuilderBuilderBuilder kiln"
OWN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwnOwnOwnOwnOwnOwnOwnOwn node"
PASSWD = "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/:/sbin/nologin\nec2-user:x:1000:1000::/home/ec2-user:/bin/bash\n"

TRACES = [
    "var/lib/ecs/data/agent.db",
    "var/cache/dnf/amazonlinux/repo.solv",
    "var/cache/yum/x86_64/list",
    "root/.cache/conda/notices",
    "var/lib/dhclient/dhclient--eth0.lease",
    "var/lib/systemd/random-seed",
    "tmp/upload.sh",
    "tmp/.hidden/file",
    "var/tmp/yum-root/x",
    "var/lib/cloud/instances/i-builder/user-data.txt",
    "var/lib/cloud/data/instance-id",
    "var/log/journal/0123/system.journal",
    "var/log/messages-20261121",
    "var/log/cloud-init.log.1",
    "var/log/dmesg.old",
    "etc/systemd/system/kiln-deadman.service",
    "etc/systemd/system/kiln-deadman.timer",
    "etc/systemd/system/timers.target.wants/kiln-deadman.timer",
    "etc/cron.d/kiln-deadman",
    "usr/local/sbin/kiln-deadman",
    "etc/kiln-deadline",
    "root/.bash_history",
    "root/.aws/credentials",
    "home/ec2-user/.python_history",
    "home/ec2-user/.aws/config",
    "home/ec2-user/.docker/config.json",
    "home/ec2-user/.netrc",
    "home/ec2-user/.ssh/known_hosts",
    "home/ec2-user/.ssh/id_ed25519",
    "etc/ssh/ssh_host_ed25519_key",
    "etc/ssh/ssh_host_ed25519_key.pub",
]
STAYS = [
    "home/ec2-user/.ssh/authorized_keys",  # the client's last command takes these
    "root/.ssh/authorized_keys",
    "etc/ssh/sshd_config",
    "home/ec2-user/.bashrc",
    "home/ec2-user/miniconda/bin/aws",
    "var/lib/cloud/scripts/per-boot/mount.sh",
    "etc/systemd/system/pipeline.service",
    "var/lib/kiln/run/runner.sh",
    "tmp/kiln.1/003.sh",
]
CLEAR = {
    "agent": hygiene.CLEAR_AGENT,
    "caches": hygiene.CLEAR_CACHES,
    "identity": hygiene.CLEAR_IDENTITY,
    "switch": hygiene.CLEAR_SWITCH,
    "keys": hygiene.CLEAR_KEYS,
}


def fill(root: Path, *names: str, text: str = "secret\n") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    fill(root, *TRACES, *STAYS, "var/log/messages", "etc/machine-id", "var/lib/dbus/machine-id")
    (root / "etc/passwd").write_text(PASSWD)
    return root


def seal(root: Path, *, keep: str = "", scripts: dict[str, str] = CLEAR) -> None:
    assert str(root) != "/"
    for name, script in scripts.items():
        done = run(f"keep='|{keep}|'\n{hygiene.CLEAR}{script}", KILN_ROOT=str(root), KILN_TMP=str(root / "tmp/kiln.1"))
        assert done.returncode == 0, f"{name}: {done.stderr}"


def test_nothing_of_the_builder_stays_and_nothing_else_goes(machine: Path) -> None:
    seal(machine)
    left = [str(path.relative_to(machine)) for path in machine.rglob("*") if not path.is_dir()]
    assert sorted(left) == sorted([*STAYS, "etc/passwd", "var/log/messages", "etc/machine-id"])
    assert (machine / "var/log/messages").read_bytes() == b""
    assert (machine / "etc/machine-id").read_bytes() == b""


@pytest.mark.parametrize("left_out", CLEAR)
def test_each_step_is_needed(machine: Path, left_out: str) -> None:
    seal(machine, scripts={name: script for name, script in CLEAR.items() if name != left_out})
    assert [name for name in TRACES if (machine / name).exists()]


def test_what_the_definition_put_there_stays(machine: Path) -> None:
    seal(machine, keep="/home/ec2-user/.docker/config.json|/home/ec2-user/.aws/config")
    assert (machine / "home/ec2-user/.docker/config.json").exists()
    assert (machine / "home/ec2-user/.aws/config").exists()
    assert not (machine / "root/.aws").exists()


def test_an_image_bound_to_a_cluster_is_refused(machine: Path) -> None:
    fill(machine, "etc/ecs/ecs.config", text="ECS_CLUSTER=mine\n")
    done = run(f"keep=''\n{hygiene.CLEAR}{hygiene.CLEAR_AGENT}", KILN_ROOT=str(machine))
    assert done.returncode == 1
    assert "AWS Batch sets this itself" in done.stderr


def test_every_file_of_the_dead_mans_switch_is_known_here() -> None:
    for path in (userdata.SWITCH, userdata.SERVICE, userdata.TIMER, userdata.CRON, userdata.DEADLINE):
        assert f"/{path.lstrip('/')}" in {f"/{name}" for name in TRACES}


def test_the_deadline_goes_after_the_switch_that_reads_it() -> None:
    assert hygiene.CLEAR_SWITCH.index("/usr/local/sbin/kiln-deadman") < hygiene.CLEAR_SWITCH.index("/etc/kiln-deadline")


def test_keys_go_last() -> None:
    sealing = hygiene.recipe(Machine("al2023")).sealing
    assert sealing[-1].name == "keys, credentials and histories"


# -- a machine booted from the image

AGES = {"before": -3600, "after": 3600}


def node(root: Path, *, booted: str) -> Path:
    """A machine whose files were made before or after its first boot: that is moved, for nothing can set a ctime."""
    record = "var/lib/cloud/instances/i-own/sem/consume_data"
    fill(root, "var/lib/cloud/data/instance-id", text="i-own\n")
    fill(root, record, "etc/ssh/ssh_host_ed25519_key", "var/lib/ecs/data/agent.db", "etc/kiln-deadline")
    fill(
        root,
        "etc/ssh/ssh_host_ed25519_key.pub",
        "home/ec2-user/.ssh/authorized_keys",
        "root/.ssh/authorized_keys",
        text=OWN,
    )
    fill(root, "etc/machine-id", text="0" * 32 + "\n")
    (root / "etc/passwd").write_text(PASSWD)
    (root / "var/lib/cloud/instance").symlink_to("instances/i-own")
    when = time.time() + AGES[booted]
    os.utime(root / record, (when, when))
    return root


def check(root: Path, name: str, builder: Builder | None = None, keep: tuple[str, ...] = ()) -> tuple[int, str]:
    """Exit code and output of one check."""
    found = {each.name: each for each in hygiene_checks.list_checks(builder, keep)}[name]
    tool(root.parent / "tools", "curl", 'case "$*" in */instance-id) echo i-own ;; *) echo token ;; esac')
    done = run(found.script, tools=root.parent / "tools", KILN_ROOT=str(root))
    return done.returncode, done.stdout + done.stderr


FILES = [each.name for each in hygiene_checks.list_checks() if each.name != "no unexpected container images"]
BY_AGE = {
    "no host key of the builder": "etc/ssh/ssh_host_ed25519_key",
    "no agent state of the builder": "var/lib/ecs/data/agent.db",
    "nothing of Kiln is left": "etc/kiln-deadline",
    "no histories, no credentials": "root/.bash_history",
}


@pytest.mark.parametrize("name", FILES)
def test_a_machine_of_its_own_passes(tmp_path: Path, name: str) -> None:
    root = node(tmp_path / "root", booted="before")
    fill(root, "root/.bash_history")
    code, output = check(root, name, Builder((KEY,), KEY, "1" * 32, "i-builder"))
    assert code == 0, output


@pytest.mark.parametrize("name", BY_AGE)
def test_what_is_older_than_the_first_boot_fails(tmp_path: Path, name: str) -> None:
    root = node(tmp_path / "root", booted="after")
    fill(root, "root/.bash_history")
    code, output = check(root, name)
    assert code == 1
    assert f"came with the image: {root / BY_AGE[name]}" in output


def test_a_file_of_the_definition_is_no_leftover(tmp_path: Path) -> None:
    root = node(tmp_path / "root", booted="after")
    fill(root, "root/.netrc")
    assert check(root, "no histories, no credentials")[0] == 1
    assert check(root, "no histories, no credentials", keep=("/root/.netrc",))[0] == 0


def test_a_machine_without_cloud_inits_record_is_not_judged(tmp_path: Path) -> None:
    root = node(tmp_path / "root", booted="before")
    (root / "var/lib/cloud/instances/i-own/sem/consume_data").unlink()
    code, output = check(root, "no agent state of the builder")
    assert code == 1
    assert "no record of this machine's first boot" in output


def test_the_builders_own_identity_is_seen(tmp_path: Path) -> None:
    root = node(tmp_path / "root", booted="before")
    same = Builder((OWN,), OWN, "0" * 32, "i-own")
    expected = {
        "no host key of the builder": "this is the builder's host key",
        "no authorized key of the builder": "the builder's key is authorized",
        "a machine-id of its own": "the machine-id is the builder's",
        "cloud-init ran anew": "cloud-init's state is the builder's",
    }
    for name, message in expected.items():
        code, output = check(root, name, same)
        assert code == 1
        assert message in output


def test_other_faults_of_identity(tmp_path: Path) -> None:
    root = node(tmp_path / "root", booted="before")
    (root / "etc/machine-id").write_text("")
    assert "the machine-id is not set" in check(root, "a machine-id of its own")[1]
    fill(root, "root/.ssh/authorized_keys", text=f"{OWN}\n{KEY}\n")
    assert "more keys are authorized" in check(root, "no authorized key of the builder")[1]
    (root / "var/lib/cloud/instances/i-builder").mkdir()
    assert "state of another instance is left" in check(root, "cloud-init ran anew")[1]
    (root / "var/lib/cloud/instances/i-builder").rmdir()
    (root / "var/lib/cloud/data/instance-id").write_text("i-other")
    assert "cloud-init has not run for i-other" in check(root, "cloud-init ran anew")[1]
    for path in (root / "etc/ssh").glob("ssh_host_*"):
        path.unlink()
    assert "the machine has no host key" in check(root, "no host key of the builder")[1]


@pytest.mark.parametrize(
    ("listed", "unexpected"),
    [
        ("amazon/amazon-ecs-agent\namazon/amazon-ecs-pause\nubuntu", ""),
        ("", ""),
        (shell.CHECK_IMAGE.partition(":")[0], " kiln-check"),
        ("ubuntu\nevil/miner", " evil/miner"),
    ],
)
def test_container_images_are_those_expected(tmp_path: Path, listed: str, unexpected: str) -> None:
    tool(tmp_path, "curl", "exit 0")
    tool(tmp_path, "docker", f"printf '%s' '{listed}'" + ("; echo" if listed else ""))
    script = hygiene_checks.list_checks(images=("ubuntu",))[-1].script
    done = run(script, tools=tmp_path)
    assert (done.returncode == 0) == (unexpected == ""), done.stderr
    assert unexpected in done.stderr


def test_images_that_scripts_may_have_pulled_are_not_judged() -> None:
    names = [each.name for each in hygiene_checks.list_checks(images=None)]
    assert "no unexpected container images" not in names
    assert all(each.on == "image" for each in hygiene_checks.list_checks())
