"""Section 1: whatever right to look is taken away, the doctor says so, and calls nothing healthy."""

from tests.support.doctor import Patient

ESSENTIAL = {"DescribeComputeEnvironments", "DescribeJobQueues", "GetCallerIdentity"}
HAS_ANOTHER_WAY = {"SimulatePrincipalPolicy"}  # policies are read instead


def test_section_1_each_look_denied_in_turn(patient: Patient) -> None:
    patient.sandbox.calls.clear()
    assert patient.visit()["healthy"]
    actions = {call.action for call in patient.sandbox.calls.all()} - ESSENTIAL
    assert len(actions) > 15
    for action in sorted(actions):
        patient.sandbox.faults.add(action, "AccessDenied", status=403, times=None)
        seen = patient.visit()
        patient.sandbox.faults.clear()
        assert seen["healthy"] == (action in HAS_ANOTHER_WAY), action
        assert bool(seen["unseen"]) != (action in HAS_ANOTHER_WAY), action
        assert seen["findings"] == [], action
