"""What AWS calls gone, and what is an error all the same."""

from typing import Any

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
