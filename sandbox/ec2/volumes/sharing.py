"""With whom a snapshot is shared (ModifySnapshotAttribute, Amazon EC2 API Reference)."""

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response


class Sharing(EC2Response):
    def modify_snapshot_attribute(self) -> ActionResult:
        """Either of the two forms that the API has: moto knows Attribute and OperationType alone."""
        changes = self._get_param("CreateVolumePermission") or {}
        if not changes:
            return super().modify_snapshot_attribute()
        backend, snapshot_id = self.ec2_backend, self._get_param("SnapshotId")
        for name, act in (
            ("Add", backend.add_create_volume_permission),
            ("Remove", backend.remove_create_volume_permission),
        ):
            entries = changes.get(name) or []
            users = [entry["UserId"] for entry in entries if entry.get("UserId")]
            groups = [entry["Group"] for entry in entries if entry.get("Group")]
            if entries:
                act(snapshot_id, user_ids=users, groups=groups)
        return EmptyResult()
