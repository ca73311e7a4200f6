"""S3 with every law: moto's responses, and around them what AWS checks and does.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html (Tags: a bucket can be tagged
in the call that makes it, which moto forgets)
"""

from typing import Any
from xml.etree import ElementTree

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from sandbox.s3 import encryption, listing
from sandbox.s3.bucket import Bucket
from sandbox.s3.conditional import write_in_turn
from sandbox.s3.names import check_new, check_own


class S3(S3Response):
    def _bucket_response(self, request: Any, full_url: str) -> Any:
        if not self._creates_bucket(request, full_url):
            check_own(self.bucket_name)
        return super()._bucket_response(request, full_url)

    def _key_response(self, request: Any, full_url: str) -> TYPE_RESPONSE:
        check_own(self.bucket_name)
        bucket = self.backend.buckets.get(self.bucket_name)
        if bucket is not None and request.method in ("PUT", "POST"):
            encryption.check_write(bucket, self.headers)
        return super()._key_response(request, full_url)

    def _bucket_response_put(self, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if querystring:
            return super()._bucket_response_put(request, bucket_name, querystring)
        check_new(bucket_name)
        response = super()._bucket_response_put(request, bucket_name, querystring)
        buckets = self.backend.buckets
        if not isinstance(buckets[bucket_name], Bucket):
            buckets[bucket_name] = Bucket(buckets[bucket_name])  # type: ignore[abstract]  # moto instantiates it too
        tags = read_tags(self.body) if self.body else {}
        if tags:
            self.backend.put_bucket_tagging(bucket_name, tags)
        return response

    def _encryption_config_from_body(self) -> dict[str, Any]:
        return encryption.change(self.backend.get_bucket(self.bucket_name).encryption, self.body)

    def get_bucket_encryption(self) -> TYPE_RESPONSE:
        configuration = encryption.describe(self.backend.get_bucket(self.bucket_name).encryption)
        self.data["Action"] = "GetBucketEncryption"
        return self.serialized(ActionResult({"ServerSideEncryptionConfiguration": configuration}))

    def delete_bucket_encryption(self) -> TYPE_RESPONSE:
        bucket = self.backend.get_bucket(self.bucket_name)
        bucket.encryption = encryption.reset(bucket.encryption)
        return 204, {}, ""

    def delete_bucket(self) -> TYPE_RESPONSE:
        """With its tags, which moto would give to the next bucket of that name."""
        arn = self.backend.get_bucket(self.bucket_name).arn
        answer = super().delete_bucket()
        self.backend.tagger.delete_all_tags_for_resource(arn)
        return answer

    def put_object(self) -> TYPE_RESPONSE:
        with write_in_turn(self.headers):
            return super().put_object()

    def all_buckets(self) -> TYPE_RESPONSE:
        """With pages, which moto has not: it takes max-buckets, and gives no token."""
        self.data["Action"] = "ListAllMyBuckets"
        self._authenticate_and_authorize_s3_action()
        prefix = self._get_param("prefix")
        buckets = self.backend.list_buckets(prefix, self._get_param("bucket-region"), None)
        listed = [{"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601} for bucket in buckets]
        page, token = listing.cut_page(
            listed, self._get_param("max-buckets"), self._get_param("continuation-token"), self.region
        )
        answer = {"Owner": listing.OWNER, "Buckets": page, "ContinuationToken": token, "Prefix": prefix}
        self.data["Action"] = "ListBuckets"
        return self.serialized(ActionResult({name: value for name, value in answer.items() if value is not None}))

    def _creates_bucket(self, request: Any, full_url: str) -> bool:
        return request.method == "PUT" and not self._get_querystring(request, full_url)


def read_tags(body: bytes | str) -> dict[str, str]:
    """Read the tags of a CreateBucketConfiguration."""
    root = ElementTree.fromstring(body)  # noqa: S314  # of this machine's own clients
    pairs = [{_name(part): part.text or "" for part in tag} for tag in root.iter() if _name(tag) == "Tag"]
    return {pair["Key"]: pair.get("Value", "") for pair in pairs}


def _name(element: Any) -> str:
    """Without its namespace."""
    return str(element.tag.rpartition("}")[2])
