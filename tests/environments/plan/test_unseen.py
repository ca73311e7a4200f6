"""Section 1: whatever right to look is taken away, the plan refuses or says what is not checked."""

from botocore.exceptions import ClientError

from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Registered
from tests.support.foreign_roles import ECS, make_role

HAS_ANOTHER_WAY = {"SimulatePrincipalPolicy"}  # policies are read instead


def test_section_1_each_look_denied_in_turn(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    env = define()
    sandbox.calls.clear()
    whole = registered(env, STOCK, plan=True)
    assert (whole["notes"], whole["not_checked"]) == ([], [])
    actions = {call.action for call in sandbox.calls.all() if not call.action.startswith(("GET ", "HEAD "))}
    assert len(actions) > 12
    for action in sorted(actions):
        sandbox.faults.add(action, "AccessDenied", status=403, times=None)
        try:
            told = registered(env, STOCK, plan=True)
        except (UserError, ClientError) as refused:
            assert action in str(refused), action
        else:
            said = [*told["not_checked"], *(note for note in told["notes"] if "not checked" in note)]
            assert bool(said) != (action in HAS_ANOTHER_WAY), action
        sandbox.faults.clear()
