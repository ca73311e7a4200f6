"""The acceptance boot: an instance of the new AMI, with keys of its own, must pass the same checks and the hygiene."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cloud.session import Cloud
from images.amis.base import from_description
from images.builder import machine, provisioning
from images.builder.keys import generate_keys
from images.builder.on_error import OnError, keep_on_error
from images.builder.order import Order
from images.builder.provisioning import Proof
from images.plan import volumes
from images.plan.boot import Boot
from images.record.report import Report
from kiln.undo import Undo
from provision.hygiene.checks import Builder
from provision.ssh import versions
from provision.ssh.versions import Versions

if TYPE_CHECKING:
    from provision.ssh.remote import Remote


@dataclass(frozen=True)
class Accepted:
    """The checks that passed on an instance of the AMI; `facts` are versions and the list of packages."""

    proofs: list[Proof]
    facts: Versions


def boot_and_check(
    cloud: Cloud,
    boot: Boot,
    image: dict[str, Any],
    report: Report,
    builder: Builder | None,
    *,
    on_error: OnError,
) -> Accepted:
    """Boot `image`, run every check and the hygiene checks, end the machine; raises UserError when a check fails."""
    keys = generate_keys(f"kiln-{boot.build_id}-acceptance")
    disks = volumes.map_image(from_description(image))
    order = Order(boot, "acceptance", image["ImageId"], disks, keys)
    with Undo(report.undone) as undo, keep_on_error(on_error, undo, boot, report, "the machine") as kept:
        kept.keys = keys
        booted = kept.machine = machine.start(cloud, undo, order, report)
        with machine.connect(cloud, booted, order, report) as remote:
            proofs = provisioning.check(remote, boot.image_checks(builder), report, "checks on the image")
            with report.step("inventory") as line:
                facts = read_versions(remote, boot.spec.aws_cli.prefix)
                line.note = f"{len(facts.packages)} packages"
        with report.step("end acceptance"):
            undo.run_until(0)
    return Accepted(proofs, facts)


def read_versions(remote: "Remote", prefix: str) -> Versions:
    """Ask the machine which software it has: versions, the list of packages, bytes in use."""
    script = shlex.quote(versions.make_script(prefix))
    return versions.parse(remote.run(f"sudo -n bash -c {script}", timeout=300).stdout)
