"""The tasks of Nextflow's side: its configuration."""

from invoke.context import Context

from cli.task import JSON, REGION, task


@task(
    help={
        "env": "a name under environments/, or the path of a YAML file",
        "check": "output of `nextflow config -flat`, or a trace: say which of its processes would wait for ever",
        "region": REGION,
        "json": JSON,
    },
)
def nextflow_config(
    c: Context, env: str = "genomics", check: str | None = None, region: str = "", json: bool = False
) -> int:  # fmt: skip
    """Print Nextflow's configuration for an environment."""
    if check is not None:
        from nextflow.config.check import command as checking

        return checking.check(check, env, region or None, as_json=json)
    from nextflow.config import command

    return command.nextflow_config(env, region or None, as_json=json)


@task(
    help={
        "push": "into the ECR repository nextflow of this account and region; else it is built alone",
        "on": "docker (of this computer), machine (that Kiln starts, and ends), or auto: docker where it answers",
        "base": "an image in place of the pinned base",
        "nextflow": "a program in place of Nextflow; a folder: nextflow, plugins/NAME-VERSION/, …; or base: its own",
        "aws-cli": "base: the base image has the AWS CLI",
        "package-sources": "a file with Debian's package sources (deb822), in place of the base image's",
        "region": REGION,
        "json": JSON,
    },
)
def nextflow_image(
    c: Context,
    push: bool = False,
    on: str = "auto",
    base: str = "",
    nextflow: str = "",
    aws_cli: str = "",
    package_sources: str = "",
    region: str = "",
    json: bool = False,
) -> int:
    """Build the container image of a run's head."""
    from nextflow.container import command

    return command.nextflow_image(
        region or None,
        push=push,
        on=on,
        base=base,
        nextflow=nextflow,
        aws_cli=aws_cli,
        sources=package_sources,
        as_json=json,
    )
