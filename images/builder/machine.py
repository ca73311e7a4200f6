"""A machine of Kiln's own, started and connected."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cloud.session import Cloud
from images.builder import instances, launch, ssh_access
from images.builder.launch import Launched
from images.builder.order import Order
from images.record.report import Report
from kiln.errors import UserError
from kiln.undo import Undo

if TYPE_CHECKING:
    from provision.ssh.remote import Remote

CONNECT = 300  # seconds until SSH must answer
CLOUD_INIT = 600


def start(cloud: Cloud, undo: Undo, order: Order, report: Report) -> Launched:
    """Start an EC2 instance with a key pair and a security group of its own, and wait until it has an address."""
    with report.step(order.purpose) as line:
        key_name = ssh_access.make_key_pair(cloud, undo, order)
        group = ssh_access.make_security_group(cloud, undo, order)
        machine = launch.run(cloud, undo, order, key_name, group)
        reach = f"ssh from {order.boot.ssh_from} only" if order.boot.ssh_from else "no open port"
        place = f"{machine.placement.instance_type}, {machine.placement.subnet.zone}"
        line.note = f"{machine.instance_id} {place}, {reach}, off by itself at {machine.ends_at:%H:%M} UTC"
        report.machines.append(machine.instance_id)
        report.journal.event("instance", id=machine.instance_id, purpose=order.purpose, host=machine.host)
    return machine


@contextmanager
def connect(cloud: Cloud, machine: Launched, order: Order, report: Report) -> Iterator["Remote"]:
    """Connect by SSH to a machine whose cloud-init has finished; raises UserError with the console's last lines."""
    from provision.ssh.remote import Address, Remote

    proxy = order.builder.connect.proxy_command
    if proxy:
        proxy = proxy.replace("%i", machine.instance_id)
    address = Address(machine.host, order.builder.user, proxy_command=proxy)
    with Remote(address, order.keys.login_key, [order.keys.host_key]) as remote:
        with report.step("connect") as line:
            try:
                remote.connect(CONNECT)
            except UserError as error:
                raise _with_console(error, instances.read_console(cloud, machine.instance_id)) from error
            line.note = "host key as expected"
        with report.step("cloud-init"):
            remote.wait_for_cloud_init(CLOUD_INIT)
        yield remote


def _with_console(error: UserError, console: str) -> UserError:
    shown = (
        f"the machine's console ends with:\n{console}" if console else "the machine has printed nothing on its console"
    )
    return UserError(error.what, error.why, error.hint, output="\n".join(filter(None, (error.output, shown))))
