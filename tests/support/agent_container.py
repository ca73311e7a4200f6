"""A container of the double: it fares as its script says, by the sandbox's clock."""

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.agent_scripts import GRACE, KILLED, Script
from tests.support.agent_wire import call

if TYPE_CHECKING:
    from tests.support.agent import Agent


@dataclass
class Container:
    """The container of a task. `runtime_id` is "" before it is made."""

    agent: "Agent"
    task: dict[str, Any]
    script: Script
    runtime_id: str = ""
    running: bool = False
    stopping: bool = False
    ended: bool = False

    @property
    def asked(self) -> dict[str, Any]:
        """The container as the payload has it."""
        container: dict[str, Any] = self.task["containers"][0]
        return container

    def pull(self) -> None:
        self._later(self.script.pull_seconds, self._begin)

    def _begin(self) -> None:
        if self.ended:
            return
        if self.script.pull_error or self.script.error:
            self._end(None, self.script.pull_error or self.script.error)
            return
        self.runtime_id, self.running = secrets.token_hex(32), True
        if self.script.log:
            self._write_log()
        if not self.script.runs_unsaid:
            early = self.script.find_exit()[0] if self.script.runs_late else None
            self._tell("RUNNING", early, "")
        if self.script.seconds is not None:
            self._later(self.script.seconds, lambda: self._end(*self.script.find_exit()))

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when its time is up; nothing for what has not begun but its end."""
        if self.ended or self.stopping:
            return
        self.stopping = True
        if not self.running:
            self._end(None, "")
        elif self.script.term_exit_code is not None:
            code = self.script.term_exit_code
            self._later(0.3, lambda: self._end(code, ""))
        else:
            self._later(float(self.asked.get("stopTimeout") or GRACE) + 0.2, lambda: self._end(KILLED, ""))

    def exit(self, exit_code: int) -> None:
        """Its process ends by itself."""
        self._end(exit_code, "")

    def lose(self) -> None:
        """Its machine is off. Where that starts again, the agent tells of it."""
        if not self.ended:
            self._end(KILLED if self.running else None, "")

    def _end(self, exit_code: int | None, reason: str) -> None:
        if not self.ended:
            self.ended, self.running = True, False
            self._tell("STOPPED", exit_code, reason)

    def _tell(self, status: str, exit_code: int | None, reason: str) -> None:
        change: dict[str, Any] = {"containerName": self.asked["name"], "status": status}
        change |= {"runtimeId": self.runtime_id} if self.runtime_id else {}
        change |= {"exitCode": exit_code} if exit_code is not None else {}
        change |= {"reason": reason} if reason else {}
        now = self.agent.double.sandbox.clock.now()
        ended = {"executionStoppedAt": now} if status == "STOPPED" and self.runtime_id else {}
        self.agent.tell(task=self.task["arn"], status=status, containers=[change], **ended)

    def _write_log(self) -> None:
        """As Docker's awslogs driver does."""
        log = json.loads(self.asked["dockerConfig"]["hostConfig"])["LogConfig"]
        if log["Type"] != "awslogs":
            return
        place = {"logGroupName": log["Config"]["awslogs-group"], "logStreamName": log["Config"]["awslogs-stream"]}
        now = int(self.agent.double.sandbox.clock.now() * 1000)
        events = [{"timestamp": now, "message": line} for line in self.script.log]
        send = self.agent.double.sandbox, self.agent.machine
        call(*send, "CreateLogStream", "logs", **place)
        call(*send, "PutLogEvents", "logs", logEvents=events, **place)

    def _later(self, seconds: float, act: Any) -> None:
        self.agent.double.sandbox.world.later(seconds, act)
