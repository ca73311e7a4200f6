"""The door's step for lists: a size that the operation does not take, and a token that is not its own, are refused.

Texts: EC2's as people quote them (aws/aws-sdk-ruby#2575, aws/aws-cli#3397, boto/boto3#2673), IAM's "Invalid Marker."
(API_ListRoles.html, ValidationError of its Common Errors), the others' as their services word a failed validation;
codes of the tokens are those of the services' models.
"""

from sandbox.paging.model import Paging, find_paging
from sandbox.world.refusals import Refusal
from sandbox.world.request import Request
from sandbox.world.world import World

# By the name that requests are signed for: the codes of a wrong size and of a wrong token.
_CODES = {
    "ec2": ("InvalidParameterValue", "InvalidParameterValue"),
    "iam": ("ValidationError", "ValidationError"),
    "batch": ("ClientException", "ClientException"),
    "ssm": ("ValidationException", "InvalidNextToken"),
    "kms": ("ValidationException", "InvalidMarkerException"),
    "logs": ("InvalidParameterException", "InvalidParameterException"),
    "ecr": ("InvalidParameterException", "InvalidParameterException"),
    "ecs": ("InvalidParameterException", "InvalidParameterException"),
    "servicequotas": ("ValidationException", "InvalidPaginationTokenException"),
    "pricing": ("InvalidParameterException", "InvalidNextTokenException"),
}
_OTHERS = ("ValidationException", "ValidationException")
# Parameters of EC2 that name what is asked for, and their names in its refusals: with them there are no pages.
_NAMED = {
    "DescribeInstances": ("InstanceIds", "instancesSet"),
    "DescribeInstanceStatus": ("InstanceIds", "instancesSet"),
    "DescribeVolumes": ("VolumeIds", "volumesSet"),
    "DescribeVolumeStatus": ("VolumeIds", "volumesSet"),
    "DescribeSnapshots": ("SnapshotIds", "snapshotSet"),
}


def check_pages(world: World, request: Request) -> Refusal | None:
    """Refuse a page that there is not."""
    paging = find_paging(request)
    if paging is None:
        return None
    return _check_size(paging, request) or _check_token(world, paging, request)


def place_of(request: Request) -> tuple[str, str, str]:
    return request.service, request.region, request.operation


def _check_size(paging: Paging, request: Request) -> Refusal | None:
    size = request.get(paging.limit) if paging.limit else None
    if size is None:
        return None
    code = _CODES.get(request.service, _OTHERS)[0]
    if request.service == "ec2":
        names, listed = _NAMED.get(request.operation, ("", ""))
        if names and request.get(names):
            why = f"The parameter {listed} cannot be used with the parameter maxResults"
            return Refusal("InvalidParameterCombination", why)
        return _check_size_of_ec2(paging, request, int(size), code)
    if request.service == "batch" and not paging.at_least <= size <= paging.at_most:
        return Refusal(code, f"maxResults must be between {paging.at_least} and {paging.at_most}")
    for wrong, bound in ((size < paging.at_least, f"greater than or equal to {paging.at_least}"),
                         (size > paging.at_most, f"less than or equal to {paging.at_most}")):  # fmt: skip
        if wrong:
            name = paging.limit[0].lower() + paging.limit[1:]
            why = f"Value '{size}' at '{name}' failed to satisfy constraint: Member must have value {bound}"
            return Refusal(code, f"1 validation error detected: {why}")
    return None


def _check_size_of_ec2(paging: Paging, request: Request, size: int, code: str) -> Refusal | None:
    if request.operation == "DescribeLaunchTemplateVersions" and not paging.at_least <= size <= paging.at_most:
        return Refusal(code, f"Maximum results allowed are between {paging.at_least} and {paging.at_most}")
    if size < paging.at_least:
        return Refusal(code, f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value greater than "
                       f"{paging.at_least}.")  # fmt: skip
    return None  # more than it gives are not refused: it gives as many as it does


def _check_token(world: World, paging: Paging, request: Request) -> Refusal | None:
    token = request.get(paging.input_token)
    if not token or world.rests.find(place_of(request), str(token), world.clock.now()):
        return None
    code = _CODES.get(request.service, _OTHERS)[1]
    if request.service == "ec2":
        why = f"Value ( {token} ) for parameter {paging.input_token} is invalid. The token is invalid."
    elif request.service == "iam":
        why = "Invalid Marker."
    else:
        why = f"Invalid {paging.input_token}"
    return Refusal(code, why)
