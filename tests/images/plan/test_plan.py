"""Preflight: what a build would do, and what it is refused for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from images.plan import key
from images.plan.plan import find_end_of_support, find_free_name, prepare, refuse_impossible
from images.spec.image import ImageSpec
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.booting import LEAST
from tests.support.described_images import Aws, describe_image
from tests.support.images import MakeAmi

KEY = "0123456789abcdef"
TODAY = f"x-{datetime.now(UTC):%Y%m%d}-01234567"


def define(**more: Any) -> ImageSpec:
    return ImageSpec.model_validate(LEAST | {"builder": {"ssh_from": "127.0.0.1/32"}} | more)


def name(*taken: str, **more: Any) -> str:
    """The name that an AMI gets where this account has AMIs of these names."""
    return find_free_name(Aws(*(describe_image(f"ami-{n}", Name=other) for n, other in enumerate(taken))).cloud,
                     define(**more), KEY)  # fmt: skip


def test_a_name_of_image_day_and_key() -> None:
    assert name() == TODAY
    assert name("y") == TODAY
    assert name(ami_name="{key}/{name}") == "01234567/x"


def test_a_default_name_that_is_taken_gets_the_next_number() -> None:
    assert name(TODAY) == f"{TODAY}-2"
    assert name(f"{TODAY}-2") == TODAY
    assert name(TODAY, f"{TODAY}-2", f"{TODAY}-4") == f"{TODAY}-3"


def test_a_name_of_the_definition_is_never_changed() -> None:
    with pytest.raises(UserError, match="the AMI name fixed is taken") as caught:
        name("fixed", ami_name="fixed")
    assert caught.value.why.startswith("ami-0 has it")
    assert name("fixed-2", ami_name="fixed") == "fixed"


def test_the_end_of_a_bases_support() -> None:
    assert find_end_of_support(define(base={"ssm": "ecs/al2"})) == "2026-06-30"
    assert find_end_of_support(define()) == ""
    assert find_end_of_support(define(base={"ami": "ami-0123456789abcdef0", "family": "al1"})) == ""


def test_a_driver_that_the_base_does_not_have() -> None:
    with pytest.raises(UserError, match="x cannot be built") as caught:
        refuse_impossible(define(docker_storage={"driver": "devicemapper"}))
    assert "docker_storage" in caught.value.hint


@pytest.mark.parametrize(
    "volumes", [{}, {"root": {"kms_key": "alias/a"}, "data": {"device": "/dev/sdb", "size": "9 GiB"}}]
)
def test_what_the_accounts_own_key_encrypts_cannot_be_shared(volumes: dict[str, Any]) -> None:
    """The data volume counts too."""
    with pytest.raises(UserError, match="cannot be shared"):
        refuse_impossible(define(share={"accounts": ["111122223333"]}, volumes=volumes))


def test_what_can_be_shared() -> None:
    for root in ({"kms_key": "alias/a"}, {"encrypted": False}):
        refuse_impossible(define(share={"accounts": ["111122223333"]}, volumes={"root": root}))
    refuse_impossible(define())


def test_a_plan_against_the_offline_aws(sandbox: Sandbox, cloud: Cloud, stock: str, tmp_path: Path) -> None:
    plan = prepare(cloud, define(volumes={"root": {"size": "50 GiB"}}), tmp_path)
    assert plan.base.id == plan.inputs["base"] == stock
    assert plan.mappings[0]["Ebs"]["VolumeSize"] == 50
    assert plan.ami_name.startswith("x-")
    assert plan.ami_name.endswith(plan.boot.key[:8])
    assert plan.boot.folder == tmp_path / "x" / plan.boot.key[:8]
    assert (plan.why, plan.existing) == ("no image of this name exists yet", None)
    assert plan.estimate.dollars
    assert sandbox.client("ec2").describe_instances()["Reservations"] == []


def test_the_reason_is_seen_from_the_newest_usable_ami(
    cloud: Cloud, stock: str, make_ami: MakeAmi, tmp_path: Path
) -> None:
    first = prepare(cloud, define(), tmp_path)
    labels = {"kiln:image": "x", "kiln:key": first.boot.key, "kiln:inputs": key.as_tag(first.inputs)}
    make_ami("usable", **labels)
    make_ami("broken", **(labels | {"kiln:status": "candidate", "kiln:inputs": ""}))
    again = prepare(cloud, define(), tmp_path)
    assert (again.why, again.existing and again.existing.name) == ("nothing changed", "usable")
    changed = prepare(cloud, define(packages=["jq"]), tmp_path)
    assert (changed.why, changed.existing) == ("the definition changed: packages", None)
    assert changed.inputs["base"] == stock
