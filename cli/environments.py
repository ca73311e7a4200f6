"""The tasks of environments: registering, showing, looking for faults, taking down."""

from invoke.context import Context

from cli.task import JSON, REGION, task

_ENVIRONMENT = {"env": "a name under environments/, or the path of a YAML file", "region": REGION}


@task(
    help={
        **_ENVIRONMENT,
        "ami": "latest, previous, ecs-optimized, an AMI id or an alias such as ecs/al2023; default: the definition's",
        "plan": "show what would be done and stop; exit code 2 when there is something to do",
        "yes": "do it without asking",
        "drain-timeout": "minutes that running jobs may go on; above 7200 no machine is replaced in place",
        "terminate-jobs": "end running jobs instead of waiting for them",
        "canary": "prove it with jobs; where they fail, go back to the AMI before",
        "verbose": "name what is unchanged too",
        "json": JSON,
    },
)
def register_env(
    c: Context,
    env: str = "genomics",
    ami: str = "",
    region: str = "",
    plan: bool = False,
    yes: bool = False,
    drain_timeout: int = 7200,
    terminate_jobs: bool = False,
    canary: bool = False,
    verbose: bool = False,
    json: bool = False,
) -> int:
    """Register an environment, if anything changed."""
    from environments.commands import environment as commands
    from environments.rollout import options as rollout
    from jobs.commands import canary as proof

    options = rollout.check_options(drain_timeout, terminate_jobs=terminate_jobs)
    return commands.register(
        env, ami, region or None, options,
        plan=plan, yes=yes, verbose=verbose, as_json=json, canary=proof.prove if canary else None,
    )  # fmt: skip


@task(
    iterable=["with_bucket", "with_ami"],
    help={
        **_ENVIRONMENT,
        "plan": "show what would go and stop; exit code 2 when there is something to do",
        "yes": "do it without asking",
        "terminate-jobs": "end the jobs that are not over, without asking",
        "with-bucket": "name of a bucket that goes though it holds data; repeatable",
        "with-ami": "id of an AMI that goes too, with its snapshots; repeatable",
        "json": JSON,
    },
)
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
    """Take an environment down; data and AMIs stay."""
    from environments.commands import destroy as destroy_command

    return destroy_command.destroy(
        env, region or None, buckets=with_bucket, amis=with_ami,
        plan=plan, yes=yes, terminate_jobs=terminate_jobs, as_json=json,
    )  # fmt: skip


@task(help={**_ENVIRONMENT, "json": JSON})
def show_env(c: Context, env: str = "genomics", region: str = "", json: bool = False) -> int:
    """Show an environment, its machines and jobs."""
    from environments.commands import environment as commands

    return commands.show_environment(env, region or None, as_json=json)


@task(help={"region": REGION, "json": JSON})
def list_envs(c: Context, region: str = "", json: bool = False) -> int:
    """List the environments of a region."""
    from environments.commands import environment as commands

    return commands.list_environments(region or None, as_json=json)


@task(
    help={
        "env": "name of an environment, or the path of its definition; default: every one in the region",
        "job": "id of a job to explain",
        "region": REGION,
        "json": JSON,
    },
)
def doctor(c: Context, env: str = "", job: str = "", region: str = "", json: bool = False) -> int:
    """Find what is wrong with environments or a job."""
    from environments.doctor import command as commands

    return commands.doctor(env, job, region or None, as_json=json)
