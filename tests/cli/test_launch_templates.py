"""The tasks of launch templates: what is typed reaches the command behind it."""

from images.amis import choose
from tests.support.typed import Record, Typed

TEMPLATE = "genomics-workflow-template"


def test_register_launch_template(typed: Typed, recorded: Record) -> None:
    register = recorded("launch_templates.commands.register", 2)
    assert typed("register-launch-template") == 2
    words = ("--template", "t", "--ami", "ami-1", "--region", "r", "--plan", "--set-default", "--json")
    typed("register-launch-template", *words)
    assert register.calls == [
        ((TEMPLATE, "", None, choose), {"plan": False, "set_default": False, "as_json": False}),
        (("t", "ami-1", "r", choose), {"plan": True, "set_default": True, "as_json": True}),
    ]


def test_show_user_data(typed: Typed, recorded: Record) -> None:
    show = recorded("launch_templates.commands.show_user_data")
    typed("show-user-data")
    typed("show-user-data", "--template", "t", "--ami", "ami-1", "--region", "r", "--json")
    assert show.calls == [
        ((TEMPLATE, "", None, choose), {"as_json": False}), (("t", "ami-1", "r", choose), {"as_json": True}),
    ]  # fmt: skip
