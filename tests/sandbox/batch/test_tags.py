"""Tags of Batch's resources, by Batch's own calls and by the Resource Groups Tagging API."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

Create = Callable[..., str]


def test_all_kinds_carry_tags(
    sandbox: Sandbox, batch: Any, made: Create, queue: Create, submit: Create, definition: str, denied: Any
) -> None:
    environment = made()
    a_queue = queue("one")
    job = f"arn:aws:batch:us-east-1:123456789012:job/{submit()}"
    arns = [environment, a_queue, definition, job]
    for arn in arns:
        batch.tag_resource(resourceArn=arn, tags={"kiln:env:mine": "1", "other": "2"})
        batch.tag_resource(resourceArn=arn, tags={"other": "3"})
        assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"kiln:env:mine": "1", "other": "3"}
    tagging = sandbox.client("resourcegroupstaggingapi")
    found = tagging.get_resources(TagFilters=[{"Key": "kiln:env:mine"}])["ResourceTagMappingList"]
    assert sorted(each["ResourceARN"] for each in found) == sorted(arns)
    [one] = tagging.get_resources(ResourceTypeFilters=["batch:job-queue"])["ResourceTagMappingList"]
    assert one["ResourceARN"] == a_queue
    for arn in arns:
        batch.untag_resource(resourceArn=arn, tagKeys=["kiln:env:mine", "unknown"])
        assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"other": "3"}
    assert tagging.get_resources(TagFilters=[{"Key": "kiln:env:mine"}])["ResourceTagMappingList"] == []
    assert batch.describe_job_queues()["jobQueues"][0]["tags"] == {"other": "3"}


def test_an_arrays_child_has_no_tags_of_its_own(
    batch: Any, made: Create, queue: Create, submit: Create, definition: str, denied: Any
) -> None:
    made()
    queue("one")
    array = f"arn:aws:batch:us-east-1:123456789012:job/{submit(arrayProperties={'size': 2})}"
    batch.tag_resource(resourceArn=array, tags={"a": "1"})
    with denied("does not exist"):
        batch.tag_resource(resourceArn=f"{array}:0", tags={"a": "2"})
    with denied("does not exist"):
        batch.list_tags_for_resource(resourceArn=f"{array}:0")
    assert batch.list_tags_for_resource(resourceArn=array)["tags"] == {"a": "1"}


def test_what_is_refused(batch: Any, made: Create, denied: Any) -> None:
    arn = made(request={"tags": {f"key-{number}": "" for number in range(50)}})
    with denied("at most 50"):
        batch.tag_resource(resourceArn=arn, tags={"one more": ""})
    batch.tag_resource(resourceArn=arn, tags={"key-1": "again"})
    with denied("reserved"):
        batch.tag_resource(resourceArn=arn, tags={"AWS:x": ""})
    with denied("does not exist"):
        batch.list_tags_for_resource(resourceArn=arn + "-x")


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"tool": "2.8.1+mc(0.10.0)"}, "'2.8.1+mc(0.10.0)' is not a valid value for TagValue"),
        ({"site": "^GATC"}, "'^GATC' is not a valid value for TagValue"),
        ({"a, b": "1"}, "'a, b' is not a valid value for TagKey"),
        ({"who": "one\ttwo"}, "'one\ttwo' is not a valid value for TagValue"),
    ],
)
def test_characters_that_no_tag_takes(
    batch: Any, made: Create, queue: Create, submit: Create, tags: dict[str, str], words: str
) -> None:
    arn = made(tags=tags)  # those of the machines are EC2's
    queue("one")
    for call in (lambda: submit(tags=tags), lambda: batch.tag_resource(resourceArn=arn, tags=tags)):
        with pytest.raises(ClientError) as caught:
            call()
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("BadRequestException", 400)
        assert f"{words} - it contains illegal characters" == answer["Error"]["Message"]


def test_characters_that_tags_take(batch: Any, made: Create, queue: Create, submit: Create) -> None:
    made()
    queue("one")
    tags = {"Größe é 1": "a+b-c=d.e_f:g/h@i", "empty": "", "日本": "１ ½"}
    [job] = batch.describe_jobs(jobs=[submit(tags=tags)])["jobs"]
    assert job["tags"] == tags
