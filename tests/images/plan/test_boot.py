"""What is to be booted: its checks, its machine, and whose everything temporary is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from images.plan.boot import describe_machine, make_owner_tags
from images.spec.image import ImageSpec
from tests.support.base_image import BASE
from tests.support.booting import LEAST, boot


def test_hygiene_is_looked_at_on_the_image_alone_and_first(tmp_path: Path) -> None:
    boots = boot(tmp_path)
    assert [(check.name, check.timeout) for check in boots.builder_checks()] == [("everywhere", 120), ("mine", 180)]
    on_image = boots.image_checks()
    assert on_image[-2:] == boots.builder_checks()
    assert len(on_image) > 2
    assert boots.vpc == "vpc-1"


def test_what_a_recipe_may_know() -> None:
    plain = describe_machine(ImageSpec.model_validate(LEAST), BASE)
    assert (plain.family, plain.arch, plain.user, plain.root_gib) == ("al2023", "x86_64", "ec2-user", 30)
    assert (plain.data_device, plain.data_gib) == (None, None)
    more = {"volumes": {"root": {"size": "50 GiB"}, "data": {"device": "/dev/sdc", "size": "7 GiB"}}}
    machine = describe_machine(ImageSpec.model_validate(LEAST | more | {"builder": {"user": "ada"}}), BASE)
    assert (machine.root_gib, machine.data_device, machine.data_gib, machine.user) == (50, "/dev/sdc", 7, "ada")


def test_everything_temporary_says_whose_it_is_and_until_when() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    tags = make_owner_tags("x", "b", 5400)
    assert (tags["Name"], tags["kiln:image"], tags["kiln:build"]) == ("kiln-x-b", "x", "b")
    expires = datetime.fromisoformat(tags["kiln:expires"].replace("Z", "+00:00"))
    assert timedelta(seconds=5400) <= expires - before < timedelta(seconds=5460)
