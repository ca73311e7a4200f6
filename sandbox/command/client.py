"""The sandbox for those who use it: start it, find it, turn to it, stop it. Its screens: `sandbox.command.screens`."""

from sandbox.command.process import SandboxError, start, status, stop
from sandbox.command.variables import environment, exports, turn_process_to
from sandbox.world.hypervisor import MachineError

__all__ = ["MachineError", "SandboxError", "environment", "exports", "start", "status", "stop", "turn_process_to"]
