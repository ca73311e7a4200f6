"""A library that has changed is found out when the sandbox starts."""

from typing import Any

import pytest

from sandbox.seams.seam import Seam, SeamError
from sandbox.seams.subclass import Subclass


class Library:
    @property
    def state(self) -> str:
        return "made"

    def create(self, name: str, region: str = "us-east-1") -> str:
        return f"{name} in {region}"

    @classmethod
    def dispatch(cls, request: Any) -> Any:
        return request


Library.__module__ = "moto.library"


def seam(name: str, replacement: Any) -> Seam:
    return Seam(Library, name, lambda _: replacement, "for a test")


def test_what_is_called_alike_takes_its_place_and_goes_again() -> None:
    def create(self: Library, name: str, region: str = "us-east-1") -> str:
        return "ours"

    with seam("create", create).in_place():
        assert Library().create("bucket") == "ours"
    assert Library().create("bucket") == "bucket in us-east-1"


@pytest.mark.parametrize(
    "replacement",
    [
        lambda self, name: name,
        lambda self, name, region: name,
        lambda self, region="us-east-1", name="": name,
        lambda self, title, region="us-east-1": title,
        lambda self, name, *, region="us-east-1": name,
        property(lambda self: "made"),
    ],
)
def test_another_call_is_refused(replacement: Any) -> None:
    with pytest.raises(SeamError, match=r"Library.create is \(self, name, region='us-east-1'\), and the sandbox has"):
        seam("create", replacement).install()
    assert Library().create("bucket") == "bucket in us-east-1"


def test_a_property_stays_one() -> None:
    with pytest.raises(SeamError, match="is property"):
        seam("state", lambda self: "gone").install()


def test_what_is_gone_is_named() -> None:
    with pytest.raises(SeamError, match=r"moto\.library\.Library\.destroy is gone"):
        seam("destroy", lambda self: None).install()


def ours(**members: Any) -> type:
    cls = type("Ours", (Library,), members)
    cls.__module__ = "sandbox.ours"
    return cls


def test_a_subclass_overrides_what_is_called_alike() -> None:
    Subclass(ours(create=lambda self, name, region="us-east-1": name), "for a test").check()


@pytest.mark.parametrize(
    ("members", "adds", "words"),
    [
        ({"create": lambda self, name: name}, (), "moto's original of Ours.create is"),
        ({"state": lambda self: "gone"}, (), "moto's original of Ours.state is property"),
        ({"destroy": lambda self: None}, (), "Ours.destroy overrides a method that moto does not have"),
        ({"create": lambda self, name, region="us-east-1": name}, ("create",), "moto has a method of this name"),
    ],
)
def test_a_subclass_that_does_not_fit_is_refused(members: dict[str, Any], adds: tuple[str, ...], words: str) -> None:
    with pytest.raises(SeamError, match=words):
        Subclass(ours(**members), "for a test", adds).check()


def test_an_addition_is_one_where_it_is_said() -> None:
    Subclass(ours(destroy=lambda self: None), "for a test", ("destroy",)).check()
