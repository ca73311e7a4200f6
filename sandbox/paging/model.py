"""Which operations answer in pages, and by which parameters: botocore's own tables, for every service alike.

The sizes are the models' own, and where EC2's has none, what its API Reference says: "between 5 and 1000". How many
are given where nobody asks is from the pages of the operations: 100 in IAM (API_ListRoles.html, MaxItems), 50 log
groups, 10 parameters of a path, 200 launch template versions, 100 instance types.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_pagination_model, get_service_model

from sandbox.world.request import Request

# S3's lists go by their own keys, which moto does; events of logs are read by time.
_OTHERWISE = {"s3", "sts"}
_BY_TIME = {"FilterLogEvents", "GetLogEvents"}
_UNASKED = {
    "DescribeInstanceTypes": 100, "DescribeLaunchTemplates": 200, "DescribeLaunchTemplateVersions": 200,
    "DescribeParameters": 50, "GetParametersByPath": 10, "GetParameterHistory": 50, "ListAliases": 50,
    "ListResourceTags": 50, "ListGrants": 50, "ListJobs": 1000,
}  # fmt: skip
_UNASKED_OF = {"ec2": 1000, "iam": 100, "logs": 50, "ssm": 50}
_EC2_SIZES = {"DescribeLaunchTemplateVersions": (1, 200)}
# API_ListJobs.html: "returns up to 1000 values", and "up to 100" with filters.
_SIZES_OF_JOBS = (1, 1000)


@dataclass(frozen=True)
class Paging:
    """`input_token`, `limit` are parameters, `output_token`, `more` and `lists` members of the answer.

    A size is from `at_least` to `at_most`; `unasked` items are given where no size is asked for.
    """

    input_token: str
    output_token: str
    limit: str
    lists: tuple[str, ...]
    more: str
    at_least: int
    at_most: int
    unasked: int


def find_paging(request: Request) -> Paging | None:
    """Find how an operation hands out its list; None for one that gives all at once."""
    if request.service in _OTHERWISE or request.operation in _BY_TIME or not request.modelled:
        return None
    paging = _read(request.service, request.botocore_service, request.operation)
    if paging is not None and request.operation == "ListJobs" and request.get("filters"):
        return replace(paging, at_most=100, unasked=100)
    return paging


@cache
def _read(service: str, botocore_service: str, operation: str) -> Paging | None:
    tables = _load(botocore_service)
    if operation not in tables:
        return None
    table = tables[operation]
    limit, lists = str(table.get("limit_key") or ""), table["result_key"]
    low, high = _find_sizes(service, botocore_service, operation, limit)
    return Paging(
        table["input_token"], table["output_token"], limit, tuple(lists) if isinstance(lists, list) else (lists,),
        str(table.get("more_results") or ""), low, high,
        _UNASKED.get(operation, _UNASKED_OF.get(service, 100)),
    )  # fmt: skip


@cache
def _load(botocore_service: str) -> dict[str, Any]:
    try:
        return dict(get_pagination_model(botocore_service))
    except UnknownServiceError:
        return {}


def _find_sizes(service: str, botocore_service: str, operation: str, limit: str) -> tuple[int, int]:
    if service == "ec2" and operation in _EC2_SIZES:
        return _EC2_SIZES[operation]
    if (service, operation) == ("batch", "ListJobs"):
        return _SIZES_OF_JOBS
    shape = get_service_model(botocore_service).operation_model(operation).input_shape.members.get(limit)
    sizes = shape.metadata if shape is not None else {}
    unsaid = (5, 1000) if service == "ec2" else (1, 100)
    return int(sizes.get("min", unsaid[0])), int(sizes.get("max", unsaid[1]))
