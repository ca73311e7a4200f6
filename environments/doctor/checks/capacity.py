"""Whether there can be machines, and whether some run that nobody asked for."""

from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.facts.compute_environments import (
    Described,
    instance_types_of,
    name_of,
    resources,
    subnets_of,
)
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.quota_codes import codes_of
from environments.machines.offers import find_unoffered
from kiln import words


def check_quotas(picture: Picture) -> Iterator[Finding]:
    """Compare max_vcpus of the compute environments, summed by the quota that counts their machines, with it."""
    by_code: dict[str, list[Described]] = {}
    for environment in picture.scope.environments:
        for code in codes_of(environment) & picture.quotas.keys():
            by_code.setdefault(code, []).append(environment)
    for code, environments in sorted(by_code.items()):
        most = sum(int(resources(environment).get("maxvCpus") or 0) for environment in environments)
        allowed = int(picture.quotas[code])
        if most > allowed:
            names = ", ".join(map(name_of, environments))
            yield warning(
                f"max_vcpus of {names} is {most}, and the account's quota is {allowed} vCPUs",
                "EC2 starts no machine beyond the quota, and jobs wait in RUNNABLE",
                "aws service-quotas request-service-quota-increase --service-code ec2 "
                f"--quota-code {code} --desired-value {most}",
                code,
            )


def check_offers(picture: Picture) -> Iterator[Finding]:
    """Find instance types that no zone of the compute environment's subnets offers."""
    subnets = picture.network.subnets
    for environment in picture.scope.environments:
        zones = {subnets[subnet]["AvailabilityZone"] for subnet in subnets_of(environment) if subnet in subnets}
        names = instance_types_of(environment)
        missing = find_unoffered(names, zones, picture.types.zones)
        if not missing or not zones:
            continue
        what = f"{name_of(environment)} allows {', '.join(missing)}, which is not offered in {', '.join(sorted(zones))}"
        fix = (
            "allow other instance_types, or name subnets in other zones; this shows which zone offers what: "
            "aws ec2 describe-instance-type-offerings --location-type availability-zone --filters "
            f"Name=instance-type,Values={','.join(names)}"
        )
        if len(missing) == len(names):
            yield error(what, "no machine can start in it", fix, name_of(environment))
        else:
            yield warning(what, "only its other types can start", fix, name_of(environment))


def check_idle_machines(picture: Picture) -> Iterator[Finding]:
    """Find machines that are kept running, and paid for, with or without jobs."""
    for environment in picture.scope.environments:
        least = int(resources(environment).get("minvCpus") or 0)
        if least:
            disabled = ", even while it is DISABLED" if environment.get("state") == "DISABLED" else ""
            yield warning(
                f"{name_of(environment)} keeps {words.count(least, 'vCPU')} running",
                f"they are paid for day and night{disabled}",
                f"set min_vcpus: 0, then {picture.scope.register_command}",
                name_of(environment),
            )
