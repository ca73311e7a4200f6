"""The parameters of a run that goes on: its file in S3 must be there still, and its secrets are hidden again."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from cloud import errors
from cloud.session import Cloud
from kiln.errors import UserError
from nextflow.runs.places import split
from nextflow.runs.record import RunRecord


def read_values(cloud: Cloud, record: RunRecord) -> Mapping[str, Any]:
    """Read the parameters that the run was started with; none where it had no file, or where that cannot be parsed.

    Raises UserError for a file that is gone: the head would end without it.
    """
    if not record.params:
        return {}
    bucket, key = split(record.params)
    answer = errors.or_none(cloud.client("s3").get_object, "NoSuchKey", "NoSuchBucket", "404", Bucket=bucket, Key=key)
    if answer is None:
        raise UserError(
            f"the parameters of {record.name} are gone", f"{record.params} is not there",
            "Give the file again: --params FILE.",
        )  # fmt: skip
    return _parse(answer["Body"].read(), key)


def _parse(content: bytes, key: str) -> Mapping[str, Any]:
    try:
        values = json.loads(content) if key.endswith(".json") else yaml.safe_load(content)
    except (ValueError, RecursionError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}
