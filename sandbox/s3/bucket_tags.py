"""Law: a bucket can be tagged in the call that makes it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html (Tags)
"""

from typing import Any
from xml.etree import ElementTree

from moto.s3.responses import S3Response

_put = S3Response._bucket_response_put


def bucket_response_put(self: Any, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
    """In the place of moto's, which forgets them."""
    answer = _put(self, request, bucket_name, querystring)
    if not querystring and self.body:
        found = tags(self.body)
        if found:
            self.backend.put_bucket_tagging(bucket_name, found)
    return answer


def tags(body: bytes | str) -> dict[str, str]:
    """The tags in a CreateBucketConfiguration."""
    root = ElementTree.fromstring(body)  # noqa: S314  # of this machine's own clients
    pairs = [{_name(child): child.text or "" for child in each} for each in root.iter() if _name(each) == "Tag"]
    return {pair["Key"]: pair.get("Value", "") for pair in pairs}


def _name(element: Any) -> str:
    """Without its namespace."""
    return str(element.tag.rpartition("}")[2])
