"""The tasks register-env, show-env and list-envs, as a person sees them. They return exit codes (kiln.errors.Exit)."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from cloud.session import Cloud
from environments.apply import apply, removal
from environments.commands import inventory, proof
from environments.commands.proof import Canary
from environments.machines import instance_types
from environments.plan.plan import Plan
from environments.plan.prepare import prepare
from environments.rollout.options import Options
from environments.screens import environment as show_env
from environments.screens import plan as show
from environments.screens import plan_document
from environments.spec import definitions
from kiln import typed, words
from kiln.asking import agree
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result


def register(
    env: str,
    ami: str,
    region: str | None,
    options: Options,
    *,
    plan: bool,
    yes: bool,
    verbose: bool,
    as_json: bool,
    canary: Canary | None = None,
) -> int:
    """Do what `invoke register-env` does: plan, show, ask, apply; then prove it, where there is a `canary`."""
    spec = definitions.load(env)
    cloud, screen, began = Cloud(region), Screen(), time.monotonic()
    planned = prepare(cloud, spec, ami, options, env=env)
    command = f"register-env --env {env}" + (f" --ami {ami}" if ami else "")
    if plan or (planned.at_rest and not planned.something_to_do):
        if canary and not plan:
            proof.prove(cloud, planned, canary, options, screen)
        if as_json:
            print_json(plan_document.make_document(planned, applied=False))
        elif planned.something_to_do or verbose:
            print_result(show.render_header(planned) + show.render_plan(planned, command, verbose=verbose))
        else:
            print_result(show.render_up_to_date(planned))
        return Exit.SOMETHING_TO_DO if planned.something_to_do else Exit.DONE
    changes = show.render_plan(planned, command, verbose=verbose) if planned.something_to_do else ""
    screen.say((show.render_header(planned) + changes).rstrip("\n"))
    ends = bool(planned.removals.jobs) and not options.terminate_jobs
    if planned.something_to_do and not _agreed(screen, command, planned, yes=yes, ends=ends):
        return Exit.SOMETHING_TO_DO
    apply.apply(cloud, planned, replace(options, end_queued=ends), screen)
    if canary:
        proof.prove(cloud, planned, canary, options, screen)
    if as_json:
        print_json(plan_document.make_document(planned, applied=True))
    else:
        print_result(
            show.render_applied(planned, words.format_seconds(time.monotonic() - began), sum(cloud.calls.values()))
        )
    return Exit.DONE


def _agreed(screen: Screen, command: str, planned: Plan, *, yes: bool, ends: bool) -> bool:
    """Ask what no option answered; raises UserError where nobody can answer. Ending jobs is a question of its own."""
    unasked = [] if yes else ["Apply this?"]
    if ends:
        unasked.append(f"End {words.count(len(planned.removals.jobs), 'job')}?")
    nobody = UserError(
        "nobody is here to answer",
        "there is something to do, and no terminal to ask a person",
        f"Look with --plan, and apply with: {typed.command(command)} --yes",
    )
    return agree(screen, unasked, removal.describe_refusal(planned.removals) if ends else nobody)


def show_environment(env: str, region: str | None, *, as_json: bool) -> int:
    """Do what `invoke show-env` does."""
    name, cloud = definitions.name_of(env), Cloud(region)
    entry = next((entry for entry in inventory.list_environments(cloud) if entry.name == name), None)
    if entry is None:
        raise UserError(
            f"there is no environment {name} in {cloud.region}",
            "no compute environment or queue there has its tag",
            f"{typed.command('list-envs')} shows all. {definitions.suggest_registering(env)}".rstrip(),
        )
    named = {name for compute in entry.compute for name in compute.fields["instanceTypes"]}
    types = instance_types.describe(cloud, named)
    joined = inventory.count_instances(cloud, entry.compute)
    jobs = {queue.name: inventory.count_jobs(cloud, queue.name) for queue in entry.queues}
    images = inventory.describe_images(cloud, entry.amis)
    if as_json:
        print_json(show_env.make_document(entry, joined, jobs, images, types, datetime.now(UTC)))
    else:
        print_result(f"{name} in {cloud.region}\n" + show_env.render_environment(entry, joined, jobs, images, types))
    return Exit.DONE


def list_environments(region: str | None, *, as_json: bool) -> int:
    """Do what `invoke list-envs` does."""
    cloud = Cloud(region)
    entries = inventory.list_environments(cloud)
    if as_json:
        print_json([show_env.make_entry_document(entry) for entry in entries])
    else:
        print_result(show_env.render_list(entries, cloud.region))
    return Exit.DONE
