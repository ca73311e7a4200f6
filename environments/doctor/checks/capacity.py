"""Whether there can be machines, and whether there are some that nobody asked for."""

from collections.abc import Iterator

from environments.doctor.looks.ec2 import allows
from environments.doctor.picture import quotas_of
from environments.doctor.picture.described import Described, is_spot, name_of, resources
from environments.doctor.picture.finding import Finding, error, warning
from environments.doctor.picture.picture import Picture
from kiln import words


def quota(picture: Picture) -> Iterator[Finding]:
    """max_vcpus of the environments, summed by the quota that counts their machines, against that quota."""
    desired: dict[str, list[Described]] = {}
    for each in picture.environments:
        codes = {quotas_of.code(name, spot=is_spot(each)) for name in resources(each).get("instanceTypes") or ()}
        for code in codes & picture.quotas.keys():
            desired.setdefault(code, []).append(each)
    for code, found in sorted(desired.items()):
        most, allowed = sum(int(resources(each).get("maxvCpus") or 0) for each in found), int(picture.quotas[code])
        if most > allowed:
            names = ", ".join(map(name_of, found))
            yield warning(
                f"max_vcpus of {names} is {most}, and the account's quota {allowed} vCPUs",
                "beyond the quota EC2 starts nothing, and jobs wait in RUNNABLE",
                "aws service-quotas request-service-quota-increase --service-code ec2 "
                f"--quota-code {code} --desired-value {most}",
                code,
            )


def offered(picture: Picture) -> Iterator[Finding]:
    """Instance types that no zone of the environment's subnets offers."""
    for each in picture.environments:
        zones = {
            picture.subnets[one]["AvailabilityZone"]
            for one in resources(each).get("subnets") or ()
            if one in picture.subnets
        }
        missing = [name for name in resources(each).get("instanceTypes") or () if not _offers(picture, name, zones)]
        if not missing or not zones:
            continue
        where, named = ", ".join(sorted(zones)), ", ".join(missing)
        every = len(missing) == len(resources(each)["instanceTypes"])
        what = f"{name_of(each)} allows {named}, which is not offered in {where}"
        fix = "allow other instance_types, or name subnets in other zones: aws ec2 describe-instance-type-offerings"
        if every:
            yield error(what, "no machine can start in it", fix, name_of(each))
        else:
            yield warning(what, "only its other types can start", fix, name_of(each))


def _offers(picture: Picture, name: str, zones: set[str]) -> bool:
    alone = {"computeResources": {"instanceTypes": [name]}}
    return any(found & zones for one, found in picture.offered.items() if allows(alone, one))


def idle(picture: Picture) -> Iterator[Finding]:
    """Machines that are kept running, and paid for, with or without jobs."""
    for each in picture.environments:
        least = int(resources(each).get("minvCpus") or 0)
        if least:
            state = ", even while it is DISABLED" if each.get("state") == "DISABLED" else ""
            yield warning(
                f"{name_of(each)} keeps {words.count(least, 'vCPU')} running",
                f"they are paid for day and night{state}",
                f"set min_vcpus: 0, then {picture.again}",
                name_of(each),
            )
