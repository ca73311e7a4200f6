"""Kinds of Docker storage: what all have, and what is refused."""

import pytest
from pydantic import TypeAdapter, ValidationError

from kiln.errors import UserError
from provision.docker import storage as docker_storage
from provision.model.recipe import Machine


def spec(**raw: str) -> docker_storage.Spec:
    return TypeAdapter[docker_storage.Spec](docker_storage.Spec).validate_python(raw)


def test_storage_without_its_volume_is_a_user_error() -> None:
    for storage in (spec(driver="devicemapper"), spec(driver="overlay2", volume="data")):
        with pytest.raises(UserError, match="needs a data volume"):
            docker_storage.recipe(storage, Machine("al2023"))


def test_refusals_name_the_alternative() -> None:
    thin, overlay = spec(driver="devicemapper"), spec(driver="overlay2")
    assert docker_storage.refusal(thin, "al1") is None
    assert docker_storage.refusal(overlay, "al2") is None
    for family in ("al2", "al2023"):
        assert "driver: overlay2 with a larger volume" in str(docker_storage.refusal(thin, family))
    assert "driver: devicemapper" in str(docker_storage.refusal(overlay, "al1"))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"driver": "devicemapper", "basesize": "8 GiB"}, "can only grow"),
        ({"driver": "devicemapper", "basesize": "40GB"}, "did you mean 40 GiB"),
        ({"driver": "devicemapper", "volume": "data"}, "Extra inputs"),
        ({"driver": "btrfs"}, "does not match any of the expected tags"),
    ],
)
def test_bad_storage_is_refused(raw: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        spec(**raw)
