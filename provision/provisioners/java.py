"""A Java runtime out of the distribution's own packages: what Nextflow runs on.

Sources: "Amazon Corretto 17 and 21 installation on Amazon Linux", Amazon Corretto User Guide; Debian's packages
openjdk-17-jre-headless and openjdk-21-jre-headless.
"""

from typing import Literal

from kiln.models import Model
from provision.model import shell
from provision.model.recipe import Check, Family, Machine, Recipe, Step
from provision.provisioners.packages import INSTALL

# The same name for dnf (Amazon Linux 2023) and yum (2); Debian's for apt. Where a Debian leaves manuals out, there is
# no folder for the links to Java's own, and its package fails.
STEP = r"""
if command -v apt-get >/dev/null 2>&1 && ! command -v yum >/dev/null 2>&1; then
  mkdir -p "${KILN_ROOT:-}/usr/share/man/man1"
  kiln_install openjdk-@VERSION@-jre-headless
else
  kiln_install java-@VERSION@-amazon-corretto-headless
fi
"""
CHECK = r"""
command -v java >/dev/null 2>&1 || kiln_fail "there is no java"
told=$(java -version 2>&1) || kiln_fail "java does not start: $told"
echo "$told" | head -n 1
have=$(sed -n 's/.*version "\([0-9]*\).*/\1/p' <<<"$told" | head -n 1)
[ -n "$have" ] || kiln_fail "java does not say its version: $told"
[ "$have" -ge @VERSION@ ] || kiln_fail "java is version $have, older than @VERSION@"
"""


class Spec(Model):
    """A Java runtime without a display. Default: none."""

    version: Literal[17, 21] | None = None
    """Major version. Default: none is installed."""


def refusal(spec: Spec, family: Family) -> str | None:
    """Say why it cannot be on that family; None where it can."""
    if spec.version and family == "al1":
        return "Amazon Linux 1 has no Java 17 or later: use a base of al2 or al2023"
    return None


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """A step that installs it, and a check that it starts and is of that version; empty without a version."""
    if not spec.version:
        return Recipe()
    version = str(spec.version)
    script = shell.FAIL + INSTALL + STEP.replace("@VERSION@", version)
    check = shell.FAIL + CHECK.replace("@VERSION@", version)
    return Recipe(
        steps=(Step(f"java {version}", script, timeout=1200),),
        checks=(Check(f"java {version} or later starts", check),),
    )
