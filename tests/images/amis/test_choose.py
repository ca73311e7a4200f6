"""Which AMI a word stands for: latest, an alias, an id."""

import pytest

from images.amis.choose import choose, find_family
from images.spec.bases import ALIASES
from kiln.errors import UserError
from tests.support.described_images import Aws, describe_image

ID = "ami-0123456789abcdef0"


def built(ami: str, day: int, status: str, image: str = "genomics", **more: str) -> dict[str, object]:
    """An AMI of Kiln's, made on that day of January."""
    labels = {"image": image, "status": status, "family": "al2023", "key": f"key of {ami}"}
    return describe_image(ami, f"2026-01-{day:02d}T00:00:00.000Z", tags=labels, **more)


def test_latest_is_the_newest_that_is_tested_or_live() -> None:
    aws = Aws(
        built("ami-1", 1, "live"), built("ami-2", 2, "tested"), built("ami-3", 3, "candidate"),
        built("ami-4", 4, "retired"), built("ami-5", 5, "tested", "other"), built("ami-6", 6, "tested", State="failed"),
    )  # fmt: skip
    chosen = choose(aws.cloud, "latest", "genomics")
    assert (chosen.image.id, chosen.family, chosen.key) == ("ami-2", "al2023", "key of ami-2")
    assert chosen.why.startswith("the newest of 2 usable AMIs of genomics: tested, ")


def test_a_single_usable_ami_is_called_the_only_one() -> None:
    chosen = choose(Aws(built("ami-1", 1, "live")).cloud, "latest", "genomics")
    assert chosen.why.startswith("the only usable AMI of genomics: live, ")


def test_without_a_usable_ami_those_that_there_are_get_named() -> None:
    with pytest.raises(UserError, match="genomics has no tested AMI in eu-west-1") as caught:
        choose(Aws(built("ami-1", 1, "candidate"), built("ami-2", 2, "")).cloud, "latest", "genomics")
    assert caught.value.why == "there is only ami-2 (no status, available), ami-1 (candidate, available)"
    assert "build-ami --image genomics" in caught.value.hint
    with pytest.raises(UserError) as caught:
        choose(Aws().cloud, "latest", "genomics")
    assert caught.value.why == "none was built in this account and region"


def test_latest_of_nothing() -> None:
    with pytest.raises(UserError, match="latest needs an image"):
        choose(Aws().cloud, "latest", None)


def test_an_alias_tells_the_family_which_its_ami_has_no_tag_of() -> None:
    aws = Aws(describe_image(ID), parameters={ALIASES["ecs/al2"].parameter: f'{{"image_id": "{ID}"}}'})
    chosen = choose(aws.cloud, "ecs/al2", None)
    assert (chosen.image.id, chosen.family, chosen.key) == (ID, "al2", "")
    assert chosen.why.startswith("the newest ecs/al2, ")
    assert find_family("ecs/al2") == "al2"
    assert find_family(ID) is None


def test_an_id_of_kilns_says_its_image_and_another_nothing() -> None:
    ours = choose(Aws(built(ID, 1, "candidate")).cloud, ID, None)
    assert (ours.why, ours.family, ours.key) == ("named, candidate AMI of genomics", "al2023", f"key of {ID}")
    other = choose(Aws(describe_image(ID, tags={"family": "windows"})).cloud, ID, None)
    assert (other.why, other.family, other.key) == ("named", None, "")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("newest", "newest is not an AMI"),
        ("ecs/al4", "ecs/al4 is not an AMI"),
        ("ami-00000000", "there is no ami-00000000 in eu-west-1"),
        (ID, f"{ID} cannot be used"),
    ],
)
def test_what_names_no_usable_ami(name: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as caught:
        choose(Aws(describe_image(ID, State="deregistered")).cloud, name, None)
    assert name != ID or caught.value.why == "it is deregistered"
