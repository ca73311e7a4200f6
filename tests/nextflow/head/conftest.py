"""Head nodes whose machines are records alone: SSH answers at once."""

import pytest

from nextflow.head import answering


@pytest.fixture
def answering_hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that were waited for."""
    hosts = list[str]()
    monkeypatch.setattr(answering, "await_ssh", hosts.append)
    return hosts
