"""The documented settings of the ECS agent by name: what each takes, and those that are not for a definition.

Source: README of aws/amazon-ecs-agent (agent 1.105), "Environment Variables"; "Compute resource AMI specification", AWS
Batch User Guide.
"""

import difflib
from collections.abc import Mapping
from typing import Any

from provision.ecs_agent import json_values as take_json
from provision.ecs_agent import values as take

_LEVELS = ("crit", "error", "warn", "info", "debug")
_DRIVERS = (
    "awsfirelens",
    "awslogs",
    "fluentd",
    "gelf",
    "journald",
    "json-file",
    "logentries",
    "none",
    "splunk",
    "syslog",
)
_TRUTHS = (
    "ECS_UPDATES_ENABLED", "ECS_DISABLE_METRICS", "ECS_POLL_METRICS", "ECS_PULL_DEPENDENT_CONTAINERS_UPFRONT",
    "ECS_DISABLE_PRIVILEGED", "ECS_SELINUX_CAPABLE", "ECS_APPARMOR_CAPABLE", "ECS_CHECKPOINT",
    "ECS_DISABLE_IMAGE_CLEANUP", "ECS_ENABLE_TASK_ENI", "ECS_ENABLE_HIGH_DENSITY_ENI", "ECS_AWSVPC_BLOCK_IMDS",
    "ECS_ENABLE_CONTAINER_METADATA", "ECS_ENABLE_TASK_CPU_MEM_LIMIT", "ECS_SHARED_VOLUME_MATCH_FULL_CONFIG",
    "ECS_ENABLE_UNTRACKED_IMAGE_CLEANUP", "ECS_DISABLE_DOCKER_HEALTH_CHECK", "ECS_ENABLE_SPOT_INSTANCE_DRAINING",
    "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE", "ECS_ENABLE_RUNTIME_STATS", "ECS_EXCLUDE_IPV6_PORTBINDING",
    "ECS_SKIP_LOCALHOST_TRAFFIC_FILTER", "ECS_ALLOW_OFFHOST_INTROSPECTION_ACCESS", "ECS_ENABLE_GPU_SUPPORT",
    "ECS_GMSA_SUPPORTED", "ECS_EBSTA_SUPPORTED",
)  # fmt: skip
_ROLES = "jobs get the credentials of their role through it"

KEYS: Mapping[str, take.Write] = {
    **dict.fromkeys(_TRUTHS, take.truth),
    "ECS_ENABLE_TASK_IAM_ROLE": take.only(True, _ROLES),
    "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST": take.only(True, _ROLES),
    "ECS_WARM_POOLS_CHECK": take.only(False, "AWS Batch has no warm pools, and the agent would wait for one"),
    "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": take.duration(1),
    "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION_JITTER": take.duration(),
    "ECS_MANIFEST_PULL_TIMEOUT": take.duration(1),
    "ECS_CONTAINER_STOP_TIMEOUT": take.duration(1),
    "ECS_CONTAINER_START_TIMEOUT": take.duration(45),
    "ECS_CONTAINER_CREATE_TIMEOUT": take.duration(60),
    "ECS_IMAGE_CLEANUP_INTERVAL": take.duration(600),
    "ECS_IMAGE_MINIMUM_CLEANUP_AGE": take.duration(1),
    "NON_ECS_IMAGE_MINIMUM_CLEANUP_AGE": take.duration(1),
    "ECS_IMAGE_PULL_INACTIVITY_TIMEOUT": take.duration(60),
    "ECS_IMAGE_PULL_TIMEOUT": take.duration(1),
    "ECS_POLLING_METRICS_WAIT_DURATION": take.duration(5, 20),
    "ECS_CGROUP_CPU_PERIOD": take.text(r"([89]|[1-9]\d|100)ms", "100ms (8ms to 100ms)"),
    "ECS_RESERVED_MEMORY": take.mebibytes,
    "ECS_NUM_IMAGES_DELETE_PER_CYCLE": take.whole(1, 1000),
    "ECS_LOG_MAX_FILE_SIZE_MB": take.whole(1, 100_000),
    "ECS_LOG_MAX_ROLL_COUNT": take.whole(1, 100_000),
    "ECS_TASK_PIDS_LIMIT": take.whole(1, 4_194_304),
    "ECS_RESERVED_PORTS": take_json.ports,
    "ECS_RESERVED_PORTS_UDP": take_json.ports,
    "ECS_DYNAMIC_HOST_PORT_RANGE": take.text(r"\d{1,5}-\d{1,5}", "32768-60999"),
    "ECS_TASK_METADATA_RPS_LIMIT": take.text(r"[1-9]\d*,[1-9]\d*", "100,150"),
    "ECS_IMAGE_PULL_BEHAVIOR": take.one_of("default", "always", "once", "prefer-cached"),
    "ECS_LOGLEVEL": take.one_of(*_LEVELS),
    "ECS_LOGLEVEL_ON_INSTANCE": take.one_of("none", *_LEVELS),
    "ECS_LOG_ROLLOVER_TYPE": take.one_of("size", "hourly"),
    "ECS_LOG_OUTPUT_FORMAT": take.one_of("logfmt", "json"),
    "ECS_LOG_DRIVER": take.one_of(*(name for name in _DRIVERS if name not in ("awsfirelens", "none"))),
    "ECS_LOG_OPTS": take_json.mapping(longest_value=1024),
    "ECS_AVAILABLE_LOGGING_DRIVERS": take_json.words(_DRIVERS),
    "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM": take.one_of("none", "ec2_instance"),
    "ECS_CONTAINER_INSTANCE_TAGS": take_json.mapping(),
    "ECS_AGENT_LABELS": take_json.mapping(longest_value=1024),
    "ECS_AWSVPC_ADDITIONAL_LOCAL_ROUTES": take_json.networks,
    "ECS_EXCLUDE_UNTRACKED_IMAGE": take.text(r"[^\s,]+(,[^\s,]+)*", "alpine:latest,busybox:1"),
    "ECS_LOGFILE": take.path,
    "ECS_CNI_PLUGINS_PATH": take.path,
    "ECS_CGROUP_PATH": take.path,
    "ECS_UPDATE_DOWNLOAD_DIR": take.path,
    "ECS_AGENT_HEALTHCHECK_HOST": take.text(r"[A-Za-z0-9.:-]+", "localhost"),
    "ECS_OFFHOST_INTROSPECTION_INTERFACE_NAME": take.text(r"[A-Za-z0-9@._-]{1,15}", "eth0"),
    "ECS_NVIDIA_RUNTIME": take.text(r"[A-Za-z0-9_.-]+", "nvidia"),
    "ECS_AGENT_APPARMOR_PROFILE": take.text(r"[A-Za-z0-9_.-]+", "ecs-agent-default"),
    "CREDENTIALS_FETCHER_HOST": take.text(
        r"unix:///\S+", "unix:///var/credentials-fetcher/socket/credentials_fetcher.sock"
    ),
    "CREDENTIALS_FETCHER_SECRET_NAME_FOR_DOMAINLESS_GMSA": take.text(r"[A-Za-z0-9/_+=.@-]+", "a secret's name"),
    "HTTP_PROXY": take.text(r"(http://)?[^\s/]+:\d{1,5}/?", "10.0.0.131:3128"),
    "NO_PROXY": take.text(r"[^\s,]+(,[^\s,]+)*", "169.254.169.254,169.254.170.2,/var/run/docker.sock"),
}

_BATCHS = "AWS Batch sets it on each instance; a machine that brings its own joins the wrong cluster"
_MACHINES = "the agent has the credentials of the machine's role, and keys in a file can be read by every task"
_REGISTRIES = (
    "a password there can be read by every task on the machine. ECR needs none; for other registries write "
    "repository_credentials: ARN under job_definitions of the environment, and for images pulled beforehand "
    "registries of the image"
)
_PLACES = "the agent's own service (ecs-init) mounts its folders there, and Kiln clears them before imaging"
_WINDOWS = "it is of Windows alone"
REFUSED: Mapping[str, str] = {
    "ECS_CLUSTER": _BATCHS, "ECS_INSTANCE_ATTRIBUTES": _BATCHS,
    "ECS_BACKEND_HOST": "the agent finds ECS by the machine's region; another address keeps it out of AWS Batch",
    "ECS_EXTERNAL": "it is of machines outside EC2, which AWS Batch does not use",
    "ECS_ENGINE_AUTH_DATA": _REGISTRIES, "ECS_ENGINE_AUTH_TYPE": _REGISTRIES,
    "AWS_ACCESS_KEY_ID": _MACHINES, "AWS_SECRET_ACCESS_KEY": _MACHINES, "AWS_SESSION_TOKEN": _MACHINES,
    "ECS_ALTERNATE_CREDENTIAL_PROFILE": _MACHINES,
    "AWS_DEFAULT_REGION": "the agent takes the region from the machine's metadata: an AMI may run in several regions",
    "DOCKER_HOST": "Kiln sets Docker up at /var/run/docker.sock, where the agent looks for it",
    "ECS_DATADIR": _PLACES, "ECS_HOST_DATA_DIR": _PLACES, "ECS_AGENT_CONFIG_FILE_PATH": _PLACES,
    "ECS_FSX_WINDOWS_FILE_SERVER_SUPPORTED": _WINDOWS,
    "ECS_ENABLE_CPU_UNBOUNDED_WINDOWS_WORKAROUND": _WINDOWS,
    "ECS_ENABLE_MEMORY_UNBOUNDED_WINDOWS_WORKAROUND": _WINDOWS,
}  # fmt: skip
_UNPROXIED = ("169.254.169.254", "169.254.170.2", "/var/run/docker.sock")


def written(settings: Any) -> Any:
    """The settings as ecs.config has them; raises ValueError with all that is wrong. What is no mapping stays."""
    if not isinstance(settings, dict):
        return settings
    lines, faults = dict[str, str](), list[str]()
    for key, value in settings.items():
        try:
            lines[str(key)] = _write(str(key), value)
        except ValueError as fault:
            faults.append(f"{key} {fault}")
    lacking = [address for address in _UNPROXIED if address not in lines.get("NO_PROXY", "").split(",")]
    if "HTTP_PROXY" in lines and lacking:
        faults.append(f"HTTP_PROXY needs NO_PROXY with {','.join(_UNPROXIED)}")
    if faults:
        raise ValueError("; ".join(faults))
    return lines


def _write(key: str, value: Any) -> str:
    if key in REFUSED:
        raise ValueError(f"cannot be set: {REFUSED[key]}")
    if key not in KEYS:
        short = {name.removeprefix("ECS_"): name for name in (*KEYS, *REFUSED)}
        near = difflib.get_close_matches(key.upper().removeprefix("ECS_"), short, n=1, cutoff=0.75)
        guess = f"did you mean {short[near[0]]}?" if near else f"it has {', '.join(sorted(KEYS))}"
        raise ValueError(f"is no setting that the ECS agent's README has; {guess}")
    line = KEYS[key](value)
    if not line.isascii() or not line.isprintable() or "\\" in line:
        raise ValueError("takes printable ASCII without a backslash")
    return line
