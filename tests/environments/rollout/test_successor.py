"""When a successor is made, as a tag."""

from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.rollout import successor


def test_the_successor_is_newer_than_all_before_it_whatever_the_clocks_say() -> None:
    ahead, strange = (
        ExistingEnvironment(
            "compute env", "x", "arn", {}, {"kiln:made": made},
            aws_name="x", status="VALID", reason="", desired_vcpus=0, cluster="",
        )
        for made in ("2026-11-22T10:00:00Z", "yesterday")
    )  # fmt: skip
    assert successor.make_stamp("2026-11-22T06:00:00Z", [ahead, strange]) == "2026-11-22T10:00:01Z"
    assert successor.make_stamp("2026-11-22T11:00:00Z", [ahead]) == "2026-11-22T11:00:00Z"
