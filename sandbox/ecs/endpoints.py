"""DiscoverPollEndpoint: where an agent opens its sessions.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DiscoverPollEndpoint.html. The agent (1.105) adds
"ws" and a query, makes ws of http, and keeps what it is told for 12 hours: it is the address by which it asks.
"""

from sandbox.ecs.model.caller import Caller
from sandbox.ecs.model.records import Fields
from sandbox.ecs.model.tables import Records

SESSIONS, TELEMETRY = "/acs/", "/tcs/"
SOCKET = "ws"


def discover(_records: Records, _request: Fields, caller: Caller) -> Fields:
    return {"endpoint": caller.endpoint + SESSIONS, "telemetryEndpoint": caller.endpoint + TELEMETRY}
