"""Rights that roles lack, whatever the names of their policies."""

from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.picture import Picture
from environments.rights.words import list_missing


def check_rights(picture: Picture) -> Iterator[Finding]:
    """Check that the roles of the environment may do what they must: as register-env --plan does beforehand."""
    for verdict in picture.rights.by_environment.get(picture.scope.name, ()):
        for missing in list_missing(verdict, picture.rights.attachable):
            yield error(f"the role {missing.role} {missing.lacks}", missing.loss, missing.fix, missing.role)
