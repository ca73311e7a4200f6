"""AWS's errors in a person's words. The one place where they are translated."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiln.errors import UserError

_CREDENTIALS = "Try aws sts get-caller-identity; log in again (aws sso login) or set AWS_PROFILE."
_OTHER_PARTITION = (
    "A region that the account has not switched on answers so too; those of China and of GovCloud take credentials of "
    "their own accounts alone."
)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_KEY = {"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"}
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")
_CLOCK = re.compile(r"RequestTimeTooSkewed|Signature (expired|not yet current)")
DENIED = {"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"}
THROTTLED = {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown"}
_OF_HEAD = "403"
"""The code of an answer to HEAD, which has no text: no right to it, or it is another account's."""
_NEEDS = {
    "HeadBucket": "s3:ListBucket", "HeadObject": "s3:GetObject", "ListObjectsV2": "s3:ListBucket",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads", "ListParts": "s3:ListMultipartUploadParts",
    "CreateMultipartUpload": "s3:PutObject", "UploadPart": "s3:PutObject", "CompleteMultipartUpload": "s3:PutObject",
}  # fmt: skip
"""Operations of S3 → what must be allowed for them, where the message does not say it."""
CAPACITY = {"InsufficientInstanceCapacity", "InsufficientHostCapacity", "SpotMaxPriceTooLow", "Unsupported"}

# Code → hint, for failures whose own message already says what and why.
_HINTS = {
    "VPCIdNotSpecified": "Name a subnet in builder.subnets, or make a default VPC: aws ec2 create-default-vpc.",
    "InvalidAMIName.Duplicate": "Deregister that AMI, or give the image another ami_name.",
    "InvalidSubnetID.NotFound": (
        "network.subnets (of an environment) or builder.subnets (of an image) must name subnets of this account and "
        "region: aws ec2 describe-subnets"
    ),
    "InvalidAMIID.NotFound": "AMI ids differ from region to region: check the id and --region.",
    "InvalidAMIID.Malformed": "An AMI id looks like ami-0123456789abcdef0.",
    "InvalidInstanceID.NotFound": "Check the id and --region; a terminated instance is forgotten after an hour.",
    "VcpuLimitExceeded": "Ask for a higher limit (Service Quotas), or a smaller builder.instance_types.",
    "InstanceLimitExceeded": "Ask for a higher limit (Service Quotas), or end other instances.",
    "ResourceLimitExceeded": "Deregister old AMIs (invoke list-amis), or ask for a higher limit (Service Quotas).",
    "InvalidLaunchTemplateName.AlreadyExistsException": "Somebody registered it a moment ago: plan again.",
    "OptInRequired": "This account must accept the terms of that image or activate the service first.",
    "Client.InvalidKMSKey.InvalidState": "The KMS key must be enabled and its policy must allow this role.",
}


def code(error: BaseException) -> str:
    """The AWS error code of a botocore ClientError, or ""."""
    response: Any = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def is_not_found(error: BaseException) -> bool:
    """Whether AWS says that it has no such thing."""
    return code(error).endswith((".NotFound", ".NotFoundException")) or code(error) in {
        "ParameterNotFound",
        "NoSuchEntity",
    }


@contextmanager
def gone_is_fine(*codes: str) -> Iterator[None]:
    """For deletions: what is gone already is no error. `codes` are what else AWS calls that, of this resource."""
    try:
        yield
    except Exception as error:
        if not is_not_found(error) and code(error) not in codes:
            raise


def or_none(call: Callable[..., Any], *codes: str, **query: Any) -> dict[str, Any] | None:
    """The call's answer, or None where AWS knows no such thing, or answers with one of the `codes`."""
    try:
        answer: dict[str, Any] = call(**query)
    except Exception as error:
        if not is_not_found(error) and code(error) not in codes:
            raise
        return None
    return answer


def translate(error: Exception) -> UserError | None:
    """The UserError that says what a botocore error means, or None for any other exception."""
    import botocore.exceptions as aws

    if isinstance(error, aws.ClientError):
        return _from_answer(error)
    if isinstance(error, aws.NoCredentialsError | aws.PartialCredentialsError | aws.CredentialRetrievalError):
        return UserError("AWS credentials are missing", str(error), _CREDENTIALS)
    if isinstance(
        error, aws.TokenRetrievalError | aws.SSOTokenLoadError | aws.UnauthorizedSSOTokenError | aws.SSOError
    ):
        return UserError("the AWS login has expired", str(error), "Try aws sso login.")
    if isinstance(error, aws.ProfileNotFound):
        return UserError(
            "that AWS profile does not exist", str(error), "Check AWS_PROFILE against aws configure list-profiles."
        )
    if isinstance(error, aws.InvalidRegionError | aws.NoRegionError):
        return UserError("that is not an AWS region", str(error), "Try --region us-east-1.")
    if isinstance(error, aws.HTTPClientError | aws.ConnectionError | aws.EndpointConnectionError):
        return UserError(
            "AWS cannot be reached",
            str(error),
            "Check the network, a proxy (HTTPS_PROXY) and the spelling of the region.",
        )
    if isinstance(error, aws.BotoCoreError):
        return UserError("the AWS request could not be made", str(error))
    return None


def _denied(operation: str, message: str) -> UserError:
    """A call may need more than one action: RunInstances needs iam:PassRole too, where a role goes with it."""
    named = _ACTION.search(message)
    action = named.group(1) if named else _NEEDS.get(operation, operation)
    passed = f" ({action})" if action.rpartition(":")[2] != operation else ""
    if "with an explicit deny" in message:
        hint = f"A policy, a boundary or the organisation denies {action}: ask whoever keeps the account."
    else:
        hint = f"Allow the action {action} in the IAM policy of this role; invoke iam-policy prints what Kiln needs."
    return UserError(f"the credentials may not call {operation}{passed}", message, hint)


def _from_answer(error: Any) -> UserError:
    refusal, message, operation = code(error), str(error.response["Error"].get("Message", "")), error.operation_name
    if _CLOCK.search(f"{refusal}: {message}"):
        return UserError("this computer's clock is wrong", message, "Set it (timedatectl), and type the same again.")
    if refusal in _EXPIRED:
        return UserError("the AWS credentials have expired", message, _CREDENTIALS)
    if refusal in _UNKNOWN_KEY:
        return UserError("AWS does not accept these credentials", message, f"{_CREDENTIALS}\n{_OTHER_PARTITION}")
    if refusal == _OF_HEAD:
        return _denied(operation, f"S3 answers {message or refusal}: it is not allowed, or belongs to another account")
    if refusal in DENIED:
        return _denied(operation, message)
    if refusal in THROTTLED:
        return UserError(
            f"AWS throttles {operation}", message, "Wait a minute and try again; other tools share this limit."
        )
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return UserError(
            f"AWS could not answer {operation}", f"{refusal}: {message}", "Try again; see the AWS Health Dashboard."
        )
    return UserError(f"AWS refused {operation}", f"{refusal}: {message}", _HINTS.get(refusal, ""))
