"""The tasks of images: building, testing, listing, cleaning up."""

from invoke.context import Context

from cli.task import JSON, REGION, task

_IMAGE = {"image": "a name under images/, or the path of a YAML file", "region": REGION}


@task(
    help={
        **_IMAGE,
        "plan": "show what would be done and stop; exit code 2 when there is something to build",
        "force": "build even when an AMI with the same key exists",
        "on-error": "what happens to the builder when the build fails: cleanup, keep or ask",
        "test": "boot the AMI and check it (--no-test leaves it a candidate)",
        "json": JSON,
    },
)
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
    from images.commands import build as commands

    return commands.build(image, region or None, plan=plan, force=force, on_error=on_error, test=test, as_json=json)


@task(
    positional=["ami"],
    help={"ami": "id of the AMI", **_IMAGE, "on-error": "cleanup, keep or ask", "json": JSON},
)
def test_ami(
    c: Context, ami: str, image: str = "", region: str = "", on_error: str = "cleanup", json: bool = False
) -> int:
    """Boot any AMI and run its checks."""
    from images.commands import test as commands

    return commands.test(ami, image or None, region or None, on_error=on_error, as_json=json)


@task(help={"region": REGION, "json": JSON})
def list_amis(c: Context, region: str = "", json: bool = False) -> int:
    """List the AMIs that Kiln made."""
    from images.commands import amis as commands

    return commands.list_amis(region or None, as_json=json)


@task(
    help={"apply": "delete what is shown", "region": REGION, "json": JSON},
)
def clean(c: Context, apply: bool = False, region: str = "", json: bool = False) -> int:
    """Show what builds left behind; --apply deletes it."""
    from images.commands import amis as commands

    return commands.clean(region or None, apply=apply, as_json=json)


@task(positional=["instance"], help={"instance": "id of a builder kept with --on-error keep"})
def ssh(c: Context, instance: str) -> int:
    """Log in to a builder kept with --on-error keep."""
    from images.commands import ssh as commands

    return commands.ssh(instance)
