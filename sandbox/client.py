"""The sandbox for those who use it: start it, find it, turn to it, stop it. Its words are in `sandbox.screens`."""

from sandbox.environment import environment, exports, turn_process_to
from sandbox.hypervisor import MachineError
from sandbox.process import SandboxError, start, status, stop

__all__ = ["MachineError", "SandboxError", "environment", "exports", "start", "status", "stop", "turn_process_to"]
