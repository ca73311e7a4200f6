"""What a kind of resource must be able to do. A module of environments/kinds/ is one kind, and has all of these."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from cloud.session import Cloud
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Fate, Removal

D = TypeVar("D", bound=Desired)
E = TypeVar("E", bound=Existing)


class Kind(Protocol[D, E]):
    """A kind of resource; `D` and `E` are its own classes of what is desired and of what exists."""

    KIND: str
    """Its name on screens and in --json."""
    ACCOUNT_WIDE: bool
    """Whether all regions of the account share it (IAM)."""

    def desired(self, inputs: Inputs) -> tuple[D, ...]:
        """Work out what the definition asks for (pure). `inputs.existing` holds the kinds before this one."""
        ...

    def match(self, region: Region, desired: Sequence[D]) -> Mapping[str, E]:
        """Find those that exist, by the definition's name: whose it is, and which one where there are several."""
        ...

    def tagged(self, region: Region) -> Iterable[E]:
        """List all of the kind that carry tags, for a search by an environment's tag."""
        ...

    def list_unnamed(
        self, region: Region, environment: str, names: Collection[str], existing: Collection[E]
    ) -> Iterable[E]:
        """List what carries the environment's tag, but is none of the definition's `names`; `existing` are those of it.

        Nothing where AWS does not tell this of all in one call: then it keeps the tag until destroy-env.
        """
        ...

    def is_kilns(self, desired: D, existing: E) -> bool:
        """Whether Kiln made it (pure). What it did not make is used, and never changed."""
        ...

    def diff(self, desired: D, existing: E) -> tuple[Difference, ...]:
        """Compare (pure); returns the fields that differ."""
        ...

    def create(self, cloud: Cloud, desired: D) -> str:
        """Make it, tagged from its first moment; returns its id."""
        ...

    def update(self, cloud: Cloud, desired: D, existing: E, changes: Sequence[Difference]) -> str:
        """Change these fields; returns its id afterwards."""
        ...

    def tag(self, cloud: Cloud, existing: E, labels: Mapping[str, str]) -> None:
        """Add tags."""
        ...

    def untag(self, cloud: Cloud, existing: E, keys: Sequence[str]) -> None:
        """Take tags away, and whatever else in it is that environment's alone."""
        ...

    def fate(self, cloud: Cloud, existing: E, removal: Removal) -> tuple[Fate, str]:
        """Decide what becomes of it when no environment uses it any more, and why where that is not plain."""
        ...

    def delete(self, cloud: Cloud, existing: E, removal: Removal) -> None:
        """Delete it for its last environment, and wait until it is gone. What is gone already is no error."""
        ...


AnyKind = Kind[Any, Any]


def users_make_it_kilns(desired: Desired, existing: Existing) -> bool:
    """Kiln made what carries the tag of any environment: the ordinary `is_kilns`."""
    return bool(ownership.users(existing.tags))


def goes(cloud: Cloud, existing: Existing, removal: Removal) -> tuple[Fate, str]:
    """Nothing but its environments holds it: the ordinary `fate`."""
    return "delete", ""


def wait_for_teardown(
    region: Region, environment: str, names: Collection[str], existing: Collection[Existing]
) -> tuple[Existing, ...]:
    """AWS would have to be asked for each by itself, as destroy-env does: the ordinary `list_unnamed`."""
    return ()
