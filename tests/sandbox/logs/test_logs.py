"""The logs of CloudWatch go by the sandbox's clock; a group's streams are listed in pages, by name and by ARN."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox


def test_events_are_taken_by_the_sandbox_s_clock(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs")
    sandbox.clock.advance(30 * 86400)
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    now = int(sandbox.clock.now() * 1000)
    hour, place = 3_600_000, {"logGroupName": "g", "logStreamName": "s"}
    for offset in (0, 3 * hour, -15 * 24 * hour):
        logs.put_log_events(logEvents=[{"timestamp": now + offset, "message": str(offset)}], **place)
    assert [event["message"] for event in logs.get_log_events(**place)["events"]] == ["0"]
    [group] = logs.describe_log_groups()["logGroups"]
    assert abs(group["creationTime"] - now) < 60_000


def test_a_groups_tags_go_with_it(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="g", tags={"kiln:env:former": ""})
    logs.delete_log_group(logGroupName="g")
    logs.create_log_group(logGroupName="g")
    assert logs.list_tags_log_group(logGroupName="g")["tags"] == {}


@pytest.mark.parametrize("size", [None, 7])
def test_every_stream_of_a_group_is_listed(sandbox: Sandbox, size: int | None) -> None:
    logs = sandbox.client("logs")
    for group in ("g", "last"):
        logs.create_log_group(logGroupName=group)
    names = [f"s/{number:02}" for number in range(60)]
    for name in names:
        logs.create_log_stream(logGroupName="g", logStreamName=name)
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    assert len(logs.describe_log_streams(logGroupName="g")["logStreams"]) == 50
    for place in ({"logGroupName": "g"}, {"logGroupIdentifier": arn}):
        paging = {"PaginationConfig": {"PageSize": size}} if size else {}
        pages = list(logs.get_paginator("describe_log_streams").paginate(**place, **paging))
        assert [stream["logStreamName"] for page in pages for stream in page["logStreams"]] == names
        assert len(pages) == (9 if size else 2)


def test_streams_in_the_order_of_their_last_events(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="g")
    for name in ("a", "b", "c"):
        logs.create_log_stream(logGroupName="g", logStreamName=name)
    now = int(sandbox.clock.now() * 1000)
    for name, age in (("b", 1000), ("c", 2000)):
        event = {"timestamp": now - age, "message": "x"}
        logs.put_log_events(logGroupName="g", logStreamName=name, logEvents=[event])
    asked: dict[str, Any] = {"logGroupName": "g", "orderBy": "LastEventTime", "descending": True}
    assert [stream["logStreamName"] for stream in logs.describe_log_streams(**asked)["logStreams"]] == ["b", "c", "a"]
    with pytest.raises(ClientError, match="Cannot order by LastEventTime with a logStreamNamePrefix"):
        logs.describe_log_streams(**asked, logStreamNamePrefix="b")
    with pytest.raises(ClientError, match="The specified log group does not exist"):
        logs.describe_log_streams(logGroupName="none")
