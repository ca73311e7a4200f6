"""`invoke test-ami`, as a person sees it."""

from cloud.session import Cloud
from images import testing
from images.acceptance.acceptance import boot_and_check
from images.builder.on_error import parse_on_error
from images.commands.recording import BUILDS, record
from kiln import words
from kiln.errors import Exit
from kiln.screen import Screen, print_json, print_result


def test(ami: str, image: str | None, region: str | None, *, on_error: str, as_json: bool) -> int:
    """Boot an AMI and check it. Returns an exit code; raises UserError when a check fails."""
    cloud = Cloud(region)
    boot, described = testing.prepare(cloud, ami, image, BUILDS)
    with record(Screen(), boot) as report:
        accepted = boot_and_check(cloud, boot, described, report, None, on_error=parse_on_error(on_error))
    if as_json:
        print_json(
            {
                "ami": ami,
                "checks": [proof.__dict__ for proof in accepted.proofs],
                "versions": accepted.facts.software,
                "packages": accepted.facts.packages,
            }
        )
    else:
        print_result(
            f"✓ {ami} passes {words.count(len(accepted.proofs), 'check')} of {boot.spec.name}   {report.total()}"
        )
    return Exit.DONE
