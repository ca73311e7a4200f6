"""Where the files of runs lie in an environment's work bucket (pure)."""

from dataclasses import dataclass

ROOT = "_nextflow/"
HEADS = f"{ROOT}heads/"
PROJECTS = f"{ROOT}projects/"


@dataclass(frozen=True)
class Places:
    """Of the run `name`, in `bucket`; keys have no slash at their begin, folders none at their end."""

    bucket: str
    name: str

    @property
    def folder(self) -> str:
        """The key of the run's own folder (NF_RUNDIR)."""
        return f"{HEADS}{self.name}"

    @property
    def record(self) -> str:
        return f"{self.folder}/run.json"

    @property
    def lock(self) -> str:
        return f"{self.folder}/lock.json"

    @property
    def config(self) -> str:
        return f"{self.folder}/nextflow.config"

    def params(self, suffix: str) -> str:
        """The key of its parameters; `suffix` is .json or .yaml."""
        return f"{self.folder}/params{suffix}"

    @property
    def logs(self) -> str:
        """The folder of its log, trace and report."""
        return f"{ROOT}logs/{self.name}"

    @property
    def cache(self) -> str:
        return f"{self.folder}/cache"

    def work(self, run_id: str) -> str:
        """The folder of its tasks, which no other run of the same name has."""
        return f"{ROOT}runs/{self.name}-{run_id[:8]}"

    def uri(self, key: str) -> str:
        """The s3:// address of a key."""
        return f"s3://{self.bucket}/{key}"


def split(uri: str) -> tuple[str, str]:
    """Split s3://BUCKET/KEY into both; the key may be ""."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
