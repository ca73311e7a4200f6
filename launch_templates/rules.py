"""What in a launch template's definition would break a machine of AWS Batch, or is worth a warning."""

import re
from collections.abc import Iterator

from cloud.machine_images import Family
from kiln.errors import UserError
from launch_templates.spec import LaunchTemplateSpec, UserPart
from provision.image import find_impossible
from provision.provisioners import user_scripts
from userdata import documents, formats, refusals
from userdata.parts import KINDS, Part
from userdata.rules.examine import carriage
from userdata.rules.examine import examine as examine_material
from userdata.rules.finding import Finding, Material


def examine(spec: LaunchTemplateSpec, family: Family | None = None) -> tuple[Finding, ...]:
    """All findings of parts, scripts and files; what depends on the family of base images only where it is given."""
    parts: list[Part] = []
    wrong: list[Finding] = []
    for entry in spec.user_data:
        made = _part(entry)
        (wrong if isinstance(made, Finding) else parts).append(made)  # type: ignore[arg-type]
    whole = refusals.join(Material(findings=tuple(wrong)), refusals.material_of(parts))
    for script in spec.scripts.root:
        refused = user_scripts.refuse_shell(script)
        if refused:
            whole = refusals.join(whole, Material(findings=(_finding(refused),)))
        else:
            whole = refusals.join(whole, refusals.script(script.name, script.text))
        if script.check:
            whole = refusals.join(whole, refusals.script(script.name, script.check, noun="the check of"))
    for file in spec.files.root:
        whole = refusals.join(refusals.file(file.path, file.payload), whole)
    return examine_material(whole, family)


def find_impossible_parts(spec: LaunchTemplateSpec, family: Family | None) -> Iterator[Finding]:
    """Parts of the definition that cannot work on a family of base images."""
    for part, why in find_impossible(spec, family).items() if family else ():
        hint = f"See {part} in launch_templates/reference.yaml."
        yield Finding(f"{spec.name} cannot be registered", why, hint, True)


def find_family(spec: LaunchTemplateSpec) -> Family | None:
    """The family that the definition itself tells: by the alias of its AMI, or by its key."""
    alias = re.match(r"ecs/(al1|al2|al2023)(-|$)", spec.ami)
    return alias[1] if alias else spec.family  # type: ignore[return-value]


def _part(entry: UserPart) -> Part | Finding:
    if document := documents.refuse(entry.name, entry.text):
        return document
    if other := formats.refuse(entry.name, entry.type, entry.text):
        return other
    if "\r" in entry.text and entry.type != "cloud-config":
        return carriage(f"user data: the part {entry.name}", entry.text, entry.source or "")
    try:
        return KINDS[entry.type](entry.name, entry.text)
    except UserError as error:
        return _finding(error)


def _finding(error: UserError) -> Finding:
    return Finding(error.what, error.why, error.hint, True)
