"""The machines themselves, without the control plane: one is booted, and a copy of it."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import paramiko
import pytest

from sandbox.machines.qemu.hypervisor import QemuHypervisor
from sandbox.registry.busybox import busybox_registry
from sandbox.world import folders
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec
from tests.support.keys import new_pem

pytestmark = pytest.mark.e2e
CACHE = folders.cache_of(folders.default_home())
BOOT_SECONDS = 600
ENDPOINT = "http://169.254.169.1:5999"
# The process that loads cloud-init comes after the unit of its first stage has begun to ask for it.
LATE = """
unit=cloud-init-main.service; sudo mkdir /etc/systemd/system/$unit.d
begun=$(systemctl cat $unit | sed -n 's/^ExecStart=//p')
printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "sleep 15; exec %s"\\n' "$begun" |
  sudo tee /etc/systemd/system/$unit.d/late.conf
"""


@dataclass
class Guest:
    """A machine of the hypervisor's, its keys, and an SSH connection with the host key pinned."""

    hypervisor: QemuHypervisor
    instance_id: str
    address: str
    disks: tuple[Disk, ...]
    pem: str = field(default_factory=new_pem)
    host_pem: str = field(default_factory=new_pem)
    powered_off: threading.Event = field(default_factory=threading.Event)

    def metadata(self) -> Mapping[str, bytes]:
        private = "\n".join(f"    {line}" for line in self.host_pem.splitlines())
        user_data = (
            f"#cloud-config\nssh_keys:\n  ed25519_private: |\n{private}\n"
            f"  ed25519_public: ssh-ed25519 {_key(self.host_pem).get_base64()}\n"
            "write_files:\n- {path: /root/written, content: by cloud-init}\n"
            "bootcmd:\n- echo early >/run/bootcmd\nruncmd:\n- echo late >/run/runcmd\n"
        )
        tree = {
            "meta-data/instance-id": self.instance_id,
            "meta-data/ami-id": "ami-0123456789abcdef0",
            "meta-data/local-hostname": "ip-172-31-0-5.ec2.internal",
            "meta-data/placement/availability-zone": "us-east-1a",
            "meta-data/placement/region": "us-east-1",
            "meta-data/public-keys/0=key/openssh-key": f"ssh-ed25519 {_key(self.pem).get_base64()} test",
            "dynamic/instance-identity/document": json.dumps({"region": "us-east-1"}),
            "user-data": user_data,
        }
        return {path: text.encode() for path, text in tree.items()}

    def boot(self) -> None:
        spec = MachineSpec(self.instance_id, 2048, 2, self.disks, self.address, "172.31.0.5", "ip-172-31-0-5")
        self.hypervisor.set_ssh_open(self.instance_id, True)
        self.hypervisor.boot(spec, self.metadata, self.powered_off.set)
        try:
            await_that(lambda: "boot_to_ssh" in self.hypervisor.timings(self.instance_id), BOOT_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"no SSH; its console:\n{self.hypervisor.console(self.instance_id)}") from error
        status = self.run("cloud-init status --wait")
        assert "status: done" in status, self.hypervisor.console(self.instance_id)
        self.run("while ! systemctl is-active --quiet docker; do sleep 1; done")

    @contextmanager
    def connected(self) -> Iterator[paramiko.SSHClient]:
        client = paramiko.SSHClient()
        name = self.address if self.hypervisor.ssh_port == 22 else f"[{self.address}]:{self.hypervisor.ssh_port}"
        client.get_host_keys().add(name, "ssh-ed25519", _key(self.host_pem))
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            client.connect(
                self.address,
                self.hypervisor.ssh_port,
                "ec2-user",
                pkey=_key(self.pem),
                allow_agent=False,
                look_for_keys=False,
                banner_timeout=60,
                auth_timeout=60,
            )
            yield client
        finally:
            client.close()

    def run(self, command: str) -> str:
        with self.connected() as client:
            _, out, err = client.exec_command(command, timeout=BOOT_SECONDS)
            said: str = out.read().decode()
            code = out.channel.recv_exit_status()
            assert code == 0, f"{command}: exit code {code}\n{said}{err.read().decode()}"
            return said

    def login(self) -> str:
        """What a person sees who logs in and leaves again."""
        with self.connected() as client, closing(client.invoke_shell()) as shell:
            shell.settimeout(BOOT_SECONDS)
            shell.sendall(b"exit\n")
            with shell.makefile() as screen:
                return str(screen.read().decode())


def _key(pem: str) -> paramiko.Ed25519Key:
    return paramiko.Ed25519Key.from_private_key(io.StringIO(pem))


def await_that(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def hypervisor() -> Iterator[QemuHypervisor]:
    with closing(QemuHypervisor(CACHE, endpoint_url=ENDPOINT, report=print)) as machines:
        yield machines


def new_guest(hypervisor: QemuHypervisor, kind: str, number: int) -> Guest:
    disks = []
    for position, disk in enumerate(hypervisor.stand_in_disks(kind)):
        volume = f"vol-{number:08x}{position:09x}"
        snapshot = f"snap-{number:08x}{position:09x}" if disk.path else None
        if disk.path and snapshot:
            hypervisor.import_snapshot(snapshot, disk.path)
        hypervisor.create_volume(volume, disk.size_gib + 2, snapshot)
        disks.append(Disk(volume, disk.device_name, disk.size_gib + 2))
    return Guest(hypervisor, f"i-{number:017x}", f"127.77.200.{number}", tuple(disks))


@pytest.fixture(scope="module")
def al2023(hypervisor: QemuHypervisor) -> Guest:
    guest = new_guest(hypervisor, "al2023", 1)
    guest.boot()
    return guest


def test_cloud_init_did_all_that_user_data_and_metadata_asked(al2023: Guest) -> None:
    assert al2023.run("cat /run/bootcmd /run/runcmd; sudo cat /root/written; hostname") == (
        "early\nlate\nby cloud-initip-172-31-0-5\n"
    )
    assert int(al2023.run("df --output=size -BG / | tail -1").strip(" G\n")) >= 31
    console = al2023.hypervisor.console(al2023.instance_id)
    keys = console.partition("-----BEGIN SSH HOST KEY KEYS-----")[2].partition("-----END SSH HOST KEY KEYS-----")[0]
    assert _key(al2023.host_pem).get_base64() in keys


def test_al2023_is_overlay2_on_one_disk_without_btrfs_and_says_what_it_is(al2023: Guest) -> None:
    assert al2023.run("docker info -f '{{.Driver}}'") == "overlay2\n"
    assert al2023.run("lsblk -dno NAME | wc -l") == "1\n"
    assert al2023.run("command -v btrfs yum dnf vgs || true") == "/usr/sbin/vgs\n"
    files = al2023.run("systemctl show docker -p EnvironmentFiles")
    assert "/etc/sysconfig/docker-storage (ignore_errors=yes)" in files
    assert "Debian stand-in" in al2023.run("cat /etc/kiln-stand-in")
    assert al2023.login().count("Debian stand-in") == 1


def test_units_logins_and_sudo_know_where_the_offline_aws_is(al2023: Guest) -> None:
    line = f"AWS_ENDPOINT_URL={ENDPOINT}"
    assert line in al2023.run("env")
    assert line in al2023.run("sudo env")
    assert line in al2023.run("sudo systemctl show-environment")
    assert line in al2023.run("sudo cat /proc/$(pidof dockerd)/environ | tr '\\0' '\\n'")
    assert al2023.run("grep -rl 169.254.169.1:5999 /etc || true") == ""


def test_the_agent_leaves_state_for_hygiene_to_find(al2023: Guest) -> None:
    al2023.run("while ! systemctl is-active --quiet ecs; do sleep 1; done")
    assert al2023.instance_id in al2023.run("while ! sudo test -s /var/lib/ecs/data/agent.db; do sleep 1; done; "
                                            "sudo cat /var/lib/ecs/data/agent.db")  # fmt: skip
    assert "Stand-in" in al2023.run("systemctl show ecs -p Description")


def test_an_image_is_pulled_from_the_sandbox_s_registry(al2023: Guest) -> None:
    with closing(busybox_registry(CACHE)) as registry:
        name = f"169.254.169.1:{registry.port}/library/busybox:1"
        assert al2023.run(f"docker run --rm {name} echo it runs").endswith("it runs\n")


def test_a_volume_is_hot_plugged_under_its_mapping_s_name_and_unplugged(al2023: Guest) -> None:
    machines = al2023.hypervisor
    machines.create_volume("vol-00000000000000abc", 3, None)
    machines.attach(al2023.instance_id, Disk("vol-00000000000000abc", "/dev/sdf", 3))
    al2023.run("for _ in $(seq 100); do [ -b /dev/sdf ] && break; sleep .2; done; test -b /dev/sdf")
    disk = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol00000000000000abc"
    assert al2023.run(f"lsblk -dbno SIZE,SERIAL {disk}").split() == [str(3 * 1024**3), "vol00000000000000abc"]
    with pytest.raises(MachineError, match="in use"):
        machines.delete_volume("vol-00000000000000abc")
    machines.detach(al2023.instance_id, "vol-00000000000000abc")
    assert al2023.run("ls /dev/sdf 2>&1 || true").endswith("No such file or directory\n")
    machines.delete_volume("vol-00000000000000abc")


def test_port_22_follows_the_security_groups(al2023: Guest) -> None:
    al2023.hypervisor.set_ssh_open(al2023.instance_id, False)
    with pytest.raises(OSError, match=r"Unable to connect|refused"):
        al2023.run("true")
    al2023.hypervisor.set_ssh_open(al2023.instance_id, True)
    assert al2023.run("echo open") == "open\n"


def test_a_machine_that_runs_can_be_copied_and_one_that_ends_itself_is_noticed(al2023: Guest) -> None:
    machines = al2023.hypervisor
    al2023.run("echo before | sudo tee /root/marker && sync")
    machines.snapshot(al2023.disks[0].volume_id, "snap-running", lambda percent: None)
    assert al2023.run("echo alive") == "alive\n"
    assert machines.timings(al2023.instance_id)["disk_copy"] > 0
    assert not al2023.powered_off.is_set()
    al2023.run("sudo systemctl --no-block poweroff")
    assert al2023.powered_off.wait(120)
    assert "Power down" in machines.console(al2023.instance_id)

    machines.create_volume("vol-00000000000000c09", 34, "snap-running")
    copy = Guest(machines, "i-00000000000000c09", "127.77.200.9", (Disk("vol-00000000000000c09", "/dev/xvda", 34),))
    copy.boot()
    assert copy.run("sudo cat /root/marker") == "before\n"
    copy.run(LATE)
    machines.reboot(copy.instance_id)
    await_that(lambda: "boot_to_ssh" in machines.timings(copy.instance_id), BOOT_SECONDS)
    assert "status: done" in copy.run("timeout 300 cloud-init status --wait")
    assert copy.run("sudo cat /root/marker") == "before\n"
    machines.power_off(copy.instance_id)
    assert machines.timings(copy.instance_id)["power_off"] < 60
    assert not copy.powered_off.is_set()
