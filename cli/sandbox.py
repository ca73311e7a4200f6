"""The tasks of the offline AWS."""

from invoke.collection import Collection
from invoke.context import Context

from cli.task import is_help_asked, task


@task(default=True, help={"machines": "--no-machines: the control plane alone, no QEMU"})
def sandbox_start(c: Context, machines: bool = True) -> int | None:
    """Start the offline AWS for the tasks that follow."""
    from kiln import typed
    from sandbox.command import screens

    if is_help_asked():  # of a task that follows, which shows it
        return None
    screens.enter(machines=machines)
    typed.begin_with("invoke sandbox")
    return None


@task()
def sandbox_status(c: Context) -> int | None:
    """Show the offline AWS and its machines."""
    from sandbox.command import screens

    screens.show_status()
    return None


@task()
def sandbox_env(c: Context) -> int | None:
    """Print exports that turn another shell to it."""
    from sandbox.command import screens

    screens.show_environment()
    return None


@task(positional=["instance"], help={"instance": "id of a running instance of the offline AWS"})
def sandbox_ssh(c: Context, instance: str) -> int | None:
    """Log in to one of its machines."""
    from sandbox.command import screens

    screens.ssh(instance)
    return None


@task(
    positional=["file"],
    help={
        "file": "what docker save wrote, or an OCI archive",
        "as": "name it is pulled by, such as debian:12, quay.io/x/y:1, or a repository of ECR; default the file's own",
    },
)
def sandbox_load_image(c: Context, file: str, as_: str = "") -> int | None:
    """Give the offline AWS a container image."""
    from sandbox.command import screens

    screens.load_image(file, as_)
    return None


@task(positional=["instance"], help={"instance": "id of a running Spot Instance of the offline AWS"})
def sandbox_interrupt(c: Context, instance: str) -> int | None:
    """Have a Spot Instance taken back."""
    from sandbox.command import screens

    screens.interrupt(instance)
    return None


@task()
def sandbox_down(c: Context) -> int | None:
    """Stop the offline AWS and its machines."""
    from sandbox.command import screens

    screens.down()
    return None


sandbox = Collection("sandbox", auto_dash_names=True)
sandbox.add_task(sandbox_start, name="start", default=True)
for _name, _body in (
    ("status", sandbox_status), ("env", sandbox_env), ("ssh", sandbox_ssh), ("load-image", sandbox_load_image),
    ("interrupt", sandbox_interrupt),
    ("down", sandbox_down),
):  # fmt: skip
    sandbox.add_task(_body, name=_name)
