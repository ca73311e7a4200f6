"""What the agent reports of its machine and containers: taken, and not looked at.

Source: the agent's own protocol (amazon-ecs-agent 1.105), as recorded: a frame is lines of HTTP headers, an empty line
and a message; without an answer for a minute or two the agent closes the session.
"""

import json

from sandbox.ecs.model.records import Fields

_ANSWERS = {
    "PublishMetricsRequest": "AckPublishMetric",
    "PublishHealthRequest": "AckPublishHealth",
    "PublishInstanceStatusRequest": "AckPublishInstanceStatus",
}


def answer(frame: str) -> Fields | None:
    """Acknowledge a report; None for what needs no answer, or is no message."""
    _, blank, message = frame.partition("\r\n\r\n")
    try:
        kind = json.loads(message if blank else frame)["type"]
    except (ValueError, KeyError, TypeError):
        return None
    return {"type": _ANSWERS[kind], "message": {"message": "OK"}} if kind in _ANSWERS else None
