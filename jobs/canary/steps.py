"""The verdicts on what a canary's script tried in its container, and on the machine around it (pure)."""

from collections.abc import Iterator

from jobs.canary.setting import Setting
from jobs.canary.verdict import Outcome, Verdict
from kiln import typed, words

_DRIVERS = {"overlay": "overlay2", "btrfs": "btrfs", "zfs": "zfs", "aufs": "aufs"}


def check_steps(setting: Setting, outcome: Outcome) -> Iterator[Verdict]:
    """Judge them in the order in which they were tried; what was not reached is left out."""
    yield from _check_cli(setting, outcome)
    yield from _check_credentials(setting, outcome)
    yield from _check_bucket(setting, outcome)
    yield from _check_scratch(setting, outcome)
    yield _describe_machine(setting, outcome)


def _check_cli(setting: Setting, outcome: Outcome) -> Iterator[Verdict]:
    if outcome.failed("mount"):
        fix = "check the volume of the job definition, and aws_cli in the image's definition"
        yield Verdict("cli", "failed", f"{setting.cli} is not mounted as it should be", outcome.told("mount"), fix)
    elif outcome.failed("version"):
        why = outcome.told("version")
        fix = "take an image with a newer glibc, or aws_cli with distribution: miniforge"
        yield Verdict("cli", "failed", "the mounted AWS CLI does not run in the container", why, fix)
    elif "version" in outcome.reported:
        python = outcome.told("python")
        own = "the image has no Python of its own" if python == "none" else f"the image has {python}"
        version = outcome.told("version").partition(" ")[0]
        yield Verdict("cli", "ok", f"{version}, read-only at {setting.cli}; {own}")


def _check_credentials(setting: Setting, outcome: Outcome) -> Iterator[Verdict]:
    line = outcome.reported.get("identity")
    if line is None:
        return
    if line.state != "ok":
        yield Verdict("credentials", "unchecked", "AWS STS did not say under which role tasks run", line.words)
        return
    role = line.words.partition("assumed-role/")[2].partition("/")[0]
    if role == setting.role:
        yield Verdict("credentials", "ok", f"tasks run as {role}")
        return
    yield Verdict(
        "credentials", "failed", f"tasks run as {role or line.words}, not as {setting.role}", line.words,
        f"check task_credentials and roles; {_register(setting)}",
    )  # fmt: skip


def _check_bucket(setting: Setting, outcome: Outcome) -> Iterator[Verdict]:
    place = f"s3://{setting.bucket}"
    if outcome.failed("download"):
        yield _denied("download", f"a file of {place} did not come down as it is", setting, outcome)
    elif "download" in outcome.reported:
        yield Verdict("download", "ok", f"a file of {place} came down, with its SHA-256")
    if outcome.failed("upload"):
        yield _denied("upload", f"a file could not be put into {place}", setting, outcome)
    elif "upload" in outcome.reported:
        state = {True: "ok", False: "failed", None: "failed"}[outcome.output]
        what = f"a file went up to {place}, with its SHA-256"
        if state == "failed":
            what = f"what was put into {place} is not there as it was"
        why = "" if state == "ok" else "Kiln read it back, and its SHA-256 differs, or it is gone"
        fix = "" if state == "ok" else "see the bucket's lifecycle rules and policy, and its log"
        yield Verdict("upload", "ok" if state == "ok" else "failed", what, why, fix)
    for name, action in (("tag", "s3:PutObjectTagging"), ("delete", "s3:DeleteObject")):
        if outcome.failed(name):
            yield _denied(name, f"tasks may not {name} files of {place} ({action})", setting, outcome)
        elif name in outcome.reported:
            yield Verdict(name, "ok", f"files of {place} can be {'tagged' if name == 'tag' else 'deleted'}")


def _denied(name: str, what: str, setting: Setting, outcome: Outcome) -> Verdict:
    fix = f"{_register(setting)} repairs the policy of {setting.role}; see also the bucket's own policy and its KMS key"
    return Verdict(name, "failed", what, outcome.told(name), fix)


def _check_scratch(setting: Setting, outcome: Outcome) -> Iterator[Verdict]:
    size = f"{setting.scratch} GiB"
    if outcome.failed("scratch"):
        yield Verdict(
            "scratch", "failed", f"a file of {size} could not be written to {setting.scratch_path}",
            outcome.told("scratch"),
            "give Docker more room: docker_storage and volumes in the image's definition; 10 GiB is devicemapper's "
            "dm.basesize",
        )  # fmt: skip
    elif "scratch" in outcome.reported:
        took = outcome.told("scratch").partition(" in ")[2]
        yield Verdict("scratch", "ok", f"a file of {size} was written to {setting.scratch_path} and removed ({took})")


def _describe_machine(setting: Setting, outcome: Outcome) -> Verdict:
    """What ECS registered, kernel, driver, free space: nothing of it is wrong by itself."""
    machine, facts = outcome.machine, []
    if machine and machine.memory:
        facts.append(f"{machine.memory} MiB and {words.count(machine.vcpus, 'vCPU')} registered with ECS")
        facts.append(f"agent {machine.agent}, Docker {machine.docker}")
    if kernel := outcome.told("kernel"):
        facts.append(f"kernel {kernel}")
    if driver := read_driver(outcome.told("driver")):
        facts.append(driver)
    if (free := outcome.told("free")).isdecimal():
        facts.append(f"{words.format_size(int(free) * 1024)} free at {setting.scratch_path}")
    if not machine or not machine.memory:
        return Verdict("machine", "unchecked", ", ".join(facts) or "nothing is known", "ECS does not tell of it")
    return Verdict("machine", "ok", ", ".join(facts))


def read_driver(root: str) -> str:
    """Tell Docker's storage driver by what a container's root lies on: its file system, and the device."""
    kind, _, device = root.partition(" ")
    if device.startswith("/dev/mapper/docker-"):
        return "devicemapper"
    return _DRIVERS.get(kind, f"root on {kind}" if kind else "")


def _register(setting: Setting) -> str:
    return typed.command(f"register-env --env {setting.run.environment}")
