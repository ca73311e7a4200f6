"""The id of a job out of what a person typed: the id itself, or the ARN (pure)."""

import re

from kiln.errors import UserError

_ARN = re.compile(r"arn:aws[a-z-]*:batch:(?P<region>[a-z0-9-]+):\d{12}:job/(?P<id>\S+)")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d{1,5}|#\d{1,4})?")


def read(typed: str, region: str) -> str:
    """Read an id, which AWS Batch writes in small letters, or an ARN of this region; other text stays as it is.

    Raises UserError for an ARN of another region.
    """
    text = typed.strip()
    match = _ARN.fullmatch(text)
    if match and match["region"] != region:
        raise UserError(
            f"the job {match['id']} is not in {region}",
            f"its ARN is of {match['region']}",
            f"Try --region {match['region']}.",
        )
    text = match["id"] if match else text
    return text.lower() if is_id(text) else text


def is_id(text: str) -> bool:
    """Return whether it is the id of a job, of an array's child or of a node."""
    return bool(_ID.fullmatch(text.lower()))
