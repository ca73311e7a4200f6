"""Law: what EC2 refuses in a launch and in a launch template alike. Sources: see `sandbox.ec2.instances.launch`."""

import base64
import binascii
from typing import Any

from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes.block_devices import find_fault

USER_DATA_LIMIT = 16 * 1024
_TAGGABLE = ("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu")


def check_user_data(request: dict[str, Any]) -> None:
    """Refuse the user data of a launch, or of a launch template."""
    given = request.get("UserData")
    if not given:
        return
    try:
        size = len(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError):
        raise refused("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None
    if size > USER_DATA_LIMIT:
        raise refused("InvalidParameterValue", "User data is limited to 16384 bytes")


def check_tags(request: dict[str, Any]) -> None:
    """Refuse the tags of a launch, or of a launch template's data."""
    is_spot = (request.get("InstanceMarketOptions") or {}).get("MarketType") == "spot"
    for specification in request.get("TagSpecifications") or []:
        kind = specification.get("ResourceType")
        if kind not in _TAGGABLE or (kind == "spot-instances-request" and not is_spot):
            raise refused(
                "InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation."
            )


def list_warnings(data: dict[str, Any]) -> dict[str, Any]:
    """Return what the answer says beside a launch template that is kept although no machine can start with it.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html (warning).
    """
    faults = [
        find_fault(mapping.get("Ebs") or {}, mapping.get("DeviceName") or "")
        for mapping in data.get("BlockDeviceMappings") or []
    ]
    errors = [{"Code": fault[0], "Message": fault[1]} for fault in faults if fault]
    return {"Warning": {"Errors": errors}} if errors else {}
