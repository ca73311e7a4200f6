"""The address that SSH is allowed from."""

import io
import urllib.request
from typing import Any

import pytest

from images.plan.address import find_allowed_range
from images.spec.builder import Builder, Connect
from kiln.errors import UserError


def answering(monkeypatch: pytest.MonkeyPatch, answer: bytes | OSError) -> list[str]:
    """AWS's page of one's own address answers so; the addresses that were asked."""
    asked: list[str] = []

    def urlopen(url: str, timeout: float) -> Any:
        asked.append(url)
        if isinstance(answer, OSError):
            raise answer
        return io.BytesIO(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return asked


@pytest.mark.parametrize(("ssh_from", "cidr"), [("none", None), ("10.0.0.0/8", "10.0.0.0/8")])
def test_what_is_named_needs_no_question(monkeypatch: pytest.MonkeyPatch, ssh_from: str, cidr: str | None) -> None:
    asked = answering(monkeypatch, OSError("no network"))
    assert find_allowed_range(Builder(ssh_from=ssh_from)) == cidr
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "cidr"), [(b"203.0.113.7\n", "203.0.113.7/32"), (b"2001:db8::1\n", "2001:db8::1/128")]
)
def test_ones_own_address_and_no_other(monkeypatch: pytest.MonkeyPatch, answer: bytes, cidr: str) -> None:
    asked = answering(monkeypatch, answer)
    assert find_allowed_range(Builder()) == cidr
    assert asked == ["https://checkip.amazonaws.com"]


@pytest.mark.parametrize("answer", [OSError("no network"), b"<html>log in</html>", b""])
def test_an_address_that_cannot_be_found_out(monkeypatch: pytest.MonkeyPatch, answer: bytes | OSError) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(UserError, match="public address is unknown") as caught:
        find_allowed_range(Builder())
    assert "builder.ssh_from" in caught.value.hint


def test_inside_a_vpc_it_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, b"203.0.113.7")
    with pytest.raises(UserError, match=r"builder\.ssh_from is needed"):
        find_allowed_range(Builder(connect=Connect(via="private")))
    assert asked == []
