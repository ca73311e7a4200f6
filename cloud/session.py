"""The thin boundary to AWS: one session, one region, counted calls."""

import os
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from cloud import regions
from kiln.errors import UserError

# Questions asked again until something is so; benchmarks count them apart from the calls that do the work.
POLLS = frozenset({"DescribeInstances", "DescribeImages", "DescribeSnapshots", "GetConsoleOutput"})


ATTEMPTS = 8  # of every call, the first included


class Cloud:
    """AWS in one region, as the ordinary configuration chain names it (AWS_PROFILE, AWS_REGION, files, roles).

    `calls` counts API calls by operation; a DryRun counts as "DryRun".
    """

    def __init__(self, region: str | None = None, *, session: Any = None) -> None:
        import boto3

        self._session: Any = session or boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
        self.region: str = region or self._session.region_name or ""
        if not self.region:
            raise UserError(
                "no AWS region is set",
                "--region and AWS_REGION are not set, and the AWS profile names no region",
                "Try --region us-east-1.",
            )
        regions.check(self.region, region, self._session)
        self.calls: Counter[str] = Counter()
        self._clients: dict[tuple[str, str, int, int], Any] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service, made once. Throttling and 5xx answers are retried by botocore's standard mode."""
        return self._made(service, region or self.region, attempts=ATTEMPTS)

    def client_without_retries(self, service: str) -> Any:
        """Return a client that never retries: for a call whose caller decides itself what to try again."""
        return self._made(service, self.region, attempts=1)

    def client_for_threads(self, service: str, threads: int) -> Any:
        """Return a client with a connection for every thread; botocore's own has ten."""
        return self._made(service, self.region, attempts=ATTEMPTS, connections=threads + 2)

    def _made(self, service: str, region: str, attempts: int, connections: int = 10) -> Any:
        key = (service, region, attempts, connections)
        if key not in self._clients:
            from botocore.config import Config

            config = Config(
                retries={"mode": "standard", "total_max_attempts": attempts},
                connect_timeout=10,
                read_timeout=60,
                max_pool_connections=connections,
                user_agent_extra="kiln",
            )
            client = self._session.client(service, region_name=region, config=config)
            _refuse_elsewhere(service, client.meta.endpoint_url)
            client.meta.events.register("before-call", self._count)
            self._clients[key] = client
        return self._clients[key]

    def _count(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        body = params.get("body")
        dry = isinstance(body, dict) and str(body.get("DryRun", "")).lower() == "true"
        self.calls["DryRun" if dry else model.name] += 1

    @property
    def ec2(self) -> Any:
        """The client of EC2."""
        return self.client("ec2")

    def account(self) -> str:
        """The account id behind the credentials; raises UserError where there are none or they are refused."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def work_calls(self) -> int:
        """API calls that did something: polls and DryRuns apart."""
        return sum(n for name, n in self.calls.items() if name not in POLLS and name != "DryRun")


def _refuse_elsewhere(service: str, endpoint: str) -> None:
    """With AWS_ENDPOINT_URL set, a client that would talk to another host is a mistake that could cost money."""
    endpoint_url = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint_url and urlsplit(endpoint).netloc != urlsplit(endpoint_url).netloc:
        raise UserError(
            f"calls to {service} would go to {endpoint}",
            f"AWS_ENDPOINT_URL is {endpoint_url}, and another setting overrides it for this service",
            "Unset AWS_ENDPOINT_URL_* and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or unset AWS_ENDPOINT_URL.",
        )
