"""Where a job's output goes: the log driver, its options, and those that are secrets.

Sources: LogConfiguration, AWS Batch API Reference; "Using the awslogs log driver", AWS Batch User Guide; "Configure
logging drivers" and the page of each driver, Docker documentation.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from environments.spec.compute import Value
from environments.spec.secrets import SecretReference, check_references
from kiln.keys.takes import Takes
from kiln.models import Model
from kiln.secrets.credentials import find_credential

Driver = Literal["awslogs", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog"]
_TRUTH, _WHOLE, _SIZE, _TIME, _TEXT = r"true|false", r"\d+", r"\d+[kmgKMG]?", r"(\d+(\.\d+)?(ms|s|m|h))+", r".+"
_EXAMPLES = {
    _TRUTH: "true or false", _WHOLE: "a whole number", _SIZE: "a size such as 10m", _TIME: "a time such as 5s",
    _TEXT: "a text",
}  # fmt: skip
_LABELS = {"labels": _TEXT, "labels-regex": _TEXT, "env": _TEXT, "env-regex": _TEXT, "tag": _TEXT}
_COMMON = {"mode": r"blocking|non-blocking", "max-buffer-size": _SIZE}
OPTIONS: dict[str, dict[str, str]] = {
    "awslogs": {
        "awslogs-group": r"[A-Za-z0-9_./#-]{1,512}", "awslogs-region": r"[a-z]{2}(-[a-z]+)+-\d",
        "awslogs-stream-prefix": r"[^:*]{1,512}", "awslogs-create-group": _TRUTH, "awslogs-datetime-format": _TEXT,
        "awslogs-multiline-pattern": _TEXT,
    },
    "fluentd": {
        "fluentd-address": r"((tcp|tls)://)?[^\s/:]+(:\d{1,5})?|unix://\S+", "fluentd-async": _TRUTH,
        "fluentd-async-reconnect-interval": _TIME, "fluentd-buffer-limit": _SIZE, "fluentd-retry-wait": _TIME,
        "fluentd-max-retries": _WHOLE, "fluentd-sub-second-precision": _TRUTH, "fluentd-write-timeout": _TIME,
        "fluentd-request-ack": _TRUTH, **_LABELS,
    },
    "gelf": {
        "gelf-address": r"(udp|tcp)://[^\s/:]+:\d{1,5}", "gelf-compression-type": r"gzip|zlib|none",
        "gelf-compression-level": r"-1|[0-9]", "gelf-tcp-max-reconnect": _WHOLE, "gelf-tcp-reconnect-delay": _WHOLE,
        **_LABELS,
    },
    "journald": _LABELS,
    "json-file": {"max-size": r"-1|\d+[kmgKMG]?", "max-file": r"[1-9]\d*", "compress": _TRUTH, **_LABELS},
    "splunk": {
        "splunk-token": _TEXT, "splunk-url": r"https?://\S+", "splunk-source": _TEXT, "splunk-sourcetype": _TEXT,
        "splunk-index": _TEXT, "splunk-capath": r"/\S+", "splunk-caname": _TEXT, "splunk-insecureskipverify": _TRUTH,
        "splunk-format": r"inline|json|raw", "splunk-verify-connection": _TRUTH, "splunk-gzip": _TRUTH,
        "splunk-gzip-level": r"-1|[0-9]", **_LABELS,
    },
    "syslog": {
        "syslog-address": r"(udp|tcp|tcp\+tls)://[^\s/:]+(:\d{1,5})?|unix(gram)?://\S+",
        "syslog-facility": r"[a-z0-9]+",
        "syslog-tls-ca-cert": r"/\S+", "syslog-tls-cert": r"/\S+", "syslog-tls-key": r"/\S+",
        "syslog-tls-skip-verify": _TRUTH, "syslog-format": r"rfc3164|rfc5424|rfc5424micro", **_LABELS,
    },
}  # fmt: skip
_REQUIRED = {"gelf": ("gelf-address",), "splunk": ("splunk-token", "splunk-url")}
_SECRETS = ("splunk-token",)
ECS_INIT = ("awslogs", "json-file", "syslog")
"""What the ECS agent of Amazon's images offers unless ECS_AVAILABLE_LOGGING_DRIVERS says more (ecs-init's defaults)."""


OptionName = Annotated[str, Takes("a name of one of the driver's options", "awslogs-stream-prefix")]


class Log(Model):
    """The log driver of a container. Only awslogs is shown by `invoke` and by the console of AWS Batch."""

    driver: Driver = "awslogs"
    options: dict[OptionName, Value] = Field(default_factory=dict)
    """Of the driver. awslogs: the environment's log group, and the job definition's name as awslogs-stream-prefix."""
    secret_options: dict[OptionName, SecretReference] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        known = OPTIONS[self.driver] | _COMMON
        for name in (*self.options, *self.secret_options):
            if name not in known:
                raise ValueError(f"{name} is no option of {self.driver}, which has {', '.join(sorted(known))}")
        check_references(self.secret_options)
        for name, value in self.options.items():
            if name in _SECRETS or find_credential(value):
                raise ValueError(
                    f"{name} is a secret: keep it in Secrets Manager or SSM, and write its ARN under secret_options"
                )
            if not re.fullmatch(known[name], value):
                raise ValueError(f"{name} takes {_EXAMPLES.get(known[name], known[name].replace('|', ' or '))}")
        if twice := sorted(self.options.keys() & self.secret_options.keys()):
            raise ValueError(f"options and secret_options both have {', '.join(twice)}")
        given = {*self.options, *self.secret_options}
        if lacking := [name for name in _REQUIRED.get(self.driver, ()) if name not in given]:
            raise ValueError(f"{self.driver} needs {', '.join(lacking)}")
        self._refuse_contradictions()
        return self

    def _refuse_contradictions(self) -> None:
        options = self.options
        if {"awslogs-datetime-format", "awslogs-multiline-pattern"} <= options.keys():
            raise ValueError("awslogs-datetime-format and awslogs-multiline-pattern cannot both be given")
        if "max-buffer-size" in options and options.get("mode") != "non-blocking":
            raise ValueError("max-buffer-size works only with mode: non-blocking")
        if self.driver == "json-file" and "max-file" in options and "max-size" not in options:
            raise ValueError("max-file works only with max-size")
