"""Each reference.yaml holds every key of its definitions at its place, with the code's own default, and loads."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from environments.spec.environment import EnvironmentSpec
from images.spec.image import ImageSpec
from kiln import site
from kiln.models import Model
from launch_templates.spec import LaunchTemplateSpec
from tests.support.reference import all_models, problems

ROOT = Path(__file__).parent.parent
MODELS: dict[str, type[BaseModel]] = {
    "images": ImageSpec,
    "launch_templates": LaunchTemplateSpec,
    "environments": EnvironmentSpec,
}


def text_of(room: str) -> str:
    return (ROOT / room / "reference.yaml").read_text()


def elsewhere(room: str) -> list[type[BaseModel]]:
    """What a machine needs is explained with the images, to which the launch templates' reference points."""
    if room != "launch_templates":
        return []
    assert "(images/reference.yaml has every key of these six)" in text_of(room)
    return [model for model in all_models(ImageSpec) if model.__module__.startswith("provision.")]


def faults(room: str, text: str) -> list[str]:
    return problems(text, MODELS[room], elsewhere(room))


@pytest.mark.parametrize("room", MODELS)
def test_every_key_stands_at_its_place_with_its_default(room: str) -> None:
    assert faults(room, text_of(room)) == []


def test_the_site_files_keys_are_the_images() -> None:
    """A site file has no reference of its own: what it may hold is explained with the images."""
    assert set(site.KEYS) <= set(ImageSpec.model_fields)
    assert "KILN_SITE=site.yaml" in text_of("images")


@pytest.mark.parametrize(
    ("room", "line", "behind", "fault"),
    [
        ("images", "    via: public", "  market: on-demand", "via stands where no such key belongs"),
        ("images", "    throughput: 125", "  user: ec2-user", "throughput stands where no such key belongs"),
        ("images", "  #   basesize: 40 GiB", "  enabled: true", "Devicemapper.basesize is missing"),
        (
            "images",
            "  #   ceiling: 4000 GiB",
            "  #   driver: devicemapper",
            "Autoscale.ceiling is missing",
        ),
        ("launch_templates", "    delete_on_termination: true", "    iops: 3000", "delete_on_termination stands where"),
        ("launch_templates", "keep_versions: 5", "    content: |", "LaunchTemplateSpec.keep_versions is missing"),
        ("launch_templates", "detailed_monitoring: false", "    # Default: true.", "detailed_monitoring stands where"),
        ("environments", "    gpus: 0", "    priority: 1", "gpus stands where no such key belongs"),
        ("environments", "        action: cancel", "    attempts: 2", "action stands where no such key belongs"),
        ("environments", "  session_manager: false", "", "Roles.session_manager is missing"),
    ],
)
def test_a_key_that_is_misplaced_or_missing_is_seen(room: str, line: str, behind: str, fault: str) -> None:
    """The line is taken out, and put behind another one, as deep as that."""
    lines = text_of(room).splitlines()
    [moved] = [other for other in lines if other.startswith(line)]
    lines.remove(moved)
    if behind:
        depth = len(behind) - len(behind.lstrip())
        lines.insert(lines.index(behind) + 1, " " * depth + moved.lstrip())
    assert [seen for seen in faults(room, "\n".join(lines)) if fault in seen]


@pytest.mark.parametrize(
    ("room", "right", "wrong"),
    [
        ("images", "Default: 90 min.", "Default: 80 min."),
        ("images", "default root:root", "default root:wheel"),
        ("images", "Default: awscli, boto3.", "Default: awscli."),
        ("images", "Default: 20 %", "Default: 25 %"),
        ("images", "by default 10 GiB", "by default 20 GiB"),
        ("launch_templates", "Default: 5.", "Default: 6."),
        ("launch_templates", "are refused. Default: none.", "are refused. Default: cloud-config."),
        ("environments", "Default: 256.", "Default: none."),
        ("environments", "# Default: true.", "# Default: false."),
        ("environments", "Default: AWS's own (100).", "Default: 100."),
        ("environments", "Default: [optimal].", "Default: [c5]."),
        ("environments", "MiB or GiB; a machine registers less than its nominal memory. Required.", "MiB or GiB."),
        ("environments", "Default: ecsInstanceRole.", "Required."),
    ],
)
def test_a_default_that_is_not_the_codes_is_seen(room: str, right: str, wrong: str) -> None:
    text = text_of(room)
    assert text.count(right) == 1, right
    assert len(faults(room, text.replace(right, wrong))) == 1


def test_a_default_that_changes_in_the_code_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Before(Model):
        size: int = 5
        key: str | None = None

    class After(Model):
        size: int = 6
        key: str | None = "aws/ebs"

    text = "# How many. Default: 5.\nsize: 5\n# Whose. Default: none.\nkey: null\n"
    assert problems(text, Before) == []
    assert len(problems(text, After)) == 2
