"""The acceptance boot: a machine from the AMI, with keys of its own, held against the same checks and hygiene."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cloud.session import Cloud
from images.amis.base import from_description
from images.builder import launch, machine
from images.builder.keys import generate_keys
from images.builder.machine import Proof
from images.builder.on_error import OnError, keep_on_error
from images.plan import volumes
from images.plan.boot import Boot
from images.record.report import Report
from kiln.undo import Undo
from provision.provisioners.hygiene_checks import Builder
from provision.ssh import versions
from provision.ssh.versions import Versions

if TYPE_CHECKING:
    from provision.ssh.remote import Remote


@dataclass(frozen=True)
class Accepted:
    """What the machine booted from the AMI showed; `facts` are versions and the list of packages."""

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
    disks = volumes.from_image(from_description(image))
    order = launch.Order(boot, "acceptance", image["ImageId"], disks, keys)
    with Undo(report.undone) as undo, keep_on_error(on_error, undo, boot, report, "the machine") as kept:
        kept.keys = keys
        booted = kept.machine = machine.start(cloud, undo, order, report)
        with machine.connected(cloud, booted, order, report) as remote:
            proofs = machine.check(remote, boot.image_checks(builder), report, "checks on the image")
            with report.step("inventory") as line:
                facts = installed(remote, boot.spec.aws_cli.prefix)
                line.note = f"{len(facts.packages)} packages"
        with report.step("end acceptance"):
            undo.run_until(0)
    return Accepted(proofs, facts)


def installed(remote: "Remote", prefix: str) -> Versions:
    """Versions, packages and room taken, as the machine itself tells them."""
    script = shlex.quote(versions.script(prefix))
    return versions.parse(remote.run(f"sudo -n bash -c {script}", timeout=300).stdout)
