"""A job as it goes on: the changes of its state and the new lines of its log, look by look."""

from collections.abc import Iterator

from cloud.session import Cloud
from jobs.looks import describing
from jobs.looks.logs import Stream
from jobs.model.job import Job
from kiln import words


class Follower:
    """Looks at a job again and again; `job` is how it was at the last look. Raises UserError for an unknown job.

    When it is over its log is read a last time: Docker sends the end of the output a few seconds after the container.
    """

    def __init__(self, cloud: Cloud, job_id: str) -> None:
        self._cloud, self._id = cloud, job_id
        self.job: Job = describing.describe(cloud, job_id)
        self._told: tuple[str, str, int] | None = None
        self._streams: dict[str, Stream] = {}
        self.lines: list[str] = []
        """The log as far as it was read."""

    @property
    def is_over(self) -> bool:
        return self.job.is_over

    def look(self) -> Iterator[str]:
        """Look once; yields what is new, in lines for people."""
        if self._told is not None:
            self.job = describing.describe(self._cloud, self._id)
        state = (self.job.status, self.job.reason, len(self.job.attempts))
        lines = list(self.read_lines())
        over = self.job.is_over
        yield from lines if over else ()
        if state != self._told:
            self._told = state
            yield self._tell_state()
        yield from () if over else lines

    def read_lines(self) -> Iterator[str]:
        """Read the new lines of all its attempts' logs."""
        for attempt in self.job.attempts:
            if attempt.stream and self.job.log_driver == "awslogs":
                stream = self._streams.setdefault(
                    attempt.stream, Stream(self._cloud, self.job.log_group, attempt.stream)
                )
                for line in stream.read_on():
                    self.lines.append(line.text)
                    yield f"  | {words.show_signs(line.text)}"

    def _tell_state(self) -> str:
        number = len(self.job.attempts)
        behind = f" (attempt {number} of {self.job.allowed})" if self.job.allowed > 1 and number else ""
        counts = ", ".join(f"{count} {state}" for state, count in self.job.array.counts) if self.job.array else ""
        reason = f": {words.show_signs(self.job.reason)}" if self.job.reason else ""
        return f"{self.job.status}{behind}{reason}" + (f"; {counts}" if counts else "")
