"""Where nothing is wrong, nothing is found."""

from tests.environments.doctor.conftest import Patient


def test_an_applied_environment_is_healthy(patient: Patient) -> None:
    patient.sandbox.calls.clear()
    document = patient.visit()
    assert document["healthy"]
    assert document["environments"] == ["genomics"]
    assert document["checks"] >= 19
    reading = ("Describe", "Get", "List", "GET ", "POST /v1/describe")
    assert all(call.action.startswith(reading) for call in patient.sandbox.calls.all())
    assert len(patient.sandbox.calls.all()) <= 40
