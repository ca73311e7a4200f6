"""Which AMI a launch template names, against the offline AWS."""

import pytest

from cloud import tags
from kiln.errors import UserError
from tests.support.images import MakeAmi
from tests.support.launch_templates import Define, Registered


def test_latest_is_the_newest_tested_or_live(make_ami: MakeAmi, registered: Registered, definition: Define) -> None:
    small = definition()
    with pytest.raises(UserError, match="has no tested AMI") as caught:
        registered(small)
    assert "build-ami --image nextflow-al2023" in caught.value.hint
    candidate = make_ami("candidate", **{tags.STATUS: "candidate"})
    with pytest.raises(UserError) as caught:
        registered(small)
    assert f"{candidate} (candidate, available)" in caught.value.why
    live = make_ami("live", **{tags.STATUS: "live"})
    make_ami("retired", **{tags.STATUS: "retired"})
    make_ami("other", **{tags.IMAGE: "other"})
    found = registered(small, plan=True)
    assert found["ami"] == live
    assert found["why"].startswith("the only usable AMI of nextflow-al2023: live")
    tested = make_ami("tested")
    found = registered(small, plan=True)
    assert (found["ami"], found["key"]) == (tested, "3f9c1a77" * 8)
    assert found["why"].startswith("the newest of 2 usable AMIs of nextflow-al2023: tested")


def test_an_ami_can_be_named(stock: str, registered: Registered, definition: Define) -> None:
    with pytest.raises(UserError, match=r"the family of ami-[0-9a-f]+ is unknown") as caught:
        registered(definition(), stock)
    assert "family: al2023" in caught.value.hint
    assert registered(definition("family: al2023\n"), stock, plan=True)["ami"] == stock
    assert registered(definition(), "ecs/al2023", plan=True)["ami"] == stock
    with pytest.raises(UserError, match="is al2023"):
        registered(definition("family: al2\n"), "ecs/al2023")
    with pytest.raises(UserError, match="there is no ami-0123456789abcdef0"):
        registered(definition(), "ami-0123456789abcdef0")
    with pytest.raises(UserError, match="newest is not an AMI"):
        registered(definition(), "newest")
