"""The name of the operation that a request of Batch's REST API asks for.

Source: the http traits of botocore's model, https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html
"""

from functools import cache

from moto.core.utils import get_service_model

_TAGS = {"GET": "ListTagsForResource", "POST": "TagResource", "DELETE": "UntagResource"}


def name(method: str, path: str) -> str:
    """ "CreateComputeEnvironment" of POST /v1/createcomputeenvironment; "" for what Batch does not have."""
    if path.startswith("/v1/tags/"):
        return _TAGS.get(method, "")
    return _by_path().get((method, path), "")


@cache
def _by_path() -> dict[tuple[str, str], str]:
    model = get_service_model("batch")
    http = {each: model.operation_model(each).http for each in model.operation_names}
    return {(each["method"], each["requestUri"]): operation for operation, each in http.items()}
