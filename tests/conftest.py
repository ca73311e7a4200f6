"""The offline AWS in this process, which most tests share: one, because moto keeps one account in a process."""

from collections.abc import Iterator

import pytest
from botocore.loaders import Loader

from sandbox.inprocess import Sandbox


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    loader = Loader()  # botocore reads megabytes of service models for each session; here all sessions share them
    with pytest.MonkeyPatch.context() as patch, Sandbox() as sandbox:
        patch.setattr("botocore.session.create_loader", lambda path: loader)
        yield sandbox
