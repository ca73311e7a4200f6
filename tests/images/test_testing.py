"""`invoke test-ami`: by which definition an AMI is tested."""

from pathlib import Path

import pytest

from cloud.session import Cloud
from images.testing import prepare
from kiln.errors import UserError
from tests.support.images import MakeAmi


def test_the_definition_that_its_tag_names(cloud: Cloud, make_ami: MakeAmi, definition: str, tmp_path: Path) -> None:
    ami = make_ami("ours", **{"kiln:image": definition, "kiln:key": "a" * 64})
    boot, image = prepare(cloud, ami, None, tmp_path)
    assert (boot.spec.name, boot.key, image["ImageId"]) == ("small", "a" * 64, ami)
    assert boot.folder == tmp_path / "small" / f"test-{ami}"
    assert boot.recipe.checks


def test_another_definition_can_be_named(cloud: Cloud, make_ami: MakeAmi, definition: str, tmp_path: Path) -> None:
    ami = make_ami("ours", **{"kiln:image": "nothing-like-this"})
    assert prepare(cloud, ami, definition, tmp_path)[0].spec.name == "small"


def test_an_ami_of_others_needs_a_definition(cloud: Cloud, stock: str, definition: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"{stock} was not made by Kiln") as caught:
        prepare(cloud, stock, None, tmp_path)
    assert "--image" in caught.value.hint
    boot, _ = prepare(cloud, stock, definition, tmp_path)
    assert len(boot.key) == 64, "it has no key of a build: it gets that of its own"


def test_an_ami_that_is_not_there(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no ami-0123456789abcdef0 in us-east-1"):
        prepare(cloud, "ami-0123456789abcdef0", None, tmp_path)
