"""What in an image's definition would break a build or its machines, or is worth a warning."""

from collections.abc import Iterator

from images.spec import bases
from images.spec.image import ImageSpec
from kiln.errors import UserError
from provision.docker import unused_volume
from provision.image import find_impossible, list_image_recipes
from provision.model import downloads
from provision.model.recipe import Machine
from provision.provisioners import user_scripts
from userdata import refusals
from userdata.rules.examine import examine as examine_material
from userdata.rules.finding import Finding, Material


def examine(spec: ImageSpec) -> tuple[Finding, ...]:
    """All findings of its parts, scripts and files, held to the rules of a launch template's; files are loaded."""
    whole = Material()
    for file in spec.files.root:
        whole = refusals.join(whole, refusals.file(file.path, file.payload, builder=True))
    for script in spec.scripts.root:
        refused = user_scripts.refuse_shell(script)
        if refused:
            whole = refusals.join(whole, Material(findings=(_finding(refused),)))
        else:
            whole = refusals.join(whole, refusals.script(script.name, script.text, builder=True))
    for noun, name, text in _list_checks(spec):
        whole = refusals.join(whole, refusals.script(name, text, builder=True, noun=noun))
    findings = (*find_impossible_parts(spec), *examine_material(whole, spec.family), *_find_unused(spec, whole))
    stopped = spec.family == "al1" or any(finding.refused for finding in findings)
    return findings if stopped else (*findings, *_find_incomplete(spec))


def _list_checks(spec: ImageSpec) -> Iterator[tuple[str, str, str]]:
    """The user's own checks and tests: bash on the builder and on a machine booted from the AMI."""
    yield from (("the check of", script.name, script.check) for script in spec.scripts.root if script.check)
    yield from (("the test", test.name, test.script) for test in spec.tests)


def _find_unused(spec: ImageSpec, whole: Material) -> Iterator[Finding]:
    """A data volume that nothing uses; one that the base image has already is the base's."""
    data = spec.volumes.data
    if not data or not data.device or not spec.base.ssm or spec.family == "al1":
        return
    if not unused_volume.is_used(data.device, spec.docker_storage, [text for _, text in whole.texts]):
        yield Finding(*unused_volume.describe(data.device, data.size, spec.name), False)


def find_impossible_parts(spec: ImageSpec) -> Iterator[Finding]:
    """What the definition alone shows to be impossible."""
    for part, why in find_impossible(spec, spec.family).items():
        yield Finding(f"{spec.name} cannot be built", why, f"See {part} in images/reference.yaml.", True)
    volumes = (spec.volumes.root, spec.volumes.data)
    if spec.share.accounts and any(volume and volume.encrypted and not volume.kms_key for volume in volumes):
        yield Finding(
            "an image encrypted with the account's default key cannot be shared",
            "other accounts have no access to aws/ebs (Amazon EC2 User Guide, Share an AMI)",
            "Name a customer managed kms_key for every volume, or leave share out.",
            True,
        )


def _find_incomplete(spec: ImageSpec) -> Iterator[Finding]:
    """What one part of the definition lacks of another, such as growing storage without a data volume.

    Not of Amazon Linux 1, whose own images have the data volume already.
    """
    data, alias = spec.volumes.data, bases.ALIASES.get(spec.base.ssm or "")
    machine = Machine(
        family=spec.family,
        arch=alias.arch if alias else "x86_64",
        user=spec.builder.user,
        root_gib=spec.volumes.root.size or 30,
        data_device=data.device if data else None,
        data_gib=data.size if data else None,
        downloads=downloads.resolve_mirrors(spec.downloads),
    )
    try:
        list_image_recipes(spec, machine)
    except UserError as error:
        yield _finding(error)


def _finding(error: UserError) -> Finding:
    return Finding(error.what, error.why, error.hint, True)
