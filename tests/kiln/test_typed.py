"""What is suggested can be typed as it stands."""

import pytest

from kiln import typed


def test_suggestions_lead_where_the_person_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed.command("list-amis") == "invoke list-amis"
    monkeypatch.setattr(typed._Typed, "prefix", "invoke")  # put back behind the test
    typed.begin_with("invoke sandbox")
    assert typed.command("list-amis") == "invoke sandbox list-amis"
