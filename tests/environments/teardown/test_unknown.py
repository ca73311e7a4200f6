"""destroy-env of an environment that is not there: an error, which names what there is."""

import pytest

from environments.commands import destroy as commands
from environments.spec.roles import Roles
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register


def destroy(env: str, *, plan: bool = False, as_json: bool = False) -> int:
    return commands.destroy(env, None, buckets=[], amis=[], plan=plan, yes=True, terminate_jobs=False, as_json=as_json)


@pytest.mark.parametrize("more", [{}, {"plan": True}, {"as_json": True}])
@pytest.mark.parametrize("name", ["nothere", "smal", "genomics"])
def test_section_3_an_environment_that_is_not_there_is_an_error(
    sandbox: Sandbox, name: str, more: dict[str, bool]
) -> None:
    with pytest.raises(UserError, match=f"there is no environment {name} in us-east-1") as refused:
        destroy(name, **more)
    assert "no resource there has a tag of Kiln's" in refused.value.why


def test_section_3_it_names_what_there_is(sandbox: Sandbox, register: Register, define: Define) -> None:
    register(define(), STOCK)
    with pytest.raises(UserError, match="there is no environment nothere") as refused:
        destroy("nothere")
    assert "Kiln's environments there: small" in refused.value.why
    assert destroy("small") == Exit.DONE


@pytest.mark.parametrize(
    "name",
    [
        "AWSServiceRoleForBatch",
        "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
        "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
        "service-linked",
    ],
)
def test_section_3_the_service_linked_role_by_its_own_name(name: str) -> None:
    assert Roles(service=name).service == "service-linked"
    assert Roles(service="AWSServiceRoleForBatch2").service == "AWSServiceRoleForBatch2"
