"""Versions of a launch template as EC2 keeps them, and which may go (pure but for `find`)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud import errors, tags
from cloud.pages import list_all
from cloud.session import Cloud
from kiln.errors import UserError
from userdata.decode import decode, from_base64

OWN = "Kiln: "
"""How the descriptions of Kiln's own versions begin; others' are never deleted."""


@dataclass(frozen=True)
class Version:
    """A version of a launch template: its LaunchTemplateData and its description."""

    number: int
    data: Mapping[str, Any]
    description: str


@dataclass(frozen=True)
class Template:
    """A launch template; `versions` newest first, `default` the number of the default one."""

    id: str
    name: str
    default: int
    versions: tuple[Version, ...]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> int:
        """The number of the newest version."""
        return self.versions[0].number

    def version(self, number: int) -> Version:
        """Return the version with that number."""
        return next(version for version in self.versions if version.number == number)

    def with_data(self, data: Mapping[str, Any]) -> Version | None:
        """The default version if it says the same, else the newest that does, else None."""
        same = [version for version in self.versions if not compare_data(version.data, data)]
        return next((version for version in same if version.number == self.default), same[0] if same else None)


def find(cloud: Cloud, name: str) -> Template | None:
    """The launch template of that name with all its versions, or None."""
    answer = errors.or_none(cloud.ec2.describe_launch_templates, LaunchTemplateNames=[name])
    return read_template(cloud, answer["LaunchTemplates"][0]) if answer and answer["LaunchTemplates"] else None


def read_template(cloud: Cloud, described: Mapping[str, Any]) -> Template:
    """A launch template as EC2 describes it, with all its versions."""
    id_ = described["LaunchTemplateId"]
    listed = list_all(cloud.ec2, "describe_launch_template_versions", "LaunchTemplateVersions", LaunchTemplateId=id_)
    versions = [
        Version(entry["VersionNumber"], entry.get("LaunchTemplateData", {}), entry.get("VersionDescription", ""))
        for entry in listed
    ]
    return Template(
        id_,
        described["LaunchTemplateName"],
        described["DefaultVersionNumber"],
        tuple(sorted(versions, key=lambda version: -version.number)),
        tags.as_dict(described.get("Tags")),
    )


def compare_data(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The top-level keys in which two versions' data differ, in the order of their names; () where they agree.

    User data is compared by what its parts say: another release of zlib packs the same script into other bytes.
    """
    before, after = _plain(old), _plain(new)
    return tuple(sorted(key for key in {*before, *after} if before.get(key) != after.get(key)))


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in data.items() if value not in (None, [], {}, "")}
    if "BlockDeviceMappings" in plain:
        plain["BlockDeviceMappings"] = sorted(plain["BlockDeviceMappings"], key=lambda disk: str(disk["DeviceName"]))
    if "TagSpecifications" in plain:
        plain["TagSpecifications"] = {
            entry["ResourceType"]: {tag["Key"]: tag.get("Value", "") for tag in entry.get("Tags", [])}
            for entry in plain["TagSpecifications"]
        }
    if "MetadataOptions" in plain:  # EC2 adds the state of the change
        plain["MetadataOptions"] = {key: value for key, value in plain["MetadataOptions"].items() if key != "State"}
    if "UserData" in plain:
        plain["UserData"] = _read(plain["UserData"])
    return plain


def _read(user_data: str) -> Any:
    try:
        return [(part.name, part.kind, part.text) for part in decode(from_base64(user_data))]
    except UserError:  # somebody else's, and damaged: it differs from whatever Kiln writes
        return user_data


def list_prunable(template: Template, keep: int, used: Collection[int]) -> tuple[int, ...]:
    """Numbers of the versions of Kiln's that may go, oldest first: not among the newest `keep`, neither default nor
    newest, and none that is `used`."""
    kept = {version.number for version in template.versions[:keep]} | {template.default, template.latest} | set(used)
    own = [version.number for version in template.versions if version.description.startswith(OWN)]
    return tuple(sorted(set(own) - kept))
