"""Telling a guest the device name of a volume's mapping.

EC2 keeps it in vendor bytes of NVMe's identify answer, which QEMU cannot set. A PCI device's ACPI index (1 to 16383)
is free, known to the guest at once, and works for hot-plugged disks too: the name becomes that number, and
overlay/common/usr/libexec/kiln-stand-in/device-name makes it a name again.
"""

import re

from sandbox.world.hypervisor import MachineError

SD = 729


def acpi_index(device_name: str) -> int:
    """The number for /dev/xvda … /dev/xvdzz and /dev/sda … /dev/sdzz; MachineError for any other name."""
    match = re.fullmatch(r"/dev/(xvd|sd)([a-z])([a-z]?)", device_name)
    if match is None:
        raise MachineError(f"{device_name} is no device name that the sandbox can give: /dev/sd[b-z] or /dev/xvd[a-z]")
    first, second = (ord(letter) - ord("a") + 1 if letter else 0 for letter in match.group(2, 3))
    return first * 27 + second + (SD if match[1] == "sd" else 0)
