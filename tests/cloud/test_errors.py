"""What AWS calls gone, and what is an error all the same."""

from typing import Any

import botocore.exceptions as aws
import pytest
from botocore.exceptions import ClientError

from cloud import errors


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "DeleteRole")


@pytest.mark.parametrize("code", ["NoSuchEntity", "InvalidGroup.NotFound", "NoSuchBucket"])
def test_what_is_gone_need_not_be_deleted(code: str) -> None:
    with errors.gone_is_fine("NoSuchBucket"):
        raise refused(code)


@pytest.mark.parametrize("error", [refused("DeleteConflict"), refused("NoSuchBucket"), KeyError("NoSuchEntity")])
def test_other_errors_of_a_deletion_pass(error: Exception) -> None:
    with pytest.raises(type(error)), errors.gone_is_fine("BucketNotEmpty"):
        raise error


def asked(name: str) -> dict[str, Any]:
    if name != "there":
        raise refused(name)
    return {"Role": name}


def test_an_answer_or_none() -> None:
    assert errors.or_none(asked, name="there") == {"Role": "there"}
    assert errors.or_none(asked, name="NoSuchEntity") is None
    assert errors.or_none(asked, "AccessDenied", name="AccessDenied") is None
    with pytest.raises(ClientError):
        errors.or_none(asked, name="AccessDenied")


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("ExpiredToken", "the AWS credentials have expired"),
        ("AuthFailure", "AWS does not accept these credentials"),
        ("AccessDenied", "the credentials may not call DeleteRole"),
        ("403", "the credentials may not call DeleteRole"),
        ("Throttling", "AWS throttles DeleteRole"),
        ("SlowDown", "AWS throttles DeleteRole"),
        ("DeleteConflict", "AWS refused DeleteRole"),
    ],
)
def test_a_refusal_in_words(code: str, what: str) -> None:
    error = errors.translate(refused(code))
    assert error is not None
    assert error.what == what


@pytest.mark.parametrize(("operation", "action"), [("HeadBucket", "s3:ListBucket"), ("HeadObject", "s3:GetObject")])
def test_an_answer_to_head_has_no_text(operation: str, action: str) -> None:
    error = errors.translate(ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, operation))
    assert error is not None
    assert "another account" in error.why
    assert f"Allow the action {action}" in error.hint


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        ("InvalidSignatureException", "Signature expired: 20261128T000000Z is now earlier than 20261128T100000Z"),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261128T100000Z is still later than 20261128T000000Z"),
    ],
)
def test_a_clock_that_is_wrong(code: str, message: str) -> None:
    error = errors.translate(answer(message, 403, code))
    assert error is not None
    assert (error.what, error.why) == ("this computer's clock is wrong", message)


def answer(message: str, status: int = 400, code: str = "AccessDenied") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "RunInstances",
    )


def test_a_denial_names_the_action_that_is_missing() -> None:
    own = errors.translate(answer("You are not authorized to perform: ec2:RunInstances on resource: x"))
    assert own is not None
    assert own.what == "the credentials may not call RunInstances"
    assert own.hint.startswith("Allow the action ec2:RunInstances in the IAM policy of this role")
    passed = errors.translate(answer("User: x is not authorized to perform: iam:PassRole on resource: y"))
    assert passed is not None
    assert passed.what == "the credentials may not call RunInstances (iam:PassRole)"
    unnamed = errors.translate(answer("no"))
    assert unnamed is not None
    assert unnamed.hint.startswith("Allow the action RunInstances")


def test_an_explicit_deny_is_somebodys_wish() -> None:
    error = errors.translate(answer("not authorized to perform: iam:PassRole with an explicit deny in a boundary"))
    assert error is not None
    assert error.hint == "A policy, a boundary or the organisation denies iam:PassRole: ask whoever keeps the account."


def test_aws_itself_fails_from_500_on() -> None:
    broken = errors.translate(answer("sorry", 500, "InternalError"))
    assert broken is not None
    assert (broken.what, broken.why) == ("AWS could not answer RunInstances", "InternalError: sorry")
    refusal = errors.translate(answer("no", 499, "InvalidAMIID.Malformed"))
    assert refusal is not None
    assert (refusal.what, refusal.why) == ("AWS refused RunInstances", "InvalidAMIID.Malformed: no")
    assert refusal.hint == "An AMI id looks like ami-0123456789abcdef0."


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (aws.NoCredentialsError(), "AWS credentials are missing"),
        (aws.SSOTokenLoadError(error_msg="old"), "the AWS login has expired"),
        (aws.ProfileNotFound(profile="p"), "that AWS profile does not exist"),
        (aws.NoRegionError(), "that is not an AWS region"),
        (aws.EndpointConnectionError(endpoint_url="u"), "AWS cannot be reached"),
        (aws.ParamValidationError(report="r"), "the AWS request could not be made"),
    ],
)
def test_what_never_reached_aws(error: Exception, what: str) -> None:
    told = errors.translate(error)
    assert told is not None
    assert (told.what, told.why) == (what, str(error))


def test_errors_of_others_are_bugs() -> None:
    assert errors.translate(ValueError("x")) is None
    assert errors.code(ValueError("x")) == ""


@pytest.mark.parametrize("key", ["network.subnets", "builder.subnets", "aws ec2 describe-subnets"])
def test_an_unknown_subnet_is_told_with_the_keys_that_name_subnets(key: str) -> None:
    answer = {"Error": {"Code": "InvalidSubnetID.NotFound", "Message": "The subnet ID 'subnet-1' does not exist"}}
    translated = errors.translate(ClientError(answer, "DescribeSubnets"))
    assert translated is not None
    assert key in translated.hint
