"""Names and ids of AWS as definitions write them: what each may be, in words and with an example."""

import difflib
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from kiln.keys.takes import Takes

BUCKET_NAME = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"  # "Bucket naming rules", Amazon S3 User Guide
SIZES = ("nano", "micro", "small", "medium", "large", "xlarge", *(f"{n}xlarge" for n in (2, 3, 4, 6, 8, 9, 10, 12, 16,
         18, 24, 32, 48, 56, 112, 224)), "metal", "metal-16xl", "metal-24xl", "metal-32xl", "metal-48xl")  # fmt: skip
GROUPS = ("optimal", "default_x86_64", "default_arm64")  # "Instance type compute environments", AWS Batch User Guide

# S3 keeps these for access points and its own kinds of buckets (same page).
_RESERVED = re.compile(r"^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
# "Tag naming limits and requirements", AWS documentation: what IAM, S3 and AWS Batch take; EC2 alone takes more.
_TAG_TEXT = re.compile(r"[\w\s.:/=+@-]+")
_MOST_TAGS = 45
_FAMILY = r"[a-z]+-?[0-9]+[a-z0-9-]*"
_SIZE = r"(nano|micro|small|medium|large|\d{0,3}xlarge|metal(-\d{1,3}xl)?)"


def _bucket(value: str) -> str:
    if reserved := _RESERVED.search(value):
        where = "begins with" if reserved[1] else "ends with"
        raise ValueError(f"no bucket's name {where} {reserved[0]}: S3 keeps that for itself")
    if ".." in value:
        raise ValueError("S3 takes no two dots beside one another")
    if _ADDRESS.fullmatch(value):
        raise ValueError("S3 takes no name that looks like an IP address")
    return value


def _type(value: str) -> str:
    if not re.fullmatch(rf"{_FAMILY}\.{_SIZE}", value):
        raise ValueError("there can be no such instance type")
    return value


def _type_or_family(value: str) -> str:
    """Sizes are held at the plan against what the region has; here what can be none anywhere."""
    family, dot, _ = value.partition(".")
    is_family = bool(re.fullmatch(_FAMILY, family)) and not re.search(rf"{_SIZE}$", family)
    if value not in GROUPS and not (is_family and (not dot or re.fullmatch(rf"{_FAMILY}\.{_SIZE}", value))):
        raise ValueError("there can be no such instance type or family")
    return value


def _types_near(value: str) -> Iterator[str]:
    """c5.2xlage → c5.2xlarge, c5-2xlarge → c5.2xlarge, c52xlarge → c5.2xlarge."""
    text = value.strip().lower()
    family, _, size = re.sub(r"[\s_:-]", ".", text, count=1).partition(".") if "." not in text else text.partition(".")
    yield from (f"{family}.{near}" for near in difflib.get_close_matches(size, SIZES, n=1))
    if run_on := re.fullmatch(rf"([a-z]+[0-9][a-z]*?)({_SIZE})", text):
        yield f"{run_on[1]}.{run_on[2]}"


InstanceType = Annotated[
    str, AfterValidator(_type), Takes("an instance type in small letters: family.size", "c5.2xlarge", near=_types_near)
]
TypeOrFamily = Annotated[
    str,
    AfterValidator(_type_or_family),
    Takes(
        "an instance type (c5.2xlarge), a family (c5), or optimal, default_x86_64, default_arm64, in small letters",
        "c5.2xlarge",
        known=GROUPS,
        near=_types_near,
    ),
]
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$"), Takes("a subnet's id", "subnet-0123456789abcdef0")]
AccountId = Annotated[
    str, Field(pattern=r"^\d{12}$"), Takes("an account's id: twelve digits, in quotes", '"123456789012"')
]
BucketName = Annotated[
    str,
    Field(pattern=BUCKET_NAME),
    AfterValidator(_bucket),
    Takes(
        "the bucket's name alone, without s3:// and folders: 3 to 63 small letters, digits, '.' and '-'", "1000genomes"
    ),
]
KmsKeyArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$"),
    Takes(
        "the ARN of a KMS key, not its alias",
        "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d",
    ),
]
KmsKey = Annotated[
    str,
    Field(pattern=r"^(arn:aws[a-z-]*:kms:\S+|alias/[A-Za-z0-9/_-]+|[0-9A-Za-z-]{1,40})$"),
    Takes("the id, the ARN or the alias of a KMS key", "alias/genomics"),
]
Text = Annotated[str, Takes("text, in quotes where it is a number", "genomics")]
Tags = dict[Annotated[str, Takes("a tag's key", "Project")], Text]


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """Return tags that all services take; raises ValueError for others, and for more than Kiln's own leave room for."""
    check_ec2_tags(tags, _MOST_TAGS)
    for key, text in tags.items():
        if wrong := _TAG_TEXT.sub("", key + text):
            raise ValueError(
                f"the tag {key!r} cannot be used: it has {wrong[0]}, and IAM, S3 and AWS Batch take letters, digits, "
                "blanks and _ . : / = + - @"
            )
    return tags


def check_ec2_tags(tags: dict[str, str], most: int) -> dict[str, str]:
    """Return tags that EC2 takes, which bears any characters; raises ValueError for others, and for more than `most`.

    A resource has 50 at most, some of them Kiln's own.
    """
    for key, text in tags.items():
        if key.lower().startswith(("kiln:", "aws:")) or not 0 < len(key) <= 128 or len(text) > 256:
            raise ValueError(
                f"the tag {key!r} cannot be used: kiln: and aws: are reserved; a key has at most 128 characters, "
                "a value 256"
            )
    if len(tags) > most:
        raise ValueError(
            f"{len(tags)} tags are too many: a resource of AWS has at most 50, and Kiln keeps some for its own: "
            f"{most} are left"
        )
    return tags
