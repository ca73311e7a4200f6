"""TagResource, UntagResource, ListTagsForResource.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_TagResource.html (compute environments, jobs, job
definitions and job queues; "existing tags that aren't specified in the request parameters aren't changed").
"""

from sandbox.batch.model import tag_rules
from sandbox.batch.model.errors import refused
from sandbox.batch.model.records import Fields, Records


def tag(records: Records, request: Fields) -> Fields:
    tags = _find_tags(records, request)
    tag_rules.check({**tags, **request["tags"]})
    tags.update(request["tags"])
    return {}


def untag(records: Records, request: Fields) -> Fields:
    tags = _find_tags(records, request)
    for key in request["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags(records: Records, request: Fields) -> Fields:
    return {"tags": dict(_find_tags(records, request))}


def _find_tags(records: Records, request: Fields) -> dict[str, str]:
    arn = request["resourceArn"]
    tags = records.find_tags(arn)
    if tags is None:
        raise refused(f"The resource {arn} does not exist")
    return tags
