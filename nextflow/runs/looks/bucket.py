"""The bucket where runs of an environment keep their files. What this imports, every `invoke upload` waits for."""

from cloud import errors
from cloud.session import Cloud
from environments.spec.environment import EnvironmentSpec
from kiln import typed
from kiln.errors import UserError


def find_bucket(cloud: Cloud, spec: EnvironmentSpec) -> tuple[str, str]:
    """Find the environment's work bucket and the account's id; raises UserError where the bucket is missing."""
    use = "work" if "work" in spec.buckets else next(iter(spec.buckets), "")
    if not use:
        raise UserError(
            f"{spec.name} has no bucket", "runs keep their work, cache and logs in S3; the definition names no bucket",
            "Add buckets: {work: {}} to the definition, and register it.",
        )  # fmt: skip
    account = cloud.account()
    bucket = spec.bucket_name(use, account, cloud.region)
    try:
        cloud.client("s3").head_bucket(Bucket=bucket)
    except Exception as error:
        if errors.code(error) not in ("404", "NoSuchBucket"):
            raise
        raise UserError(
            f"the bucket {bucket} is missing", f"runs of {spec.name} keep their work, cache and logs there",
            f"{typed.command(f'register-env --env {spec.name}')} makes it.",
        ) from None  # fmt: skip
    return bucket, account
