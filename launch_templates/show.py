"""Texts of the launch template tasks (pure)."""

from collections.abc import Sequence
from typing import Any

from cloud.session import Cloud
from kiln import typed, words
from launch_templates.contents import Contents
from launch_templates.plan import Plan
from launch_templates.register import Registered
from userdata import mime
from userdata.decode import Decoded


def render_header(cloud: Cloud, plan: Plan) -> str:
    """Which template, which AMI, and why."""
    image = plan.chosen.image
    key = f"key {plan.chosen.key[:8]}" if plan.chosen.key else ""
    return "\n".join(
        [
            "",
            f"{plan.spec.name} in {cloud.region:<40}  {key}".rstrip(),
            f"  ami    {image.id}  {image.name}, {image.arch}",
            f"  why    {plan.chosen.why}",
            f"  boot   {render_boot(plan.contents)}",
            *render_no_room(plan.contents),
            *render_warnings(plan.contents),
            "",
        ]
    )


def render_boot(made: Contents) -> str:
    """What user data does, and what it need not do."""
    used = f"{words.format_size(len(made.mime))} of {words.format_size(mime.LIMIT)} of user data"
    does = f"{used}: {', '.join(part.name for part in made.parts)}" if made.parts else "no user data"
    if made.delivered:
        does += f" ({_names(made.delivered)})"
    return does + (f"; the AMI carries {_names(made.carried)}" if made.carried else "")


def render_no_room(made: Contents) -> list[str]:
    """A warning where AWS Batch's own part of user data may not fit beside Kiln's."""
    if len(made.mime) <= mime.LIMIT - mime.ROOM_FOR_BATCH:
        return []
    free = words.format_size(mime.LIMIT - len(made.mime))
    return [f"  !      AWS Batch adds a part of its own and has only {free}: build an image that carries more"]


def render_warnings(made: Contents) -> list[str]:
    """What is worth knowing of the user's own parts, scripts and files."""
    return [
        line
        for warning in made.warnings
        for line in (f"  !      {warning.what}", f"         {warning.why}", f"         {warning.hint}")
    ]


def _names(provisioners: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in provisioners)


def render_plan(plan: Plan, options: str) -> str:
    """What `--plan` prints, a line for every change; `options` are those that say which template and AMI."""
    lines = [_version_line(plan)]
    if plan.default is not None and plan.template:
        lines.append(f"  ~  default          v{plan.template.default} → v{plan.default}")
    lines += [f"  -  version          v{number}   old, and no compute environment uses it" for number in plan.prune]
    lines += _notes(plan)
    options += " --set-default" if plan.default is not None else ""
    done = [int(plan.same is None), int(plan.default is not None), len(plan.prune)]
    lines.append(f"{done[0]} to register, {done[1]} to update, {done[2]} to delete. "
                 f"Apply with: {typed.command('register-launch-template' + options)}")  # fmt: skip
    return "\n".join(lines)


def _version_line(plan: Plan) -> str:
    name = f"launch template  {plan.spec.name}"
    if plan.template is None:
        return f"  +  {name}   v1"
    if plan.same is not None:
        return f"  =  {name}   v{plan.same} says the same already"
    return f"  ~  {name}   v{plan.template.default} → v{plan.number}   {', '.join(plan.changes)}"


def _notes(plan: Plan) -> list[str]:
    """Why old versions stay although they are old."""
    if plan.usage.unknown:
        return [f"  !  no old version is deleted: {plan.usage.unknown}"]
    if plan.usage.following:
        names = ", ".join(plan.usage.following)
        return [f"  !  no old version is deleted: {names} follows $Default or $Latest, and AWS does not tell to which"]
    return []


def render_up_to_date(plan: Plan) -> str:
    """Nothing to do: the version to hand on."""
    assert plan.template is not None
    which = "the default" if plan.number == plan.template.default else f"not the default (v{plan.template.default})"
    return (
        f"✓ {plan.spec.name} is up to date: v{plan.number}, {which}, says the same ({plan.template.id}).\n"
        f"  use   launchTemplateName={plan.spec.name},version={plan.number}"
    )


def render_registered(plan: Plan, done: Registered, options: str) -> str:
    """The end of a registration: always the number to hand on, never $Latest."""
    what = "registered" if done.created else "there already"
    lines = [f"✓ {plan.spec.name}   v{done.version}   {what}   {done.id}"]
    if done.created and plan.template is not None:
        lines.append(f"  changed  {', '.join(plan.changes)}")
    lines.append(f"  default  v{done.default}")
    if done.default != done.version:
        move = typed.command(f"register-launch-template{options} --set-default")
        lines[-1] += f"; make it v{done.version}: {move}"
    if done.deleted:
        lines.append(f"  deleted  {', '.join(f'v{number}' for number in done.deleted)}")
    lines += _notes(plan)
    lines.append(f"  use      launchTemplateName={plan.spec.name},version={done.version}")
    return "\n".join(lines)


def make_document(cloud: Cloud, plan: Plan, done: Registered | None) -> dict[str, Any]:
    """The same for programs; `done` is None where nothing was changed."""
    template = plan.template
    id_ = done.id if done else template.id if template else None
    return {
        "template": plan.spec.name, "region": cloud.region, "id": id_,
        "version": done.version if done else plan.number, "registered": bool(done and done.created),
        "default": done.default if done else template.default if template else None, "changes": plan.changes,
        "something_to_do": plan.something_to_do and done is None,
        "delete": plan.prune if done is None else (), "deleted": done.deleted if done else (),
        "ami": plan.chosen.image.id, "why": plan.chosen.why, "key": plan.chosen.key or None,
        "user_data_bytes": len(plan.contents.mime), "delivered": plan.contents.delivered,
        "carried": plan.contents.carried, "data": plan.data,
    }  # fmt: skip


def render_user_data(made: Contents, parts: Sequence[Decoded]) -> str:
    """Every part as cloud-init will read it, under a line that says what it is."""
    if not parts:
        return "no user data: " + (
            f"the AMI carries {_names(made.carried)}" if made.carried else "nothing is asked for"
        )
    blocks = []
    for part in parts:
        size = words.format_size(len(part.text.encode()))
        packed = f", {words.format_size(part.packed)} packed ({part.encoding})" if part.encoding != "plain" else ""
        title = f"── {part.name}   {part.kind}   {size}{packed} "
        blocks.append(f"{title:─<100}\n{part.text.rstrip()}\n")
    return "\n".join([*blocks, f"── {render_boot(made)}"])
