"""Parameters without an effect here, by service, operation and path: the values that ask for what is so anyway, why.

Source of the names: botocore's model, the API References as data. What has no effect that anybody could see here, such
as CreditSpecification, is taken.
"""

from typing import Any

Parameters = dict[str, tuple[tuple[Any, ...], str]]

_ONE_PLACE = "images and snapshots are kept in regions alone"
_ROOTS = "machines start the kernel that the sandbox has"
_AS_IS = "machines know no firmware but their own"
_WHOLE_ROLE = "a session has all the rights of its role, and no tags"

_RUN: Parameters = {
    "CpuOptions": ((), "machines have the CPUs of their instance type"),
    "EnclaveOptions.Enabled": ((False,), "machines have no enclaves"),
    "HibernationOptions.Configured": ((False,), "machines cannot hibernate"),
    "KernelId": ((), _ROOTS),
    "RamdiskId": ((), _ROOTS),
    "LicenseSpecifications": ((), "nobody counts licenses"),
    "Ipv6Addresses": ((), "machines have no IPv6"),
    "Ipv6AddressCount": ((0,), "machines have no IPv6"),
    "SecondaryInterfaces": ((), "a machine has one network interface"),
    "CapacityReservationSpecification.CapacityReservationTarget": ((), "there are no capacity reservations"),
}
_REGISTER: Parameters = {
    "BootMode": ((), _AS_IS),
    "TpmSupport": ((), _AS_IS),
    "UefiData": ((), _AS_IS),
    "ImdsSupport": ((), "CopyImage and RunInstances would not know of it"),
    "KernelId": ((), _ROOTS),
    "RamdiskId": ((), _ROOTS),
    "VirtualizationType": (("hvm",), "machines are hvm"),
}
_VOLUME: Parameters = {
    "MultiAttachEnabled": ((False,), "a volume is attached once"),
    "OutpostArn": ((), "there are no Outposts"),
    "VolumeInitializationRate": ((), "volumes have their content at once"),
}
_SESSION: Parameters = {
    "Policy": ((), _WHOLE_ROLE),
    "PolicyArns": ((), _WHOLE_ROLE),
    "Tags": ((), _WHOLE_ROLE),
    "TransitiveTagKeys": ((), _WHOLE_ROLE),
    "SourceIdentity": ((), _WHOLE_ROLE),
}

PARAMETERS: dict[str, dict[str, Parameters]] = {
    "ec2": {
        "RunInstances": _RUN,
        "StopInstances": {"Hibernate": ((False,), "machines cannot hibernate")},
        "RegisterImage": _REGISTER,
        "CreateImage": {"SnapshotLocation": (("regional",), _ONE_PLACE), "BootModeOverride": ((), _AS_IS)},
        "CopyImage": {"DestinationOutpostArn": ((), _ONE_PLACE), "DestinationAvailabilityZone": ((), _ONE_PLACE)},
        "CreateSnapshot": {"OutpostArn": ((), _ONE_PLACE), "Location": (("regional",), _ONE_PLACE)},
        "CopySnapshot": {"Encrypted": ((False,), "a copy is encrypted as its source is"),
                         "DestinationOutpostArn": ((), _ONE_PLACE)},
        "CreateSnapshots": {"CopyTagsFromSource": ((), "tags of volumes are not copied")},
        "CreateVolume": _VOLUME,
        "CreateKeyPair": {"KeyFormat": (("pem",), "keys are written as PEM")},
    },
    "sts": {"AssumeRole": _SESSION},
    "logs": {
        "CreateLogGroup": {
            "logGroupClass": (("STANDARD",), "log groups are of the class STANDARD"),
            "deletionProtectionEnabled": ((False,), "log groups are not protected"),
        }
    },
    "batch": {
        operation: {
            "computeResources.launchTemplate.userdataType": (("DEFAULT",), "there are no nodes of EKS"),
            "computeResources.capacityTags": ((), "there are no capacity reservations"),
        }
        for operation in ("CreateComputeEnvironment", "UpdateComputeEnvironment")
    },
    "ecs": {
        "CreateCluster": {
            "configuration": ((), "nobody records commands"),
            "serviceConnectDefaults": ((), "there are no services"),
            "settings": (([{"name": "containerInsights", "value": "disabled"}],), "nobody collects metrics"),
        }
    },
}  # fmt: skip
