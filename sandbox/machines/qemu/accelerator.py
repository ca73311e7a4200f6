"""Whether KVM really runs guests here: /dev/kvm may exist and still hang every one of them."""

import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

# A nested KVM was seen to let a kernel speak after 7 s, and then to hang it.
PROBE_SECONDS = 3.0
_lock = threading.Lock()


def accelerator(cache: Path, qemu: str, kernel: Path, device: Path = Path("/dev/kvm")) -> str:
    """ "kvm" once a guest's kernel has been seen to speak on its serial port, else "tcg" (software emulation).

    The finding is kept in `cache` until the next boot of this host.
    """
    if not os.access(device, os.R_OK | os.W_OK):
        return "tcg"
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    found = cache / f"accelerator-{boot}"
    with _lock:
        if not found.exists():
            cache.mkdir(parents=True, exist_ok=True)
            found.write_text("kvm" if kernel_speaks(qemu, kernel, "kvm", PROBE_SECONDS) else "tcg")
        return found.read_text()


def kernel_speaks(qemu: str, kernel: Path, accel: str, seconds: float) -> bool:
    """Whether a kernel started without any disk prints its banner within `seconds`."""
    with tempfile.TemporaryDirectory() as directory:
        console = Path(directory, "console")
        command = [
            *(qemu, "-nodefaults", "-display", "none", "-machine", f"q35,accel={accel}", "-m", "512", "-no-reboot"),
            *("-kernel", str(kernel), "-append", "console=ttyS0 earlyprintk=serial panic=-1"),
            *("-serial", f"file:{console}"),
        ]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end and process.poll() is None:
                if console.exists() and b"Linux version" in console.read_bytes():
                    return True
                time.sleep(0.1)
            return console.exists() and b"Linux version" in console.read_bytes()
        finally:
            process.kill()
            process.wait()
