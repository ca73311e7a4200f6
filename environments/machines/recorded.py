"""What machines of an AMI have registered with ECS, by type: measured once, and kept in the AMI's tags (pure).

A tag for a family, `kiln:memory:c5` = `2xlarge=15434 4xlarge=31152`: an AMI has at most 50 tags, a value 256
characters. A public AMI can be tagged too; such tags are seen in this account alone (Amazon EC2 User Guide, "Tag your
EC2 resources").
"""

from collections.abc import Iterable, Mapping

from cloud import tags
from environments.machines.families import find_family

PREFIX = "kiln:memory:"


def read(labels: Mapping[str, str]) -> dict[str, int]:
    """Read the MiB by type out of an AMI's tags."""
    return {
        f"{name.removeprefix(PREFIX)}.{size}": int(memory)
        for name, packed in labels.items()
        if name.startswith(PREFIX)
        for size, memory in tags.unpack(packed).items()
        if memory.isdecimal() and int(memory)
    }


def read_all(images: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Read several AMIs' tags; the least where they differ, as jobs may come to the machines of any of them."""
    least: dict[str, int] = {}
    for labels in images:
        for name, memory in read(labels).items():
            least[name] = min(memory, least.get(name, memory))
    return least


def write(measured: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, str]:
    """Write the tags that keep these MiB by type beside what the AMI's tags keep already; the families concerned."""
    whole = {**read(labels), **measured}
    written = {}
    for family in sorted({find_family(name) for name in measured}):
        sizes = {name.partition(".")[2]: str(memory) for name, memory in whole.items() if find_family(name) == family}
        written[f"{PREFIX}{family}"] = tags.pack(sizes)
    return written
