"""A job whose container a test talks to: its bash reads what it is to do from a socket of the test's."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3

from tests.support.job_runs import LIMIT, Runs

HOST = "169.254.169.1"  # this computer's loopback, as the machines of the offline AWS see it
BOOT = 600.0  # seconds: for the first attempt on a machine that is to be launched
# An answer is complete where a line begins with the mark that was sent with the script.
ASK = "{{\n{script}\n}} </dev/null; printf '\\n%s %s\\n' {mark} $?\n"


class Shell:
    """The bash of one attempt of a job. Where the connection ends, so does the job, with the last exit code."""

    def __init__(self, connection: socket.socket, job: dict[str, Any]) -> None:
        self._connection, self.job = connection, job
        self._answers = connection.makefile("r", encoding="utf-8", errors="replace")
        self.ended: int | None = None

    def run(self, script: str, code: int | None = 0) -> str:
        """Run a script in the container: what it printed; AssertionError for another exit code (None: any will do)."""
        mark = secrets.token_hex(8)
        self._connection.sendall(ASK.format(script=script, mark=mark).encode())
        printed: list[str] = []
        for line in self._answers:
            if line.startswith(mark):
                ended = int(line.split()[1])
                assert code in (None, ended), f"exit code {ended}: {''.join(printed)}"
                return "".join(printed).strip()
            printed.append(line)
        raise AssertionError(f"the container is gone: {''.join(printed)}")

    def exit(self, code: int = 0) -> None:
        """Let the job end by itself, unless it has."""
        if self.ended is None:
            self.ended = code
            self._connection.sendall(f"exit {code}\n".encode())


class Caller:
    """Where the containers of a job call: each attempt of it once."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(BOOT)

    @property
    def command(self) -> list[str]:
        port = self._server.getsockname()[1]
        return ["bash", "-c", f"exec 3<>/dev/tcp/{HOST}/{port}; exec bash <&3 >&3 2>&1"]

    def answer(self, runs: Runs, job: str) -> Shell:
        """Wait for the next attempt to call; the job is RUNNING by then."""
        connection, _ = self._server.accept()
        connection.settimeout(LIMIT)
        return Shell(connection, runs.wait(job, "RUNNING"))

    def close(self) -> None:
        self._server.close()


@contextmanager
def open_shell(runs: Runs, name: str, **asked: Any) -> Iterator[Shell]:
    """Run a job that does as the test says, and end it behind the block; `asked` are members of its container."""
    with closing(Caller()) as caller:
        job = runs.submit(name, caller.command, container=asked)
        try:
            shell = caller.answer(runs, job)
            yield shell
            shell.exit()
        except BaseException:
            runs.batch.terminate_job(jobId=job, reason="its test failed")
            raise
        done = runs.wait(job)
        assert (done["status"], done["container"]["exitCode"]) == (
            "FAILED" if shell.ended else "SUCCEEDED",
            shell.ended,
        ), done


def describe_machine(shell: Shell) -> dict[str, Any]:
    """Describe the container instance on which the attempt runs, as ECS knows it."""
    arn = shell.job["container"]["containerInstanceArn"]
    described = boto3.client("ecs").describe_container_instances(cluster=arn.split("/")[1], containerInstances=[arn])
    return dict(described["containerInstances"][0])


def machine_of(shell: Shell) -> str:
    """The id of the instance on which the attempt runs."""
    return str(describe_machine(shell)["ec2InstanceId"])
