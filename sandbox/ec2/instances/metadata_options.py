"""Law: an instance's metadata options: what a launch leaves open the AMI decides; a change has effect at once.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html (an AMI with ImdsSupport v2.0:
tokens required, hop limit 2; else optional and 1).
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instances import MetadataOptions
from moto.ec2.responses import EC2Response

from sandbox.ec2.hardware import machines
from sandbox.ec2.model.errors import refused
from sandbox.world.world import current

_VALUES = {
    "HttpTokens": ("optional", "required"),
    "HttpEndpoint": ("enabled", "disabled"),
    "HttpProtocolIpv6": ("enabled", "disabled"),
    "InstanceMetadataTags": ("enabled", "disabled"),
}
_HOPS = "HttpPutResponseHopLimit"
_V2 = {"HttpTokens": "required", _HOPS: 2}


class MetadataOptionsCalls(EC2Response):
    def modify_instance_metadata_options(self) -> ActionResult:
        """Change what the request names; the rest stays as it is."""
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        changes = {name: self._get_param(name) for name in (*_VALUES, _HOPS) if self._get_param(name) is not None}
        check(changes)
        if not changes:
            raise refused("MissingParameter", "The request must contain at least one metadata option.")
        if instance.state in ("shutting-down", "terminated"):
            message = f"The instance '{instance.id}' is not in a state from which its options can be modified."
            raise refused("IncorrectInstanceState", message)
        instance.metadata_options = MetadataOptions({**_read(instance.metadata_options), **changes})
        machines.set_metadata_options(current(), instance)
        return ActionResult({"InstanceId": instance.id, "InstanceMetadataOptions": instance.metadata_options})


def check(options: dict[str, Any]) -> None:
    """Raise AWS's error for a value that no option takes."""
    for name, values in _VALUES.items():
        if options.get(name) is not None and options[name] not in values:
            raise refused("InvalidParameterValue", f"Value ({options[name]}) for parameter {name} is invalid.")
    hops = options.get(_HOPS)
    if hops is not None and not 1 <= int(hops) <= 64:
        raise refused("InvalidParameterValue", f"{_HOPS} ({hops}) must be an integer between 1 and 64.")


def set_at_launch(instance: Any, request: dict[str, Any], imds_support: str | None) -> None:
    """Give a new instance its options: the request's, over its launch template's, over the AMI's."""
    asked = {key: value for key, value in (request.get("MetadataOptions") or {}).items() if value is not None}
    instance.metadata_options = MetadataOptions({**(_V2 if imds_support == "v2.0" else {}), **asked})


def _read(options: MetadataOptions) -> dict[str, Any]:
    return {
        "HttpTokens": options.http_tokens,
        _HOPS: options.http_put_response_hop_limit,
        "HttpEndpoint": options.http_endpoint,
        "HttpProtocolIpv6": options.http_protocol_ipv6,
        "InstanceMetadataTags": options.instance_metadata_tags,
    }
