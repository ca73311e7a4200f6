"""The offline AWS inside a test's own process."""

from types import TracebackType
from typing import Any, Self

# Before all that imports moto's EC2.
from sandbox.seams import one_session  # noqa: F401  # isort: skip

import boto3
from botocore.config import Config

from sandbox.door.gate import Application
from sandbox.door.serving import Serving, empty_account
from sandbox.ec2.instances import interruption
from sandbox.world.calls import Calls
from sandbox.world.clock import Clock
from sandbox.world.faults import Faults
from sandbox.world.hypervisor import Hypervisor
from sandbox.world.world import Delays, World, current, use

REGION = "us-east-1"
SECRET = "sandbox"  # noqa: S105


class Sandbox:
    """`with Sandbox() as sandbox:` serves at `sandbox.endpoint`; without a hypervisor, instances are records alone."""

    def __init__(
        self,
        hypervisor: Hypervisor | None = None,
        *,
        delays: Delays | None = None,
        rate: float = 1.0,
        region: str = REGION,
    ) -> None:
        self.world = World(clock=Clock(rate), delays=delays or Delays(), hypervisor=hypervisor)
        self.region = region
        self._serving: Serving | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Self:
        self._before = current()
        self._serving = Serving(self.world)
        empty_account()
        self._serving.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._serving is not None
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._serving.stop()
        self.world.queues.drop()
        if self.world.hypervisor:
            self.world.hypervisor.close()
        if self.world.registry:
            self.world.registry.close()
        empty_account()
        use(self._before)

    @property
    def endpoint(self) -> str:
        assert self._serving is not None, "the sandbox is not open"
        return self._serving.endpoint

    @property
    def application(self) -> Application:
        """Return what answers at the endpoint (WSGI)."""
        assert self._serving is not None, "the sandbox is not open"
        return self._serving.application

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def calls(self) -> Calls:
        return self.world.calls

    def env(self) -> dict[str, str]:
        """Return the AWS_* variables that turn a process to this sandbox (when no others are set)."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.world.access_key,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, region: str | None = None, **options: Any) -> Any:
        """Return a boto3 client of this sandbox that does not retry, whatever the environment says; shared if plain."""
        region = region or self.region
        if options:
            return self._made(service, region, options)
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._made(service, region, {})
        return self._clients[key]

    def _made(self, service: str, region: str, options: dict[str, Any]) -> Any:
        session = boto3.Session(
            aws_access_key_id=self.world.access_key,
            aws_secret_access_key=SECRET,
            region_name=region,
        )
        config = Config(retries={"max_attempts": 0}, proxies={}, ignore_configured_endpoint_urls=True)
        return session.client(service, **{"endpoint_url": self.endpoint, "config": config, **options})

    def interrupt(self, instance_id: str) -> dict[str, Any]:
        """Have AWS take a Spot Instance back: the notice now, the machine two minutes later by the clock."""
        return interruption.interrupt(instance_id)

    def reset(self) -> None:
        """Empty the account, with no faults and no calls counted; of all those in this process, this one's."""
        use(self.world)
        for key in [key for key in self._clients if key[0] == "s3"]:
            self._clients.pop(key).close()  # it remembers where buckets were
        with self.world.lock:
            empty_account()
            self.world.forget()
