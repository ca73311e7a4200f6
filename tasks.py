"""Kiln's tasks: names, help and options, and the one boundary where errors become words. No logic lives here."""

import functools
import sys
import traceback
from collections.abc import Callable
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.tasks import task

_TASK = {"auto_shortflags": False}


def _bounded(function: Callable[..., int | None]) -> Callable[..., None]:
    """Run a task's body; its result, or the error that it ends with, becomes the exit code (see kiln.errors.Exit)."""

    @functools.wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        from kiln import signals

        try:
            with signals.handled():
                code = function(*arguments, **options)
        except BaseException as error:
            code = _told(error)
        if code:
            sys.exit(code)

    return run


def _told(error: BaseException) -> int:
    from kiln import boundary

    if isinstance(error, SystemExit):
        raise error
    code = boundary.tell(_in_words(error))
    if code is None:
        traceback.print_exception(error)
        print("This is a bug in Kiln: please report it with the lines above.", file=sys.stderr)
        return 3
    return code


def _in_words(error: BaseException) -> BaseException:
    """Errors of AWS and of the sandbox (which knows nothing of Kiln's) as what a person can mend."""
    from kiln.errors import UserError

    origin = type(error).__module__.partition(".")[0]
    told: UserError | None = None
    if isinstance(error, Exception) and origin in {"boto3", "botocore"}:
        from cloud.errors import translate

        told = translate(error)
    elif isinstance(error, Exception) and origin == "sandbox":
        told = UserError(str(error))
    if told is not None and hasattr(error, "left"):
        told.left = error.left
    return told or error


_TEMPLATE = {
    "template": "a name under launch_templates/, or the path of a YAML file",
    "ami": "latest, an AMI id or an alias such as ecs/al2023; default: the definition's",
    "region": "AWS region; default: the AWS configuration's",
}
_ENVIRONMENT = {
    "env": "a name under environments/, or the path of a YAML file",
    "region": "AWS region; default: the AWS configuration's",
}
_IMAGE = {
    "image": "a name under images/, or the path of a YAML file",
    "region": "AWS region; default: the AWS configuration's",
}


@task(
    help={
        **_IMAGE,
        "plan": "show what would be done and stop; exit code 2 when there is something to build",
        "force": "build even when an AMI with the same key exists",
        "on-error": "what happens to the builder when the build fails: cleanup, keep or ask",
        "test": "boot the AMI and check it (--no-test leaves it a candidate)",
        "json": "one JSON document on stdout",
    },
    **_TASK,
)
@_bounded
def build_ami(
    c: Context,
    image: str = "nextflow-al2023",
    region: str = "",
    plan: bool = False,
    force: bool = False,
    on_error: str = "cleanup",
    test: bool = True,
    json: bool = False,
) -> int:
    """Build and test an AMI, if anything changed."""
    from images import commands

    return commands.build(image, region or None, plan=plan, force=force, on_error=on_error, test=test, as_json=json)


@task(
    positional=["ami"],
    help={"ami": "id of the AMI", **_IMAGE, "on-error": "cleanup, keep or ask", "json": "one JSON document on stdout"},
    **_TASK,
)
@_bounded
def test_ami(
    c: Context, ami: str, image: str = "", region: str = "", on_error: str = "cleanup", json: bool = False
) -> int:
    """Boot any AMI and run its checks."""
    from images import commands

    return commands.test(ami, image or None, region or None, on_error=on_error, as_json=json)


@task(help={"region": _IMAGE["region"], "json": "one JSON document on stdout"}, **_TASK)
@_bounded
def list_amis(c: Context, region: str = "", json: bool = False) -> int:
    """List the AMIs that Kiln made."""
    from images import commands

    return commands.list_amis(region or None, as_json=json)


@task(
    help={"apply": "delete what is shown", "region": _IMAGE["region"], "json": "one JSON document on stdout"},
    **_TASK,
)
@_bounded
def clean(c: Context, apply: bool = False, region: str = "", json: bool = False) -> int:
    """Show what builds left behind; --apply deletes it."""
    from images import commands

    return commands.clean(region or None, apply=apply, as_json=json)


@task(iterable=["path"], help={"path": "a YAML file or a folder; repeatable; default: all that Kiln ships"}, **_TASK)
@_bounded
def validate(c: Context, path: list[str]) -> int:
    """Check YAML definitions, all problems at once."""
    from environments import definitions as environments
    from images import definitions as images
    from kiln.validation import validate
    from launch_templates import definitions as launch_templates

    return validate(path, (images.KIND, launch_templates.KIND, environments.KIND))


@task(
    help={
        **_TEMPLATE,
        "plan": "show what would be done and stop; exit code 2 when there is something to do",
        "set-default": "make the version the template's default",
        "json": "one JSON document on stdout",
    },
    **_TASK,
)
@_bounded
def register_launch_template(
    c: Context,
    template: str = "genomics-workflow-template",
    ami: str = "",
    region: str = "",
    plan: bool = False,
    set_default: bool = False,
    json: bool = False,
) -> int:
    """Register a launch template's next version, if anything changed."""
    from images import choose
    from launch_templates import commands

    return commands.register(template, ami, region or None, choose, plan=plan, set_default=set_default, as_json=json)


@task(help={**_TEMPLATE, "json": "one JSON document on stdout"}, **_TASK)
@_bounded
def show_user_data(
    c: Context, template: str = "genomics-workflow-template", ami: str = "", region: str = "", json: bool = False
) -> int:
    """Show a launch template's user data, decoded, part by part."""
    from images import choose
    from launch_templates import commands

    return commands.show_user_data(template, ami, region or None, choose, as_json=json)


@task(
    help={
        **_ENVIRONMENT,
        "ami": "latest, previous, ecs-optimized, an AMI id or an alias such as ecs/al2023; default: the definition's",
        "plan": "show what would be done and stop; exit code 2 when there is something to do",
        "yes": "do it without asking",
        "drain-timeout": "minutes that running jobs may go on; above 7200 no machine is replaced in place",
        "terminate-jobs": "end running jobs instead of waiting for them",
        "verbose": "name what is unchanged too",
        "json": "one JSON document on stdout",
    },
    **_TASK,
)
@_bounded
def register_env(
    c: Context,
    env: str = "genomics",
    ami: str = "",
    region: str = "",
    plan: bool = False,
    yes: bool = False,
    drain_timeout: int = 7200,
    terminate_jobs: bool = False,
    verbose: bool = False,
    json: bool = False,
) -> int:
    """Register an environment: all that AWS Batch needs, if anything changed."""
    from environments import commands, rollout

    options = rollout.options(drain_timeout, terminate_jobs=terminate_jobs)
    return commands.register(env, ami, region or None, options, plan=plan, yes=yes, verbose=verbose, as_json=json)


@task(
    iterable=["with_bucket", "with_ami"],
    help={
        **_ENVIRONMENT,
        "plan": "show what would go and stop; exit code 2 when there is something to do",
        "yes": "do it without asking",
        "terminate-jobs": "end the jobs that are not over, without asking",
        "with-bucket": "name of a bucket that goes though it holds data; repeatable",
        "with-ami": "id of an AMI that goes too, with its snapshots; repeatable",
        "json": "one JSON document on stdout",
    },
    **_TASK,
)
@_bounded
def destroy_env(
    c: Context,
    with_bucket: list[str],
    with_ami: list[str],
    env: str = "genomics",
    region: str = "",
    plan: bool = False,
    yes: bool = False,
    terminate_jobs: bool = False,
    json: bool = False,
) -> int:
    """Take an environment down: what only it uses goes, data and AMIs stay."""
    from environments import destroy_command

    return destroy_command.destroy(
        env, region or None, buckets=with_bucket, amis=with_ami,
        plan=plan, yes=yes, terminate_jobs=terminate_jobs, as_json=json,
    )  # fmt: skip


@task(help={**_ENVIRONMENT, "json": "one JSON document on stdout"}, **_TASK)
@_bounded
def show_env(c: Context, env: str = "genomics", region: str = "", json: bool = False) -> int:
    """Show an environment: status, vCPUs, instances, jobs and AMI."""
    from environments import commands

    return commands.show_environment(env, region or None, as_json=json)


@task(help={"region": _IMAGE["region"], "json": "one JSON document on stdout"}, **_TASK)
@_bounded
def list_envs(c: Context, region: str = "", json: bool = False) -> int:
    """List the environments that are registered in a region."""
    from environments import commands

    return commands.list_environments(region or None, as_json=json)


@task(
    help={
        "env": "name of an environment, or the path of its definition; default: every one in the region",
        "job": "id of a job to explain",
        "region": _IMAGE["region"],
        "json": "one JSON document on stdout",
    },
    **_TASK,
)
@_bounded
def doctor(c: Context, env: str = "", job: str = "", region: str = "", json: bool = False) -> int:
    """Find what is wrong with environments, or with one job; exit code 2 when there is something."""
    from environments.doctor import commands

    return commands.doctor(env, job, region or None, as_json=json)


@task(
    iterable=["env", "github_environment"],
    help={
        "env": "a name under environments/, or the path of a YAML file; repeatable; default: genomics",
        "boundary": "ARN of a policy that must bound every role that Kiln makes; default: the definitions'",
        "region": "limit it to a region",
        "account": "limit it to an account (twelve digits)",
        "trust": "OWNER/REPOSITORY on GitHub: print the trust policy of its role instead",
        "github-environment": "a GitHub environment that the trust names; repeatable; default: plan and apply",
    },
    **_TASK,
)
@_bounded
def iam_policy(
    c: Context,
    env: list[str],
    github_environment: list[str],
    boundary: str = "",
    region: str = "",
    account: str = "",
    trust: str = "",
) -> int:
    """Print the least that the person or CI role running Kiln must be allowed."""
    from environments import operator_policy

    return operator_policy.command(env, boundary, region, account, trust, github_environment or ["plan", "apply"])


@task(positional=["instance"], help={"instance": "id of a builder kept with --on-error keep"}, **_TASK)
@_bounded
def ssh(c: Context, instance: str) -> int:
    """Log in to a builder kept with --on-error keep."""
    from images import commands

    return commands.ssh(instance)


@task(default=True, help={"machines": "--no-machines: the control plane alone, no QEMU"}, **_TASK)
@_bounded
def sandbox_start(c: Context, machines: bool = True) -> int | None:
    """Start the offline AWS for the tasks that follow."""
    from kiln import typed
    from sandbox import screens

    screens.enter(machines=machines)
    typed.begin_with("invoke sandbox")
    return None


@task(**_TASK)
@_bounded
def sandbox_status(c: Context) -> int | None:
    """Show the offline AWS and its machines."""
    from sandbox import screens

    screens.show_status()
    return None


@task(**_TASK)
@_bounded
def sandbox_env(c: Context) -> int | None:
    """Print exports that turn another shell to it."""
    from sandbox import screens

    screens.show_environment()
    return None


@task(positional=["instance"], help={"instance": "id of a running instance of the offline AWS"}, **_TASK)
@_bounded
def sandbox_ssh(c: Context, instance: str) -> int | None:
    """Log in to one of its machines."""
    from sandbox import screens

    screens.ssh(instance)
    return None


@task(**_TASK)
@_bounded
def sandbox_down(c: Context) -> int | None:
    """Stop the offline AWS and its machines."""
    from sandbox import screens

    screens.down()
    return None


sandbox = Collection("sandbox", auto_dash_names=True)
sandbox.add_task(sandbox_start, name="start", default=True)
for _name, _body in (("status", sandbox_status), ("env", sandbox_env), ("ssh", sandbox_ssh), ("down", sandbox_down)):
    sandbox.add_task(_body, name=_name)

namespace = Collection(
    build_ami, test_ami, list_amis, clean, register_launch_template, show_user_data, register_env, show_env, list_envs,
    doctor, destroy_env, iam_policy, validate, ssh, sandbox,
)  # fmt: skip
