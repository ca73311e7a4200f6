"""Settings as the text of a configuration file that every Nextflow since 24.10 reads, by either of its parsers (pure).

Source: https://www.nextflow.io/docs/latest/reference/config.html. Nothing stands behind `profiles`: it would beat them.
Statements (def, if), functions and dotted blocks are refused by the newer parser, or by both.
"""

from collections.abc import Iterator, Mapping

from nextflow.config.asks import ProcessAsk
from nextflow.config.groovy import block, quote, quote_selector, write_by_attempt, write_memory, write_time
from nextflow.config.settings import RUNS, Settings

# Ends that another attempt may mend: a lost connection, SIGABRT, SIGKILL (out of memory), SIGSEGV, SIGUSR2 and SIGTERM
# (out of time), and what tools make of a child that was killed.
RETRIED = (104, 134, 137, 139, 140, 143, 247)
LOST = 2147483647
TRANSFERS = 5

_HEAD = """\
// Nextflow's configuration for {environment} in {region}, written by Kiln: invoke nextflow-config
//   nextflow run PIPELINE -c FILE -profile awsbatch     (or -profile slurm)
// Credentials come from the ordinary AWS chain (environment, ~/.aws, roles) and do not belong here.
"""
_LOST = (
    f"// {LOST} is no exit code: a lost Spot machine, but also an image that cannot be pulled, and a job that",
    "// no machine can hold. These fail again, so that such an attempt is repeated less often.",
)
_ABOUT_RUNS = ("trace", "report", "timeline", "dag")
_AGAIN = (
    "// A run that goes on writes these anew, where it has them: else Nextflow warns, and leaves the old ones there."
)
_SPOT = "// Above 0, AWS Batch itself would start lost tasks again as the same attempt: same queue, same memory."


def render(settings: Settings) -> str:
    """Write the whole file."""
    head = _HEAD.format(environment=settings.environment, region=settings.site.region)
    profiles = [*block("awsbatch", _awsbatch(settings)), "", *block("slurm", _slurm(settings))]
    return "\n".join([head, *block("profiles", profiles), ""])


def _awsbatch(settings: Settings) -> Iterator[str]:
    yield f"workDir = {quote(f's3://{settings.site.bucket}/{RUNS}')}"
    yield from _params(settings.params)
    yield ""
    yield from block("process", _process(settings))
    yield ""
    yield _AGAIN
    yield from (f"{name}.overwrite = true" for name in _ABOUT_RUNS)
    yield ""
    yield from block("aws", _aws(settings))


def _process(settings: Settings) -> Iterator[str]:
    rungs, limits = settings.rungs, settings.limits
    yield "executor = 'awsbatch'"
    yield f"queue = {write_by_attempt([quote(rung.queue) for rung in rungs])}"
    yield f"memory = {write_by_attempt([write_memory(rung.memory) for rung in rungs])}"
    yield f"cpus = {write_by_attempt([str(rung.cpus) for rung in rungs])}"
    how = "" if limits.is_measured else "; computed (invoke measure-memory measures it)"
    yield f"// What a {limits.name} has for tasks, the machine with the most memory{how}."
    yield f"resourceLimits = [ cpus: {limits.vcpus}, memory: {write_memory(limits.memory)} ]"
    yield from _LOST
    codes = ", ".join(map(str, RETRIED))
    lost = f"(task.exitStatus == {LOST} && task.attempt <= {settings.lost_attempts})"
    yield f"errorStrategy = {{ task.exitStatus in [{codes}] || {lost} ? 'retry' : 'finish' }}"
    yield f"maxRetries = {settings.max_retries}"
    yield "resourceLabels = [ 'kiln:run': System.getenv('NF_RUN_ID') ?: 'by-hand' ]"
    for ask in settings.processes:
        yield ""
        yield from block(f"withName: {quote_selector(ask.name)}", _sized(ask))


def _sized(ask: ProcessAsk) -> Iterator[str]:
    if ask.queue:
        yield f"queue = {write_by_attempt([quote(queue) for queue in ask.queue])}"
    if ask.cpus is not None:
        yield f"cpus = {ask.cpus}"
    if ask.memory:
        yield f"memory = {write_by_attempt([write_memory(memory) for memory in ask.memory])}"
    if ask.time is not None:
        yield f"time = {{ {write_time(ask.time)} * task.attempt }}"


def _aws(settings: Settings) -> Iterator[str]:
    site = settings.site
    yield f"region = {quote(site.region)}"
    if settings.kms_key:
        yield from block("client", ["storageEncryption = 'aws:kms'", f"storageKmsKeyId = {quote(settings.kms_key)}"])
    else:
        yield from block("client", ["storageEncryption = 'AES256'"])
    yield from block("batch", _batch(settings))


def _batch(settings: Settings) -> Iterator[str]:
    yield f"cliPath = {quote(f'{settings.site.cli}/bin/aws')}"
    if settings.site.job_role:
        yield f"jobRole = {quote(settings.site.job_role)}"
    yield f"logsGroup = {quote(settings.logs_group)}"
    yield f"maxTransferAttempts = {TRANSFERS}"
    if not settings.max_spot_attempts:
        yield _SPOT
    yield f"maxSpotAttempts = {settings.max_spot_attempts}"
    yield "terminateUnschedulableJobs = true"


def _slurm(settings: Settings) -> Iterator[str]:
    slurm = settings.slurm
    yield from block("singularity", ["enabled = true"])
    yield ""
    yield from block("docker", ["enabled = false"])
    yield ""
    options = [] if slurm.cluster_options is None else [f"clusterOptions = {quote(slurm.cluster_options)}"]
    memory = f"memory = {{ {write_memory(slurm.memory)} * task.attempt }}"
    yield from block("process", ["executor = 'slurm'", *options, f"cpus = {quote(str(slurm.cpus))}", memory])
    if settings.slurm_params:
        yield ""
        yield from _params(settings.slurm_params)


def _params(params: Mapping[str, str]) -> Iterator[str]:
    for name, value in params.items():
        yield f"params.{name} = {quote(value)}"
