"""What `invoke head-up`, `head-ssh` and `head-down` do, as a person sees them. They return exit codes."""

from dataclasses import replace
from typing import Any

from cloud.session import Cloud
from environments.spec import definitions
from images.commands.ssh import become
from kiln import typed
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result
from nextflow.head import local, machine, rights
from nextflow.head.asked import Asked, find_proxy
from nextflow.head.names import Head
from nextflow.head.up import Up, bring_up


def head_up(asked: Asked, region: str | None, *, as_json: bool) -> int:
    """Bring up the head node of an environment; what a broken run left is taken up, and head-down removes it.

    Raises UserError as `bring_up` does.
    """
    spec, cloud, screen = definitions.load(asked.env), Cloud(region), Screen()
    head = Head(spec.name)
    kept = local.find(head)
    if kept and kept.region != cloud.region and machine.find_machines(Cloud(kept.region), head):
        raise _refuse_elsewhere(head, kept.region)
    up = bring_up(cloud, spec, head, asked, screen)
    if as_json:
        print_json({"environment": head.environment, "region": cloud.region, "instance": up.instance,
                    "host": up.kept.host or None, "ends": up.kept.ends, "is_new": up.is_new})  # fmt: skip
    else:
        print_result(_describe(head, up))
    return Exit.DONE


def head_ssh(env: str) -> int:
    """Become ssh(1), or a session of SSM, in the machine's tmux; raises UserError where there is no head node."""
    head = Head(definitions.name_of(env))
    kept = local.read(head)
    running = _find(head, kept.region)
    if running.get("PublicIpAddress") and kept.host:
        kept = replace(kept, host=str(running["PublicIpAddress"]))
    command = local.make_command(head, kept, str(running["InstanceId"]), find_proxy())
    become(command)
    return Exit.DONE


def head_down(env: str, region: str | None, *, as_json: bool) -> int:
    """Remove the head node of an environment and all that belongs to it, in the region where it was started.

    Raises UserError where another region is named: its rights and its key are the same in all of them.
    """
    head, screen = Head(definitions.name_of(env)), Screen()
    kept = local.find(head)
    if kept and region and kept.region != region:
        raise _refuse_elsewhere(head, kept.region)
    cloud = Cloud(kept.region if kept else region)
    with screen.step("head-down"):
        removed = [*machine.remove(cloud, head), *rights.remove_profile(cloud, head)]
        local.forget(head)
    if as_json:
        print_json({"environment": head.environment, "region": cloud.region, "removed": removed})
    elif removed:
        print_result("\n".join(f"  -  {what}" for what in removed))
    else:
        print_result(f"there is no head node of {head.environment} in {cloud.region}")
    return Exit.DONE


def _refuse_elsewhere(head: Head, region: str) -> UserError:
    return UserError(
        f"the head node of {head.environment} is in {region}", f"{head.folder} has its key; there is one at a time",
        f"Remove it first: {typed.command(f'head-down --env {head.environment} --region {region}')}",
    )  # fmt: skip


def _find(head: Head, region: str) -> dict[str, Any]:
    """Find the machine, as EC2 describes it; raises UserError where it is gone."""
    running = machine.find_up(Cloud(region), head)
    if running is None:
        raise UserError(
            f"there is no head node of {head.environment} in {region}",
            "it has ended behind its time limit, or somebody ended it",
            f"Start another: {typed.command(f'head-up --env {head.environment}')}",
        )
    return running


def _describe(head: Head, up: Up) -> str:
    way = f"ssh to {up.kept.host}" if up.kept.host else "SSM Session Manager"
    enter = typed.command(f"head-ssh --env {head.environment}")
    end = typed.command(f"head-down --env {head.environment}")
    return (
        f"✓ {head.name}   {up.instance}, {way}{'' if up.is_new else ', up already'}\n"
        f"  ends    behind {up.kept.ends}, as soon as no Nextflow runs on it\n"
        f"  next    {enter}; a run there goes on when the connection is lost\n"
        f"  end     {end}"
    )
