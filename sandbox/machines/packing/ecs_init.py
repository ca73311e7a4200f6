"""The package ecs-init of the stand-in images: the ECS agent's unit, and the agent that it starts."""

import os
import shutil
from pathlib import Path

from sandbox.world.hypervisor import MachineError

VARIABLE = "KILN_SANDBOX_ECS_AGENT"
MACHINES = Path(__file__).parent.parent
# What the package is made of, beside an agent that VARIABLE names.
SOURCES = (MACHINES / "ecs-init", MACHINES / "ecs_agent", Path(__file__))
PROGRAM = "usr/libexec/amazon-ecs-agent"
_MAIN = "import sys\n\nfrom sandbox.machines.ecs_agent.start import main\n\nsys.exit(main())\n"


def other_agent() -> Path | None:
    """The agent's binary that runs in place of the stand-in; MachineError where the variable names no file."""
    if not (named := os.environ.get(VARIABLE)):
        return None
    if not Path(named).is_file():
        raise MachineError(f"{VARIABLE} names no file: {named}")
    return Path(named)


def lay_out(package: Path) -> None:
    """Put the package's files into `package`, which is not there yet."""
    shutil.copytree(MACHINES / "ecs-init", package)
    program = package / PROGRAM
    ours = shutil.ignore_patterns("__pycache__")
    shutil.copytree(MACHINES / "ecs_agent", program / "sandbox" / "machines" / "ecs_agent", ignore=ours)
    (program / "__main__.py").write_text(_MAIN)
    if (other := other_agent()) is not None:
        shutil.copy(other, package / f"{PROGRAM}-other")
        (package / f"{PROGRAM}-other").chmod(0o755)
