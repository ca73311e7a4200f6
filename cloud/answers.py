"""What a call without an answer means: whether it may have been carried out, and whether it may be made again.

botocore makes such calls again by itself; `Cloud.client_without_retries` is for calls that AWS would carry out twice.
"""

from typing import Any

from cloud import errors


def may_be_done(error: Exception) -> bool:
    """Whether the call may have been carried out all the same: its answer was lost, or AWS itself had a fault."""
    import botocore.exceptions as aws

    return isinstance(error, aws.HTTPClientError) or _read_status(error) >= 500


def is_temporary(error: Exception) -> bool:
    """Whether the call was surely not carried out, and may be the next time: throttled, or AWS was not reached."""
    import botocore.exceptions as aws

    return isinstance(error, aws.ConnectionError) or errors.code(error) in errors.THROTTLED


def _read_status(error: BaseException) -> int:
    """The HTTP status of AWS's answer; 0 where there was none."""
    response: Any = getattr(error, "response", None)
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) if isinstance(response, dict) else 0
