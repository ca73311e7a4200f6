"""The instance types that Batch takes, and what a family or a word for several means.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html (instanceTypes: families, types,
`optimal`, `default_x86_64`, `default_arm64`; "you can't mix x86 and ARM instances in the same compute environment").
Burstable (t) and Mac types are not among those that Batch lists in its error.
"""

import re
from functools import cache

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES

from sandbox.ec2.model.instance_types import architectures

X86, ARM = "x86_64", "arm64"
_X86_DEFAULT = ("m6i", "c6i", "r6i", "c7i")
WORDS = {
    "optimal": _X86_DEFAULT,
    "default_x86_64": _X86_DEFAULT,
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
_NEVER = re.compile(r"t\d|mac")


@cache
def list_families() -> dict[str, tuple[str, ...]]:
    """List the families that Batch can use, with their instance types."""
    found: dict[str, list[str]] = {}
    for name in sorted(INSTANCE_TYPES):
        family = name.split(".")[0]
        if not _NEVER.match(family):
            found.setdefault(family, []).append(name)
    return {family: tuple(names) for family, names in found.items()}


def expand(wanted: str) -> tuple[str, ...]:
    """List the instance types that a type, a family or a word stands for; () when Batch does not know it."""
    if wanted in WORDS:
        return tuple(instance_type for family in WORDS[wanted] for instance_type in list_families().get(family, ()))
    known = list_families()
    if wanted in known:
        return known[wanted]
    return (wanted,) if wanted in known.get(wanted.split(".", maxsplit=1)[0], ()) else ()


def expand_all(wanted: list[str]) -> list[str]:
    return [instance_type for name in wanted for instance_type in expand(name)]


def list_architectures(wanted: list[str]) -> set[str]:
    """Return {"x86_64"}, {"arm64"}, or both."""
    return {ARM if ARM in architectures(name) else X86 for name in expand_all(wanted)}


@cache
def _list_offered(region: str) -> frozenset[str]:
    return frozenset(offering["InstanceType"] for offering in INSTANCE_TYPE_OFFERINGS["region"].get(region, ()))


def check_names(wanted: list[str], region: str) -> str:
    """Find what is wrong with instanceTypes, in Batch's words; "" when nothing is.

    The list is the region's: aws-samples/aws-genai-llm-chatbot#488, of m6a in Paris.
    """
    offered = _list_offered(region)
    if any(not offered.intersection(expand(name)) for name in wanted):
        known = {family: offered.intersection(types) for family, types in list_families().items()}
        families = [family for family, types in known.items() if types]
        names = [*families, *WORDS, *(instance_type for family in families for instance_type in sorted(known[family]))]
        return f"Instance type can only be one of [{', '.join(names)}]"
    if len(list_architectures(wanted)) > 1:
        return "Cannot mix instance types of different architectures in the same compute environment"
    return ""
