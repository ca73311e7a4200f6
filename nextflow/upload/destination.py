"""Where in an environment's bucket files go, by what a person types behind --to (pure)."""

from environments.spec.storage import Bucket
from kiln.errors import UserError
from nextflow.upload.files import RUNS


def find_key(to: str, bucket: str) -> str:
    """Return the prefix (no / at either end); raises UserError for another bucket, and for a folder that is Kiln's."""
    prefix = to
    if to.startswith("s3://"):
        named, _, prefix = to.removeprefix("s3://").partition("/")
        if named != bucket:
            raise UserError(
                f"{to} is not in the environment's bucket", f"that is {bucket}",
                "Give the folder alone, such as --to indices/salmon; or name another environment: --env NAME.",
            )  # fmt: skip
    prefix = prefix.strip("/")
    parts = prefix.split("/")
    if any(part in ("", ".", "..") for part in parts) and prefix:
        raise UserError(
            f"{to} is no folder in S3", "a folder's name has no empty parts, and no . and ..",
            "Try --to indices/salmon.",
        )  # fmt: skip
    if prefix != prefix.encode("utf-8", "replace").decode():
        raise UserError(f"{to!r} is no folder in S3", "its name is not UTF-8", "Give another: --to indices/salmon.")
    if f"{prefix}/".startswith(RUNS):
        raise UserError(
            f"{prefix} is where runs keep their own files", "what is written there can break them",
            "Choose another folder, such as --to fastq.",
        )  # fmt: skip
    return prefix


def leave_name(prefix: str, name: str) -> str:
    """Return the folder of a file whose own name may stand at the end already, as a copy's target has it."""
    folder, _, last = prefix.rpartition("/")
    return folder if last == name else prefix


def warn_of_age(prefix: str, bucket: Bucket) -> str:
    """Warn where the bucket deletes what is uploaded there by its age; "" where it does not."""
    if not bucket.expire or not f"{prefix}/".startswith(bucket.expire):
        return ""
    return (
        f"the bucket deletes what stands under {bucket.expire} after {bucket.expire_days} days: inputs that must last "
        "belong into another folder (--to)"
    )
