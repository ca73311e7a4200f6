"""Job definitions: older revisions that are still ACTIVE, and roles that are gone."""

from typing import Any

from environments.doctor.checks.definitions import check_revisions, check_roles, check_sizes
from environments.doctor.facts.roles import Role, Roles
from tests.support.doctor_pictures import picture

ROLE = "arn:aws:iam::123456789012:role/path/job"
TASKS = "ecs-tasks.amazonaws.com"


def revision(number: int, name: str = "hello", **container: Any) -> dict[str, Any]:
    return {"jobDefinitionName": name, "revision": number, "containerProperties": container}


def test_one_revision_of_each_is_well() -> None:
    seen = picture(definitions=(revision(3), revision(1, "other")))
    assert list(check_revisions(seen)) == []


def test_older_revisions_are_named_from_old_to_new() -> None:
    [finding] = check_revisions(picture(definitions=(revision(2), revision(10), revision(9))))
    assert (finding.severity, finding.resource) == ("warning", "hello")
    assert "2 older ACTIVE revisions" in finding.what
    assert "hello:2, hello:9" in finding.why
    assert "hello:10" in finding.why
    command = "aws batch deregister-job-definition --job-definition"
    assert finding.fix.endswith(f": for revision in hello:2 hello:9; do {command} $revision; done")


def test_many_are_shortened() -> None:
    four = picture(definitions=tuple(map(revision, range(1, 5))))
    assert "hello:1, hello:2, hello:3 " in next(check_revisions(four)).why
    five = picture(definitions=tuple(map(revision, range(1, 6))))
    assert "hello:1 … hello:4 " in next(check_revisions(five)).why


def test_a_role_that_is_gone_is_told_of_the_newest_revision_alone() -> None:
    seen = picture(definitions=(revision(1, jobRoleArn=ROLE.replace("job", "old")), revision(2, jobRoleArn=ROLE)))
    [finding] = check_roles(seen)
    assert (finding.severity, finding.resource) == ("error", "job")
    assert "hello:2" in finding.what


def test_both_roles_of_a_definition_count() -> None:
    seen = picture(definitions=(revision(1, jobRoleArn=ROLE, executionRoleArn=ROLE + "2"),))
    assert [finding.resource for finding in check_roles(seen)] == ["job", "job2"]
    assert list(check_roles(picture(definitions=(revision(1),)))) == []


def test_a_role_must_trust_tasks() -> None:
    def roles(trusts: str) -> Roles:
        return Roles({"job": Role(ROLE, trusts)})

    definitions = (revision(1, jobRoleArn=ROLE),)
    assert list(check_roles(picture(definitions=definitions, roles=roles(f"ec2.amazonaws.com, {TASKS}")))) == []
    [finding] = check_roles(picture(definitions=definitions, roles=roles("ec2.amazonaws.com")))
    assert (finding.severity, finding.resource) == ("error", "job")
    assert TASKS in finding.what


def asking(**asked: int) -> dict[str, Any]:
    return revision(1, resourceRequirements=[{"type": kind, "value": str(value)} for kind, value in asked.items()])


def test_row_4_a_size_that_fits_no_machine_of_any_queue() -> None:
    for asked, what in (
        ({"VCPU": 8, "MEMORY": 16384}, "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB"),
        ({"VCPU": 9, "MEMORY": 4}, "it asks for 9 vCPUs; c5.2xlarge has 8"),
        ({"VCPU": 1, "MEMORY": 4, "GPU": 1}, "it asks for 1 GPU and 1 vCPU; c5.2xlarge has 0 and 8"),
    ):
        [finding] = check_sizes(picture("c5.2xlarge", definitions=(asking(**asked),)))
        assert finding.severity == "error"
        assert finding.what.endswith(what)
    assert list(check_sizes(picture("c5.2xlarge", definitions=(asking(VCPU=8, MEMORY=15434),)))) == []
