"""A machine without a kernel: the disks that EC2 attaches show up in a folder, and block_tools.py works on them."""

import marshal
import os
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.world.hypervisor import Disk, MachineSpec, Metadata, MetadataOptions, StandInDisk
from tests.support import block_tools

TOOLS = Path(block_tools.__file__)


class BlockLayer:
    """A `sandbox.hypervisor.Hypervisor` of one machine; `root` is its file system. `hidden`: new disks never appear."""

    def __init__(self, root: Path) -> None:
        self.root, self.hidden = root, False
        self._disks: dict[str, str] = {}
        self.clear()

    def clear(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in ("dev", "sys/block", "sys/class/block", "bin", "etc/kiln", "var/lib/docker"):
            (self.root / folder).mkdir(parents=True)
        self._disks, self.hidden = {}, False
        # Imported, so that it is compiled once.
        run = f"import sys; sys.path.append({str(TOOLS.parent)!r}); import block_tools; block_tools.main()"
        (self.root / "bin/tool").write_text(f"#!{sys.executable} -ISs\n{run}\n")
        (self.root / "bin/tool").chmod(stat.S_IRWXU)
        for name in block_tools.NAMES:
            (self.root / "bin" / name).symlink_to("tool")

    @property
    def tools(self) -> dict[str, Any]:
        """What the stand-ins for the tools know."""
        path = self.root / "tools"
        return dict(marshal.loads(path.read_bytes())) if path.exists() else {}

    def environment(self) -> dict[str, str]:
        return {"KILN_ROOT": str(self.root), "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"}

    def disk(self, volume_id: str) -> str:
        return self._disks[volume_id]

    def attach(self, instance_id: str, disk: Disk) -> None:
        number = next(n for n in range(40) if f"nvme{n}n1" not in self._disks.values())
        name = self._disks[disk.volume_id] = f"nvme{number}n1"
        if self.hidden:
            return
        for path, content in (
            (f"sys/block/{name}/device/serial", disk.volume_id.replace("-", "") + "\n"),
            (f"sys/class/block/{name}/size", f"{disk.size_gib << 21}\n"),
        ):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(content)
        with (self.root / "dev" / name).open("wb") as blank:
            blank.truncate(8 << 20)
        link = self.root / "dev" / disk.device_name.removeprefix("/dev/")
        link.unlink(missing_ok=True)
        link.symlink_to(name)

    def detach(self, instance_id: str, volume_id: str) -> None:
        name = self._disks.pop(volume_id)
        for path in (f"sys/block/{name}", f"sys/class/block/{name}"):
            shutil.rmtree(self.root / path, ignore_errors=True)
        (self.root / "dev" / name).unlink(missing_ok=True)
        for link in (self.root / "dev").iterdir():
            if link.is_symlink() and os.readlink(link) == name:
                link.unlink()

    def set_metadata_options(self, instance_id: str, options: MetadataOptions) -> None: ...

    def find_free_mib(self, promised: Mapping[str, int]) -> int:
        return 4096

    def boot(
        self,
        spec: MachineSpec,
        metadata: Metadata,
        powered_off: Callable[[], None],
        is_asked_for: Callable[[], bool] = lambda: True,
    ) -> None:
        for disk in spec.disks:
            self.attach(spec.instance_id, disk)

    def stand_in_disks(self, kind: str) -> tuple[StandInDisk, ...]:
        return (StandInDisk("/dev/xvda", 30, Path(f"/disks/{kind}")),)

    def timings(self, instance_id: str) -> Mapping[str, float]:
        return {}

    def console(self, instance_id: str) -> str:
        return ""

    def import_snapshot(self, snapshot_id: str, path: Path) -> None: ...
    def create_volume(self, volume_id: str, size_gib: int, snapshot_id: str | None) -> None: ...
    def grow_volume(self, volume_id: str, size_gib: int) -> None: ...
    def delete_volume(self, volume_id: str) -> None: ...
    def snapshot(self, volume_id: str, snapshot_id: str, progress: Callable[[int], None]) -> None: ...
    def delete_snapshot(self, snapshot_id: str) -> None: ...
    def power_off(self, instance_id: str, *, force: bool = False) -> None: ...
    def reboot(self, instance_id: str) -> None: ...
    def set_ssh_open(self, instance_id: str, open_: bool) -> None: ...
    def close(self) -> None: ...
