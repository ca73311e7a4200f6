"""Settings of the ECS agent by their own names: what each takes, what is refused, and why."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from provision.ecs_agent import agent as ecs_agent
from provision.ecs_agent.agent import Spec
from provision.ecs_agent.keys import KEYS, REFUSED
from provision.model.recipe import Machine
from tests.support.bash import run

# The variables of the tables in aws/amazon-ecs-agent's README (agent 1.105).
DOCUMENTED = re.findall(
    r"\w+",
    """
AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN CREDENTIALS_FETCHER_HOST
CREDENTIALS_FETCHER_SECRET_NAME_FOR_DOMAINLESS_GMSA DOCKER_HOST ECS_AGENT_APPARMOR_PROFILE ECS_AGENT_HEALTHCHECK_HOST
ECS_AGENT_LABELS ECS_ALLOW_OFFHOST_INTROSPECTION_ACCESS ECS_ALTERNATE_CREDENTIAL_PROFILE ECS_APPARMOR_CAPABLE
ECS_AVAILABLE_LOGGING_DRIVERS ECS_AWSVPC_ADDITIONAL_LOCAL_ROUTES ECS_AWSVPC_BLOCK_IMDS ECS_CGROUP_CPU_PERIOD
ECS_CGROUP_PATH ECS_CHECKPOINT ECS_CLUSTER ECS_CNI_PLUGINS_PATH ECS_CONTAINER_CREATE_TIMEOUT
ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM ECS_CONTAINER_INSTANCE_TAGS ECS_CONTAINER_START_TIMEOUT
ECS_CONTAINER_STOP_TIMEOUT ECS_DATADIR ECS_DISABLE_DOCKER_HEALTH_CHECK ECS_DISABLE_IMAGE_CLEANUP ECS_DISABLE_METRICS
ECS_DISABLE_PRIVILEGED ECS_DYNAMIC_HOST_PORT_RANGE ECS_EBSTA_SUPPORTED ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE
ECS_ENABLE_CONTAINER_METADATA ECS_ENABLE_CPU_UNBOUNDED_WINDOWS_WORKAROUND ECS_ENABLE_GPU_SUPPORT
ECS_ENABLE_HIGH_DENSITY_ENI ECS_ENABLE_MEMORY_UNBOUNDED_WINDOWS_WORKAROUND ECS_ENABLE_RUNTIME_STATS
ECS_ENABLE_SPOT_INSTANCE_DRAINING ECS_ENABLE_TASK_CPU_MEM_LIMIT ECS_ENABLE_TASK_ENI ECS_ENABLE_TASK_IAM_ROLE
ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST ECS_ENABLE_UNTRACKED_IMAGE_CLEANUP ECS_ENGINE_AUTH_DATA ECS_ENGINE_AUTH_TYPE
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION_JITTER ECS_EXCLUDE_IPV6_PORTBINDING
ECS_EXCLUDE_UNTRACKED_IMAGE ECS_FSX_WINDOWS_FILE_SERVER_SUPPORTED ECS_GMSA_SUPPORTED ECS_HOST_DATA_DIR
ECS_IMAGE_CLEANUP_INTERVAL ECS_IMAGE_MINIMUM_CLEANUP_AGE ECS_IMAGE_PULL_BEHAVIOR ECS_IMAGE_PULL_INACTIVITY_TIMEOUT
ECS_IMAGE_PULL_TIMEOUT ECS_INSTANCE_ATTRIBUTES ECS_LOGFILE ECS_LOGLEVEL ECS_LOGLEVEL_ON_INSTANCE ECS_LOG_DRIVER
ECS_LOG_MAX_FILE_SIZE_MB ECS_LOG_MAX_ROLL_COUNT ECS_LOG_OPTS ECS_LOG_OUTPUT_FORMAT ECS_LOG_ROLLOVER_TYPE
ECS_MANIFEST_PULL_TIMEOUT ECS_NUM_IMAGES_DELETE_PER_CYCLE ECS_NVIDIA_RUNTIME ECS_OFFHOST_INTROSPECTION_INTERFACE_NAME
ECS_POLLING_METRICS_WAIT_DURATION ECS_POLL_METRICS ECS_PULL_DEPENDENT_CONTAINERS_UPFRONT ECS_RESERVED_MEMORY
ECS_RESERVED_PORTS ECS_RESERVED_PORTS_UDP ECS_SELINUX_CAPABLE ECS_SHARED_VOLUME_MATCH_FULL_CONFIG
ECS_SKIP_LOCALHOST_TRAFFIC_FILTER ECS_TASK_METADATA_RPS_LIMIT ECS_TASK_PIDS_LIMIT ECS_UPDATES_ENABLED
ECS_WARM_POOLS_CHECK HTTP_PROXY NON_ECS_IMAGE_MINIMUM_CLEANUP_AGE NO_PROXY
""",
)
GOOD: list[tuple[str, Any, str]] = [
    ("ECS_DISABLE_PRIVILEGED", True, "true"),
    ("ECS_POLL_METRICS", "false", "false"),
    ("ECS_ENABLE_TASK_IAM_ROLE", True, "true"),
    ("ECS_IMAGE_PULL_TIMEOUT", "1 h", "3600s"),
    ("ECS_IMAGE_PULL_TIMEOUT", "1h30m", "1h30m"),
    ("ECS_POLLING_METRICS_WAIT_DURATION", "15 s", "15s"),
    ("ECS_RESERVED_MEMORY", "1 GiB", "1024"),
    ("ECS_RESERVED_MEMORY", 32, "32"),
    ("ECS_TASK_PIDS_LIMIT", 4194304, "4194304"),
    ("ECS_RESERVED_PORTS", [22, 8080], "[22,8080]"),
    ("ECS_RESERVED_PORTS_UDP", "[53]", "[53]"),
    ("ECS_RESERVED_PORTS", [], "[]"),
    ("ECS_AVAILABLE_LOGGING_DRIVERS", ["json-file", "gelf"], '["json-file","gelf"]'),
    ("ECS_AVAILABLE_LOGGING_DRIVERS", '["awslogs"]', '["awslogs"]'),
    ("ECS_CONTAINER_INSTANCE_TAGS", {"team": "genomics"}, '{"team":"genomics"}'),
    ("ECS_IMAGE_PULL_BEHAVIOR", "once", "once"),
    ("ECS_LOGLEVEL", "debug", "debug"),
    ("ECS_AWSVPC_ADDITIONAL_LOCAL_ROUTES", ["10.0.15.0/24"], '["10.0.15.0/24"]'),
    ("ECS_TASK_METADATA_RPS_LIMIT", "100,150", "100,150"),
    ("ECS_CGROUP_CPU_PERIOD", "8ms", "8ms"),
]
BAD: list[tuple[str, Any, str]] = [
    ("ECS_CLUSTER", "default", "joins the wrong cluster"),
    ("ECS_INSTANCE_ATTRIBUTES", {"a": "b"}, "joins the wrong cluster"),
    ("ECS_BACKEND_HOST", "https://x", "cannot be set"),
    ("ECS_ENGINE_AUTH_DATA", '{"x": {"password": "hunter2"}}', "repository_credentials"),
    ("ECS_ENGINE_AUTH_TYPE", "docker", "every task on the machine"),
    ("AWS_SECRET_ACCESS_KEY", "hunter2", "the machine's role"),
    ("ECS_DATADIR", "/data", "cannot be set"),
    ("DOCKER_HOST", "tcp://0.0.0.0", "cannot be set"),
    ("ECS_ENABLE_TASK_IAM_ROLE", False, "cannot be false: jobs get the credentials"),
    ("ECS_WARM_POOLS_CHECK", True, "cannot be true"),
    ("ECS_FSX_WINDOWS_FILE_SERVER_SUPPORTED", True, "Windows alone"),
    ("ECS_DISABLE_METRICS", "yes", "takes true or false"),
    ("ECS_DISABLE_METRICS", 1, "takes true or false"),
    ("ECS_CONTAINER_START_TIMEOUT", "10 s", "at least 45 s"),
    ("ECS_IMAGE_CLEANUP_INTERVAL", "5m", "at least 600 s"),
    ("ECS_POLLING_METRICS_WAIT_DURATION", "30s", "at most 20 s"),
    ("ECS_IMAGE_PULL_TIMEOUT", 60, "takes a time"),
    ("ECS_IMAGE_PULL_TIMEOUT", "soon", "takes a time"),
    ("ECS_RESERVED_MEMORY", 99999, "0 to 65535"),
    ("ECS_RESERVED_MEMORY", -5, "0 to 65535"),
    ("ECS_TASK_PIDS_LIMIT", 0, "from 1 to 4194304"),
    ("ECS_NUM_IMAGES_DELETE_PER_CYCLE", True, "whole number"),
    ("ECS_RESERVED_PORTS", [70000], "1 to 65535"),
    ("ECS_RESERVED_PORTS", "22, 80", "takes JSON"),
    ("ECS_RESERVED_PORTS", {"22": 1}, "takes a list"),
    ("ECS_AVAILABLE_LOGGING_DRIVERS", ["paper"], "not paper"),
    ("ECS_AVAILABLE_LOGGING_DRIVERS", [], "takes a list of"),
    ("ECS_CONTAINER_INSTANCE_TAGS", {"aws:x": "y"}, "begins with aws:"),
    ("ECS_CONTAINER_INSTANCE_TAGS", {"k": "v" * 257}, "at most 256"),
    ("ECS_CONTAINER_INSTANCE_TAGS", ["a"], "takes a map"),
    ("ECS_LOG_OPTS", {"splunk-token": "hunter2"}, "must hold no secret"),
    ("ECS_IMAGE_PULL_BEHAVIOR", "never", "prefer-cached"),
    ("ECS_LOGFILE", "log", "absolute path"),
    ("ECS_AWSVPC_ADDITIONAL_LOCAL_ROUTES", ["10.0.15.0/99"], "CIDR"),
    ("HTTP_PROXY", "10.0.0.131:3128", "needs NO_PROXY with 169.254.169.254"),
    ("HTTP_PROXY", "http://me:hunter2@proxy:3128", "must hold no password"),
    ("ECS_IMAGE_PULL_BEHAVIOUR", "once", "did you mean ECS_IMAGE_PULL_BEHAVIOR?"),
    ("ecs_loglevel", "info", "did you mean ECS_LOGLEVEL?"),
    ("reserved_memory", 32, "did you mean ECS_RESERVED_MEMORY?"),
    ("COLOUR", "red", "it has CREDENTIALS_FETCHER_HOST"),
]


def test_every_documented_setting_is_known() -> None:
    assert set(DOCUMENTED) <= KEYS.keys() | REFUSED.keys()
    assert not KEYS.keys() & REFUSED.keys()


@pytest.mark.parametrize(("key", "value", "written"), GOOD)
def test_a_setting_is_written_as_the_agent_reads_it(key: str, value: Any, written: str) -> None:
    assert Spec.model_validate({"settings": {key: value}}).lines() == {key: written}


@pytest.mark.parametrize(("key", "value", "told"), BAD, ids=[f"{key}={value}" for key, value, _ in BAD])
def test_a_setting_that_the_agent_does_not_take_is_refused_in_words(key: str, value: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Spec.model_validate({"settings": {key: value}})
    [fault] = caught.value.errors()
    assert key in fault["msg"]
    assert told in fault["msg"]
    assert "hunter2" not in fault["msg"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValidationError, match=r"ECS_CLUSTER cannot be set.*; ECS_LOGLEVEL takes"):
        Spec.model_validate({"settings": {"ECS_CLUSTER": "x", "ECS_LOGLEVEL": "loud"}})


def test_a_proxy_with_its_exceptions_is_taken() -> None:
    free = "169.254.169.254,169.254.170.2,/var/run/docker.sock"
    settings = {"HTTP_PROXY": "10.0.0.131:3128", "NO_PROXY": free}
    assert Spec.model_validate({"settings": settings}).lines() == settings


def test_a_setting_with_a_key_of_its_own_is_set_once() -> None:
    with pytest.raises(ValidationError, match="sets already: ECS_RESERVED_MEMORY"):
        Spec.model_validate({"reserved_memory": "32 MiB", "settings": {"ECS_RESERVED_MEMORY": 64}})


def test_json_reaches_the_agents_file_unchanged_and_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "ecs.config"
    settings = {
        "ECS_AVAILABLE_LOGGING_DRIVERS": ["json-file", "fluentd"],
        "ECS_CONTAINER_INSTANCE_TAGS": {"it's": "$HOME `id` & co"},
    }
    recipe = ecs_agent.recipe(Spec.model_validate({"settings": settings}), Machine("al2023"))
    done = run(recipe.steps[0].script.replace(ecs_agent.CONFIG, str(file)))
    assert done.returncode == 0, done.stderr
    assert file.read_text() == (
        'ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","fluentd"]\n'
        'ECS_CONTAINER_INSTANCE_TAGS={"it\'s":"$HOME `id` & co"}\n'
    )
    check = recipe.checks[0].script.partition("if [ -d /run/systemd")[0].replace(ecs_agent.CONFIG, str(file))
    assert run(check).returncode == 0
    file.write_text("ECS_AVAILABLE_LOGGING_DRIVERS=[]\n")
    assert run(check).returncode == 1
