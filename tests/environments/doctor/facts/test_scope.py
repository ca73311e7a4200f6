"""Which compute environments and queues the doctor looks at."""

from environments.doctor.facts.scope import Scope
from tests.support.doctor_pictures import NOW


def test_a_queues_compute_environments_are_in_the_order_of_aws_batch() -> None:
    """DescribeJobQueues does not promise that its list is in order: `order` tells it."""
    members = [{"order": 30, "computeEnvironment": "c"}, {"order": 4, "computeEnvironment": "a"},
               {"order": 21, "computeEnvironment": "b"}]  # fmt: skip
    queue = {"jobQueueArn": "q", "computeEnvironmentOrder": members}
    environments = [{"computeEnvironmentArn": arn, "computeEnvironmentName": arn} for arn in "bca"]
    scope = Scope("us-east-1", NOW, queues=[queue], region_environments=environments)
    assert [environment["computeEnvironmentArn"] for environment in scope.members("q")] == ["a", "b", "c"]
    assert scope.members("another") == []
