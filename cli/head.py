"""The tasks of the machine on which a person runs Nextflow's head."""

from invoke.context import Context

from cli.task import JSON, REGION, task

_ENV = "a name under environments/, or the path of a YAML file"


@task(
    help={
        "env": _ENV,
        "instance-type": "EC2 instance type",
        "ami": "latest (of images/nextflow-head.yaml), an AMI's id, or an alias such as ecs/al2023",
        "ssh-from": "who may reach port 22: a CIDR, auto (this computer, the default), or none (by SSM)",
        "time-limit": "it ends by itself after this time, but never while a Nextflow runs on it",
        "nextflow": "a program in place of the Nextflow of nextflow/pins.yaml, or none",
        "region": REGION,
        "json": JSON,
    },
)
def head_up(
    c: Context, env: str = "genomics", instance_type: str = "t3.small", ami: str = "latest", ssh_from: str = "",
    time_limit: str = "12 h", nextflow: str = "", region: str = "", json: bool = False,
) -> int:  # fmt: skip
    """Start a machine for running Nextflow by hand."""
    from nextflow.head import commands
    from nextflow.head.asked import Asked

    asked = Asked(env, instance_type, ami, ssh_from, time_limit, nextflow)
    return commands.head_up(asked, region or None, as_json=json)


@task(help={"env": _ENV})
def head_ssh(c: Context, env: str = "genomics") -> int:
    """Log in to the machine of head-up."""
    from nextflow.head import commands

    return commands.head_ssh(env)


@task(help={"env": _ENV, "region": REGION, "json": JSON})
def head_down(c: Context, env: str = "genomics", region: str = "", json: bool = False) -> int:
    """Remove the machine of head-up and all its parts."""
    from nextflow.head import commands

    return commands.head_down(env, region or None, as_json=json)
