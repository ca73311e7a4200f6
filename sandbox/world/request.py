"""A request of the AWS API, parsed once, at the door: every step on its way reads this value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Where the name that a request is signed for is not botocore's.
_BOTOCORE = {"servicequotas": "service-quotas", "monitoring": "cloudwatch"}
KEY = "kiln.request"  # where the WSGI environment carries it to what lies behind the door


@dataclass(frozen=True)
class Request:
    """`service` is the name that a request is signed for, which is also the prefix of IAM's actions.

    `operation` is the API's name for it; S3's are told apart by method and path ("PUT /bucket"), and so is a request
    that botocore's model does not know (`modelled` False). `protocol` is ec2, query, json, rest-xml or rest-json.
    `parameters` are nested as in the API Reference; S3 has none: its questions are asked of `http`.
    `readable` is False where the body does not fit the model. Of a form, moto then says what is wrong with it; of JSON,
    `misfit` does in AWS's words, which may be none (""); None where all is well.
    """

    service: str
    region: str
    operation: str
    protocol: str
    access_key: str = ""
    token: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    modelled: bool = True
    readable: bool = True
    misfit: str | None = None
    http: "Http" = field(default_factory=lambda: Http("POST", "/"))
    environ: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # WSGI's, for moto

    def get(self, name: str) -> Any:
        return self.parameters.get(name)

    @property
    def botocore_service(self) -> str:
        return name_in_botocore(self.service)

    @property
    def dry_run(self) -> bool:
        return self.parameters.get("DryRun") is True

    def texts(self, name: str) -> Iterator[str]:
        """Yield the values of the parameters of this name, wherever they stand ("InstanceType", "Ebs.VolumeType")."""
        for path, value in _leaves(self.parameters):
            if path == name or path.endswith(f".{name}"):
                yield value


@dataclass(frozen=True)
class Http:
    """What S3 puts into a request's line and headers. `path` is decoded, `query` maps a name to its values."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    copy_source: str = ""


def name_in_botocore(service: str) -> str:
    """Name a service, by the name that requests are signed for, as botocore does."""
    return _BOTOCORE.get(service, service)


def find_request(environ: Mapping[str, Any]) -> Request | None:
    """Find the request that the door has put there; None in an environment that came another way."""
    request: Request | None = environ.get(KEY)
    return request


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, path)
    else:
        yield path, str(value)
