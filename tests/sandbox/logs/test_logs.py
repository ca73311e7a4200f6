"""The logs of CloudWatch go by the sandbox's clock."""

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
