"""What AWS lists of a region: asked for once."""

from types import SimpleNamespace
from typing import Any, cast

from cloud.session import Cloud
from environments.model.region import Region

ENVIRONMENTS = [
    {"computeEnvironmentName": "a", "status": "VALID"},
    {"computeEnvironmentName": "b", "status": "DELETED"},
]
TAGS = [
    {"ResourceId": "lt-1", "ResourceType": "launch-template"},
    {"ResourceId": "sg-1", "ResourceType": "security-group"},
]


class Aws:
    """An AWS that answers each operation from `pages`, and notes what it was asked."""

    def __init__(self, **pages: dict[str, Any]) -> None:
        self.pages, self.asked = pages, list[tuple[str, dict[str, Any]]]()
        self.ec2 = self

    def client(self, service: str) -> Any:
        return self

    def get_paginator(self, operation: str) -> Any:
        def paginate(**query: Any) -> list[dict[str, Any]]:
            self.asked.append((operation, query))
            return [self.pages[operation]]

        return SimpleNamespace(paginate=paginate)

    @property
    def region(self) -> Region:
        return Region(cast("Cloud", self))


def test_a_list_is_asked_for_once_and_what_is_deleted_is_left_out() -> None:
    aws = Aws(describe_compute_environments={"computeEnvironments": ENVIRONMENTS})
    region = aws.region
    assert [listed["computeEnvironmentName"] for listed in region.compute_environments] == ["a"]
    assert region.compute_environments is region.compute_environments
    assert len(aws.asked) == 1


def test_only_active_job_definitions() -> None:
    aws = Aws(describe_job_definitions={"jobDefinitions": [{"jobDefinitionName": "j"}]})
    assert aws.region.job_definitions == [{"jobDefinitionName": "j"}]
    assert aws.asked == [("describe_job_definitions", {"status": "ACTIVE"})]


def test_ec2_is_asked_by_tag_once_for_both_types() -> None:
    aws = Aws(describe_tags={"Tags": TAGS})
    region = aws.region
    assert region.list_ec2_ids("x", "launch-template") == {"lt-1"}
    assert region.list_ec2_ids("x", "security-group") == {"sg-1"}
    assert [query["Filters"][0]["Values"] for _, query in aws.asked] == [["kiln:env:x"]]
    region.list_ec2_ids("y", "security-group")
    assert len(aws.asked) == 2, "another environment has another tag"
