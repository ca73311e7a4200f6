"""What user data on AWS Batch must never do: the parts that people add are held to `userdata.rules`."""

from collections.abc import Iterable

from kiln.errors import Problem, UserError
from provision.model.recipe import Family
from userdata.parts import Boothook, CloudConfig, Part
from userdata.rules import cloud_config, cloud_config_keys
from userdata.rules.examine import examine
from userdata.rules.finding import Brought, Finding, Material, Script


def check(part: Part, family: Family | None = None) -> None:
    """Raise UserError for a part that takes AWS Batch's place, or that would never let the ECS agent start."""
    refuse(examine(material_of([part]), family), f"user data: the part {part.name}")


def material_of(parts: Iterable[Part]) -> Material:
    """What parts of user data bring: boothooks and boot commands run first, scripts behind run commands."""
    parts = tuple(parts)
    configs = {part.name: part.text for part in parts if isinstance(part, CloudConfig)}
    whole = Material(findings=tuple(cloud_config_keys.check_together(configs)))
    for part in sorted(parts, key=lambda part: not isinstance(part, Boothook | CloudConfig)):
        who = f"user data: the part {part.name}"
        if isinstance(part, CloudConfig):
            whole = join(whole, cloud_config.read(who, part.text))
        else:
            script = Script(who, part.text, early=isinstance(part, Boothook))
            whole = join(whole, Material(scripts=(script,), texts=((who, part.text),)))
    return whole


def join(first: Material, second: Material) -> Material:
    """Both, one behind the other."""
    return Material(*(getattr(first, name) + getattr(second, name) for name in Material.__dataclass_fields__))


def script(name: str, text: str, *, builder: bool = False, noun: str = "the script") -> Material:
    """A script of a definition's own; `noun` says what else it is there: a check, a test."""
    who = f"{noun} {name!r}"
    return Material(scripts=(Script(who, text, builder=builder),), texts=((who, text),))


def file(path: str, content: bytes, *, builder: bool = False) -> Material:
    """A file of a definition's own; one that is no text holds nothing to be read."""
    who = f"the file {path}"
    text = content.decode(errors="replace")
    return Material(files=(Brought(who, path, text, builder=builder),), texts=((who, text),))


def refuse(findings: Iterable[Finding], source: str, reference: str = "") -> None:
    """Raise UserError for a refusal, Problem that names all where there are several; both show the warnings too."""
    every = list(findings)
    refused = [finding for finding in every if finding.refused]
    noted = [f"! {item.what}\n  {item.why}\n  {item.hint}" for item in every if not item.refused]
    if len(refused) == 1:
        only = refused[0]
        raise UserError(only.what, only.why, only.hint, output="\n".join([source, *noted]))
    if refused:
        problem = Problem(source, [f"{item.what}\n  {item.why}\n  {item.hint}" for item in refused], reference)
        problem.output = "\n".join([problem.output, *noted])
        raise problem


def list_warnings(findings: Iterable[Finding]) -> tuple[UserError, ...]:
    """The findings that do not keep a machine from working, as what, why and hint."""
    return tuple(UserError(item.what, item.why, item.hint) for item in findings if not item.refused)
