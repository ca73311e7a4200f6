"""Job definitions by their names (pure)."""

from collections.abc import Iterable

from environments.doctor.facts.compute_environments import Described


def by_name(definitions: Iterable[Described]) -> dict[str, list[Described]]:
    """Return the revisions of every job definition, newest first, by its name and in the order of names."""
    revisions: dict[str, list[Described]] = {}
    for revision in sorted(definitions, key=lambda each: (str(each["jobDefinitionName"]), -int(each["revision"]))):
        revisions.setdefault(str(revision["jobDefinitionName"]), []).append(revision)
    return revisions


def newest(definitions: Iterable[Described]) -> dict[str, Described]:
    """Return the newest revision of every job definition, by its name and in the order of names."""
    return {name: revisions[0] for name, revisions in by_name(definitions).items()}
