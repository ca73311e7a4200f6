"""Which machine this is, from the Instance Metadata Service, version 2 alone.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass

from . import machine

# The variable is the SDKs' own: https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
DOCUMENT = "/latest/dynamic/instance-identity/document"
KNOWN = machine.STATE + "/identity.json"
ATTEMPTS = 4


@dataclass(frozen=True)
class Identity:
    """The instance's id, its region and its zone."""

    instance: str
    region: str
    zone: str


def identity() -> Identity:
    """Asked once in a boot: later growths do without this part of the service. `machine.Failed` when it is silent."""
    known = machine.read(KNOWN)
    if known:
        return Identity(**json.loads(known))
    problem: Exception = OSError()
    for attempt in range(ATTEMPTS):
        try:
            document = json.loads(_ask())
        except (OSError, ValueError) as error:
            problem = error
            time.sleep(0.5 * 2**attempt)
        else:
            here = Identity(document["instanceId"], document["region"], document["availabilityZone"])
            machine.write(KNOWN, json.dumps(asdict(here)))
            return here
    raise machine.Failed(f"the instance metadata service does not answer: {problem}")


def _ask() -> bytes:
    from urllib.request import ProxyHandler, Request, build_opener

    base = os.environ.get(ENDPOINT, "http://169.254.169.254").rstrip("/")
    opener = build_opener(ProxyHandler({}))  # never through a proxy

    def ask(path: str, method: str, header: str, value: str) -> bytes:
        request = Request(base + path, method=method, headers={"X-aws-ec2-metadata-token" + header: value})  # noqa: S310
        with opener.open(request, timeout=2) as answer:
            return bytes(answer.read())

    token = ask("/latest/api/token", "PUT", "-ttl-seconds", "60").decode()
    return ask(DOCUMENT, "GET", "", token)
