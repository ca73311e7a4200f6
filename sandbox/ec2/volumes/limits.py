"""Law: which sizes, IOPS and throughputs EBS takes of each type of volume. Pure.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html (sizes, IOPS, throughput),
https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html and provisioned-iops.html (IOPS per GiB, and
0.25 MiB/s per IOPS). The texts are those that people quote in reports of the refusals: rocicorp/mono#4410,
runs-on/runs-on#260, kubernetes-sigs/aws-ebs-csi-driver#766, boto/boto3#2474 and #3653,
gardener/machine-controller-manager-provider-aws#95, hashicorp/terraform-provider-aws#42957.
"""

from sandbox.ec2.model.errors import refused

_SIZES = {"gp3": (1, 65536), "gp2": (1, 16384), "io1": (4, 16384), "io2": (4, 65536), "st1": (125, 16384),
          "sc1": (125, 16384), "standard": (1, 1024)}  # fmt: skip
_IOPS = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
_IOPS_PER_GIB = {"gp3": 500, "io1": 50, "io2": 1000}
_IOPS_NEEDED = ("io1", "io2")
_THROUGHPUT = (125, 2000)
_NO_ROOT = ("st1", "sc1")
BASELINE_IOPS, BASELINE_THROUGHPUT = 3000, 125


def check_type(kind: str) -> None:
    if kind not in _SIZES:
        raise refused("UnknownVolumeType", f"Unsupported volume type '{kind}' for volume creation.")


def check_settings(kind: str, iops: int | None, throughput: int | None, device: str = "") -> None:
    """Refuse settings that the type does not take, whatever its size; `device` where it is a machine's."""
    if iops is not None and kind not in _IOPS:
        raise refused("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    if iops is None and kind in _IOPS_NEEDED:
        raise refused("InvalidParameterCombination", f"The parameter iops must be specified for {kind} volumes.")
    if throughput is not None and kind != "gp3":
        if device:
            message = f"throughput cannot be specified with the volumeType of device '{device}'"
            raise refused("InvalidBlockDeviceMapping", message)
        message = f"The parameter throughput is not supported for {kind} volumes."
        raise refused("InvalidParameterCombination", message)
    if iops is not None:
        _check_range("Volume iops", iops, *_IOPS[kind])
    if throughput is not None:
        _check_range("Volume throughput", throughput, *_THROUGHPUT)
        ratio = throughput / (iops or BASELINE_IOPS)
        if ratio > 0.25:
            message = f"Throughput (MiBps) to iops ratio of {ratio:.6f} is too high; maximum is 0.250000 MiBps per iops"
            raise refused("InvalidParameterValue", message)


def check_size(kind: str, size: int, iops: int | None) -> None:
    """Refuse a size (GiB) that the type does not have, or that is too small for the IOPS."""
    low, high = _SIZES[kind]
    if size < low:
        message = (
            f"The volume size is invalid for {kind} volumes: {size} GiB. {kind} volumes must be at least {low} GiB in "
            "size. Please specify a volume size above the minimum limit."
        )
        raise refused("InvalidParameterValue", message)
    if size > high:
        message = f"Volume of {size}GiB is too large for volume type {kind}; maximum is {high}GiB"
        raise refused("InvalidParameterValue", message)
    if iops is None or (kind == "gp3" and iops <= BASELINE_IOPS):
        return
    most = _IOPS_PER_GIB[kind]
    if iops > size * most:
        message = f"Iops to volume size ratio of {iops / size:.6f} is too high; maximum is {most}"
        raise refused("InvalidParameterValue", message)


def check_root(kind: str) -> None:
    """Refuse a root volume of a type that cannot boot; EC2 blames its IOPS, given or not."""
    if kind in _NO_ROOT:
        raise refused("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if value < low:
        raise refused("InvalidParameterValue", f"{name} of {value} is too low; minimum is {low}.")
    if value > high:
        raise refused("InvalidParameterValue", f"{name} of {value} is too high; maximum is {high}.")
