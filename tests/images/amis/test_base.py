"""Which base AMI a definition means."""

from typing import Any

import pytest

from images.amis import base
from images.spec.bases import ALIASES
from images.spec.image import ImageSpec
from kiln.errors import UserError
from tests.support.booting import LEAST
from tests.support.described_images import Aws, describe_image

ID = "ami-0123456789abcdef0"
NAMED = {"owner": "123456789012", "name": "ours-*", "family": "al2"}


def define(**base: Any) -> ImageSpec:
    return ImageSpec.model_validate(LEAST | {"base": base})


def aws(*images: dict[str, Any], alias: str = "ecs/al2023", ami: str = ID) -> Aws:
    """An AWS whose alias leads to the AMI."""
    return Aws(*images, parameters={ALIASES[alias].parameter: f'{{"image_id": "{ami}", "image_name": "x"}}'})


def test_an_alias_is_a_public_parameter_that_holds_an_id() -> None:
    known = aws(describe_image(ID))
    assert base.find(known.cloud, define(ssm="ecs/al2023")).id == ID
    assert known.asked == [{"ImageIds": [ID], "IncludeDeprecated": True}]


def test_an_alias_that_the_region_does_not_have() -> None:
    with pytest.raises(UserError, match="ecs/al2 has no AMI in eu-west-1") as caught:
        base.find(aws(describe_image(ID)).cloud, define(ssm="ecs/al2"))
    assert ALIASES["ecs/al2"].parameter in caught.value.why


def test_an_alias_of_another_architecture_is_refused() -> None:
    arm = describe_image(ID, Architecture="arm64")
    with pytest.raises(UserError, match=rf"{ID} is arm64, but ecs/al2023 should be x86_64"):
        base.find(aws(arm).cloud, define(ssm="ecs/al2023"))
    assert base.find(aws(arm, alias="ecs/al2023-arm64").cloud, define(ssm="ecs/al2023-arm64")).arch == "arm64"
    assert base.find(aws(arm).cloud, define(ami=ID, family="al2023")).arch == "arm64", "an id promises nothing"


def test_a_name_is_the_owners_newest_and_deprecated_ones_count() -> None:
    owned = {"OwnerId": "123456789012"}
    known = aws(
        describe_image("ami-1", "2026-02-01T00:00:00.000Z", Name="ours-1", **owned),
        describe_image("ami-2", "2026-03-01T00:00:00.000Z", Name="ours-2", **owned),
        describe_image("ami-3", "2026-01-01T00:00:00.000Z", Name="ours-3", **owned),
        describe_image("ami-4", "2026-04-01T00:00:00.000Z", Name="ours-4", State="pending", **owned),
        describe_image("ami-5", "2026-04-01T00:00:00.000Z", Name="ours-5", OwnerId="999999999999"),
        describe_image("ami-6", "2026-04-01T00:00:00.000Z", Name="theirs", **owned),
    )
    assert base.find(known.cloud, define(**NAMED)).id == "ami-2"
    assert known.asked[0]["IncludeDeprecated"] is True


@pytest.mark.parametrize(
    ("meant", "why"), [({"ami": ID, "family": "al2"}, f"base {ID} "), (NAMED, "base ours-* of owner 123456789012 ")]
)
def test_a_base_that_is_not_there(meant: dict[str, str], why: str) -> None:
    with pytest.raises(UserError, match="there is no such base AMI in eu-west-1") as caught:
        base.find(aws().cloud, define(**meant))
    assert caught.value.why.startswith(why)


def test_a_refusal_is_no_missing_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(**query: Any) -> None:
        raise PermissionError

    known = aws()
    monkeypatch.setattr(known, "_parameter", deny)
    with pytest.raises(PermissionError):
        base.read_parameter(known.cloud, "ecs/al2023")
