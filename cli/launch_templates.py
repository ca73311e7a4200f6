"""The tasks of launch templates and their user data."""

from invoke.context import Context

from cli.task import JSON, REGION, task

_TEMPLATE = {
    "template": "a name under launch_templates/, or the path of a YAML file",
    "ami": "latest, an AMI id or an alias such as ecs/al2023; default: the definition's",
    "region": REGION,
}


@task(
    help={
        **_TEMPLATE,
        "plan": "show what would be done and stop; exit code 2 when there is something to do",
        "set-default": "make the version the template's default",
        "json": JSON,
    },
)
def register_launch_template(
    c: Context,
    template: str = "genomics-workflow-template",
    ami: str = "",
    region: str = "",
    plan: bool = False,
    set_default: bool = False,
    json: bool = False,
) -> int:
    """Register a launch template, if it changed."""
    from images.amis import choose
    from launch_templates import commands

    return commands.register(template, ami, region or None, choose, plan=plan, set_default=set_default, as_json=json)


@task(help={**_TEMPLATE, "json": JSON})
def show_user_data(
    c: Context, template: str = "genomics-workflow-template", ami: str = "", region: str = "", json: bool = False
) -> int:
    """Show a launch template's user data, decoded."""
    from images.amis import choose
    from launch_templates import commands

    return commands.show_user_data(template, ami, region or None, choose, as_json=json)
