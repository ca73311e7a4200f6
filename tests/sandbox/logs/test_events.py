"""Events are read in pages, as CloudWatch Logs gives them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from sandbox.logs.events import read_stream

ARN = "arn:aws:logs:us-east-1:123456789012:log-group:g"
PLACE = {"logGroupName": "g", "logStreamName": "s"}


@pytest.fixture
def logs(sandbox: Sandbox) -> Any:
    client = sandbox.client("logs")
    client.create_log_group(logGroupName="g")
    for name in ("s", "other"):
        client.create_log_stream(logGroupName="g", logStreamName=name)
    return client


def put(sandbox: Sandbox, logs: Any, *messages: str, stream: str = "s", step: int = 1000) -> int:
    """Put them a second apart, up to now; when the first was, in ms."""
    first = int(sandbox.clock.now() * 1000) - step * (len(messages) - 1)
    events = [{"timestamp": first + step * n, "message": message} for n, message in enumerate(messages)]
    logs.put_log_events(logGroupName="g", logStreamName=stream, logEvents=events)
    return first


def read(logs: Any, **more: Any) -> tuple[list[str], str, str]:
    answer = logs.get_log_events(**PLACE, **more)
    messages = [event["message"] for event in answer["events"]]
    return messages, answer["nextBackwardToken"], answer["nextForwardToken"]


def test_forward_to_the_end_where_the_token_stays_the_same(sandbox: Sandbox, logs: Any) -> None:
    put(sandbox, logs, "a", "b", "c", "d", "e")
    seen, _, token = read(logs, startFromHead=True, limit=2)
    assert seen == ["a", "b"]
    for page in (["c", "d"], ["e"]):
        seen, _, token = read(logs, nextToken=token, limit=2, startFromHead=True)
        assert seen == page
    for _ in range(2):
        seen, _, same = read(logs, nextToken=token, limit=2, startFromHead=True)
        assert (seen, same) == ([], token)
    sandbox.clock.advance(10)
    put(sandbox, logs, "f")
    assert read(logs, nextToken=token, startFromHead=True)[0] == ["f"], "what comes later is behind the same token"


def test_backward_from_the_newest(sandbox: Sandbox, logs: Any) -> None:
    put(sandbox, logs, "a", "b", "c")
    seen, back, forward = read(logs, limit=2)
    assert seen == ["b", "c"]
    assert read(logs, nextToken=forward)[::2] == ([], forward)
    seen, back, forward = read(logs, nextToken=back, limit=2)
    assert seen == ["a"]
    seen, same, forward = read(logs, nextToken=back, limit=2)
    assert (seen, same) == ([], back)
    assert read(logs, nextToken=forward)[0] == ["a", "b", "c"]


def test_an_empty_stream_has_tokens_too(sandbox: Sandbox, logs: Any) -> None:
    for from_head in (True, False):
        seen, _, token = read(logs, startFromHead=from_head)
        assert seen == []
        assert read(logs, nextToken=token)[::2] == ([], token)
    put(sandbox, logs, "a")
    assert read(logs, nextToken=token)[0] == ["a"]


def test_a_page_has_at_most_a_mebibyte(sandbox: Sandbox, logs: Any) -> None:
    large = "x" * 200_000
    put(sandbox, logs, *[large + str(n) for n in range(3)])
    sandbox.clock.advance(10)
    put(sandbox, logs, *[large + str(n) for n in range(3, 6)])
    seen, _, token = read(logs, startFromHead=True)
    assert [message[-1] for message in seen] == ["0", "1", "2", "3", "4"]
    assert [message[-1] for message in read(logs, nextToken=token)[0]] == ["5"]
    assert [message[-1] for message in read(logs)[0]] == ["1", "2", "3", "4", "5"]
    pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName="g"))
    assert [len(page["events"]) for page in pages] == [5, 1]


def test_the_end_of_a_time_is_in_a_filter_and_not_in_a_stream(sandbox: Sandbox, logs: Any) -> None:
    first = put(sandbox, logs, "a", "b", "c")
    between = {"startTime": first, "endTime": first + 1000}
    assert read(logs, **between)[0] == ["a"]
    filtered = logs.filter_log_events(logGroupName="g", **between)
    assert [event["message"] for event in filtered["events"]] == ["a", "b"]


def test_a_filter_reads_all_streams_by_time_in_pages(sandbox: Sandbox, logs: Any) -> None:
    put(sandbox, logs, "s1", "s2", "s3", step=2000)
    sandbox.clock.advance(1)
    put(sandbox, logs, "o1", "o2", "o3", stream="other", step=2000)
    pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName="g", PaginationConfig={"PageSize": 4}))
    assert [[event["message"] for event in page["events"]] for page in pages] == [
        ["s1", "o1", "s2", "o2"],
        ["s3", "o3"],
    ]
    assert "nextToken" not in pages[-1]
    assert pages[0]["searchedLogStreams"] == []
    assert len({event["eventId"] for page in pages for event in page["events"]}) == 6
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    for names in ({"logStreamNames": ["other"]}, {"logStreamNamePrefix": "oth"}):
        found = logs.filter_log_events(logGroupIdentifier=arn, **names)["events"]
        assert [event["message"] for event in found] == ["o1", "o2", "o3"]


@pytest.mark.parametrize(
    ("call", "asked", "code"),
    [
        ("get_log_events", {"nextToken": "f/1"}, "InvalidParameterException"),
        ("get_log_events", {"nextToken": "x"}, "InvalidParameterException"),
        ("get_log_events", {"limit": 10001}, "InvalidParameterException"),
        ("get_log_events", {"logStreamName": "none"}, "ResourceNotFoundException"),
        ("filter_log_events", {"nextToken": "x"}, "InvalidParameterException"),
        ("filter_log_events", {"limit": 10001}, "InvalidParameterException"),
        ("filter_log_events", {"logGroupIdentifier": "g"}, "InvalidParameterException"),
        ("get_log_events", {"logGroupName": None, "logGroupIdentifier": f"{ARN}:*"}, "InvalidParameterException"),
        ("get_log_events", {"logGroupName": None, "logGroupIdentifier": f"{ARN}2"}, "ResourceNotFoundException"),
        ("filter_log_events", {"logStreamNames": ["s"], "logStreamNamePrefix": "s"}, "InvalidParameterException"),
        ("filter_log_events", {"logGroupName": "none"}, "ResourceNotFoundException"),
        ("filter_log_events", {"logStreamNames": ["s", "none"]}, "ResourceNotFoundException"),
    ],
)
def test_what_cannot_be_read_is_refused(logs: Any, call: str, asked: dict[str, Any], code: str) -> None:
    place = PLACE if call == "get_log_events" else {"logGroupName": "g"}
    with pytest.raises(ClientError) as refused:
        getattr(logs, call)(**{name: value for name, value in {**place, **asked}.items() if value is not None})
    assert refused.value.response["Error"]["Code"] == code


class Event:
    def __init__(self, number: int) -> None:
        self.timestamp, self.message = number, "m"


@pytest.mark.parametrize("size", range(6))
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_both_ways_see_every_event_once(size: int, limit: int) -> None:
    events = [Event(number) for number in range(size)]
    for from_head in (True, False):
        page, back, forward = read_stream(events, None, limit, from_head=from_head)
        seen = [event.timestamp for event in page]
        token = forward if from_head else back
        for _ in range(10):
            page, back, forward = read_stream(events, token, limit, from_head=from_head)
            seen = [*seen, *(e.timestamp for e in page)] if from_head else [*(e.timestamp for e in page), *seen]
            token = forward if from_head else back
        assert seen == list(range(size))
