"""A stand-in for AWS's price list: a small table of the order of AWS's public prices (us-east-1, Linux, USD).

The list is at https://aws.amazon.com/ec2/pricing/on-demand/ and https://aws.amazon.com/ebs/pricing/. The table is
for estimates in the sandbox only; other regions are answered with the same figures.
"""

# USD per hour
ON_DEMAND = {
    "t2.micro": 0.0116, "t2.small": 0.023, "t2.medium": 0.0464,
    "t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832, "t3.xlarge": 0.1664,
    "t3a.medium": 0.0376, "t3a.large": 0.0752, "t4g.medium": 0.0336, "t4g.large": 0.0672,
    "m4.large": 0.10, "m5.large": 0.096, "m5.xlarge": 0.192, "m5.2xlarge": 0.384, "m5.4xlarge": 0.768,
    "m5a.large": 0.086, "m6i.large": 0.096, "m6i.xlarge": 0.192, "m6i.2xlarge": 0.384, "m6a.large": 0.0864,
    "m6g.large": 0.077, "m6g.xlarge": 0.154, "m7i.large": 0.1008, "m7i.xlarge": 0.2016, "m7g.medium": 0.0408,
    "m7g.large": 0.0816, "m7g.xlarge": 0.1632,
    "c5.large": 0.085, "c5.xlarge": 0.17, "c5.2xlarge": 0.34, "c5.4xlarge": 0.68, "c5.9xlarge": 1.53,
    "c5.18xlarge": 3.06, "c6i.large": 0.085, "c6i.xlarge": 0.17, "c6g.large": 0.068, "c7i.large": 0.08925,
    "c7g.large": 0.0725, "r4.large": 0.133, "r5.large": 0.126, "r6i.large": 0.126, "r7g.large": 0.1071,
    "g4dn.xlarge": 0.526, "g5.xlarge": 1.006, "p3.2xlarge": 3.06,
}  # fmt: skip

# What the families for jobs cost in their sizes: a size costs as much for each vCPU as any other of its family.
_PER_VCPU = {
    "c5": 0.0425, "c6i": 0.0425, "c7i": 0.044625, "c6g": 0.034, "c7g": 0.03625, "m5": 0.048, "m6i": 0.048,
    "m6g": 0.0385, "m7g": 0.0408, "r5": 0.063, "r6i": 0.063, "r6g": 0.0504, "r7g": 0.05355,
}  # fmt: skip
_VCPUS = {
    "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "9xlarge": 36, "12xlarge": 48, "16xlarge": 64,
    "18xlarge": 72, "24xlarge": 96, "32xlarge": 128, "48xlarge": 192,
}  # fmt: skip
for _family, _price in _PER_VCPU.items():
    for _size, _vcpus in _VCPUS.items():
        ON_DEMAND.setdefault(f"{_family}.{_size}", round(_price * _vcpus, 6))

# USD per GiB and month, by the API's volume type
VOLUMES = {"gp3": 0.08, "gp2": 0.10, "io1": 0.125, "io2": 0.125, "st1": 0.045, "sc1": 0.015, "standard": 0.05}
VOLUME_USAGE = {
    "gp3": "EBS:VolumeUsage.gp3", "gp2": "EBS:VolumeUsage.gp2", "io1": "EBS:VolumeUsage.piops",
    "io2": "EBS:VolumeUsage.io2", "st1": "EBS:VolumeUsage.st1", "sc1": "EBS:VolumeUsage.sc1",
    "standard": "EBS:VolumeUsage",
}  # fmt: skip

SNAPSHOT = 0.05  # USD per GiB and month, standard tier
SPOT_SHARE = 0.35  # a plausible Spot price, as a share of the on-demand one
