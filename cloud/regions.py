"""Names of AWS regions: which there are, and what somebody meant who wrote another one.

Source: "AWS Regions", AWS General Reference, as of 2026; newer ones are known to a newer botocore.
"""

import difflib
import os
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from kiln.errors import UserError

_AREAS = {
    "af": "south-1", "ap": "east-1 east-2 northeast-1 northeast-2 northeast-3 south-1 south-2 southeast-1 southeast-2 "
    "southeast-3 southeast-4 southeast-5 southeast-6 southeast-7", "ca": "central-1 west-1",
    "eu": "central-1 central-2 north-1 south-1 south-2 west-1 west-2 west-3", "il": "central-1",
    "me": "central-1 south-1", "mx": "central-1", "sa": "east-1",
    "us": "east-1 east-2 west-1 west-2 gov-east-1 gov-west-1",
    "cn": "north-1 northwest-1", "eusc": "de-east-1",
}  # fmt: skip
KNOWN = frozenset(f"{area}-{place}" for area, places in _AREAS.items() for place in places.split())
_NAMES = {
    "virginia": "us-east-1", "ohio": "us-east-2", "california": "us-west-1", "oregon": "us-west-2",
    "ireland": "eu-west-1", "london": "eu-west-2", "paris": "eu-west-3", "frankfurt": "eu-central-1",
    "zurich": "eu-central-2", "stockholm": "eu-north-1", "milan": "eu-south-1", "spain": "eu-south-2",
    "mumbai": "ap-south-1", "singapore": "ap-southeast-1", "sydney": "ap-southeast-2", "tokyo": "ap-northeast-1",
    "seoul": "ap-northeast-2", "saopaulo": "sa-east-1", "montreal": "ca-central-1", "capetown": "af-south-1",
    "beijing": "cn-north-1", "ningxia": "cn-northwest-1",
}  # fmt: skip


def check(region: str, given: str | None, session: Any = None) -> None:
    """Raise UserError for what is no region.

    `given` is what --region says; `session` is boto3's, which may know newer ones.
    """
    if region in KNOWN or (session is not None and region in _of_botocore(session)):
        return
    source = "--region" if given else _source(region)
    nearest = meant(region)
    try_it = f"--region {nearest}" if given else f"export AWS_REGION={nearest}"
    newer = "" if _kind(region) or not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region) else (
        " Where AWS has opened it lately: python -m pip install --upgrade boto3 botocore"
    )  # fmt: skip
    raise UserError(
        f"{region} is not an AWS region",
        f"{source} says so{_kind(region)}; a region is called like us-east-1 or eu-central-1",
        (f"Try {try_it}" if nearest else "Known: " + ", ".join(sorted(KNOWN))) + (f".{newer}" if newer else ""),
    )


def _source(region: str) -> str:
    names = [name for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if os.environ.get(name) == region]
    return names[0] if names else f"the AWS profile {os.environ.get('AWS_PROFILE', 'default')}"


def _kind(region: str) -> str:
    """What it is instead, where that can be told."""
    if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", region):
        return ", and that is an availability zone"
    if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d(-[a-z]{3})+-\d+[a-z]", region):
        return ", and that is a local zone"
    if re.fullmatch(r"[a-z]{3,5}\d-az\d+", region):
        return ", and that is the id of an availability zone"
    return ""


def meant(text: str) -> str:
    """The region that a text probably means: us-east-1a, us_east_1, US-EAST-1, useast1, N. Virginia; "" for none."""
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    plain = {re.sub(r"-", "", region): region for region in KNOWN}
    zone = re.match(r"[a-z]{2}(-[a-z]+)+-\d", text.strip().lower())
    if zone and zone[0] in KNOWN:
        return zone[0]
    if letters in plain:
        return plain[letters]
    if place := next((region for name, region in _NAMES.items() if name in letters), ""):
        return place
    near = difflib.get_close_matches(text.strip().lower(), sorted(KNOWN), n=1, cutoff=0.7)
    return near[0] if near else ""


@cache
def find_partition(region: str) -> str:
    """Find the partition of a region, as ARNs begin: aws, aws-cn, aws-us-gov, aws-eusc, …."""
    from botocore.session import get_session

    return str(get_session().get_partition_for_region(region))


def _of_botocore(session: Any) -> Iterable[str]:
    if not hasattr(session, "get_available_partitions"):
        return ()
    partitions = session.get_available_partitions()
    return {region for name in partitions for region in session.get_available_regions("ec2", partition_name=name)}
