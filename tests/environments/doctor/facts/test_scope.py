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


def test_the_command_that_repairs_names_the_environment_where_there_is_one() -> None:
    assert Scope("us-east-1", NOW, "genomics").register_command == "invoke register-env --env genomics"
    assert Scope("us-east-1", NOW).register_command == "invoke register-env"


def test_environments_are_told_apart_by_their_tags() -> None:
    """What no environment's tag is on belongs to the one whose definition names it."""

    def environment(name: str, *users: str) -> dict[str, object]:
        tags = {f"kiln:env:{user}": "" for user in users}
        return {"computeEnvironmentName": name, "computeEnvironmentArn": name, "tags": tags}

    queue = {"jobQueueArn": "q", "jobQueueName": "q", "tags": {"kiln:env:b": ""}}
    listed = [environment("one", "a"), environment("both", "a", "b"), environment("nobodys")]
    scope = Scope("us-east-1", NOW, environments=listed, queues=[queue], region_environments=listed)
    assert scope.names() == ("a", "b")
    assert [each["computeEnvironmentName"] for each in scope.of_kiln().environments] == ["one", "both"]
    assert [each["computeEnvironmentName"] for each in scope.of("b").environments] == ["both"]
    named = scope.of("a", environments=["nobodys"], queues=["q"])
    assert [each["computeEnvironmentName"] for each in named.environments] == ["one", "both", "nobodys"]
    assert (named.name, named.queues) == ("a", [])
    assert (scope.of_queue("q").name, scope.of_queue("another").name) == ("b", "")
