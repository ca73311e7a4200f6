"""Parts of user data as tests write them, and what the rules say to them."""

from provision.model.recipe import Family
from userdata.parts import Boothook, CloudConfig, Part, ShellScript
from userdata.refusals import material_of
from userdata.rules.examine import examine
from userdata.rules.finding import Finding


def judge(part: Part, family: Family | None = "al2023") -> tuple[Finding, ...]:
    """What the rules find in one part."""
    return examine(material_of([part]), family)


def script(text: str, family: Family | None = "al2023") -> tuple[Finding, ...]:
    """The same for a bash script."""
    return judge(ShellScript("own", "#!/bin/bash\n" + text), family)


def config(text: str, family: Family | None = "al2023") -> tuple[Finding, ...]:
    """The same for a cloud-config."""
    return judge(CloudConfig("own", "#cloud-config\n" + text), family)


def boothook(text: str, family: Family | None = "al2023") -> tuple[Finding, ...]:
    """The same for a boothook."""
    return judge(Boothook("own", "#cloud-boothook\n" + text), family)


def kind(findings: tuple[Finding, ...]) -> str:
    """refused, warned or fine."""
    return "refused" if any(finding.refused for finding in findings) else "warned" if findings else "fine"
