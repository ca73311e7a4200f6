"""What a role may do with keys of KMS: their own policies decide beside the role's.

Source: "Key policies in AWS KMS", AWS KMS Developer Guide: unless a key's policy allows it, no policy of IAM gives
access; one that allows the account (its root, or its number) hands the decision over to IAM; grants allow too.
"""

from dataclasses import dataclass, field

from cloud import errors
from cloud.rights.demand import Context, Decision
from cloud.rights.documents import KeyPolicy, denial_of, read_key_policy
from cloud.rights.evaluate import ask_key
from cloud.session import Cloud


@dataclass
class Keys:
    """The keys that a role (by its ARN) is asked about; each is read once."""

    cloud: Cloud
    role: str
    _read: dict[str, KeyPolicy | str] = field(default_factory=dict)

    def decide(self, by_role: Decision, action: str, key: str, context: Context) -> Decision:
        """Decide an action on a key; `by_role` is what the role's own policies say of it."""
        if by_role.state in ("denied", "bounded"):
            return by_role
        policy = self._policy(key)
        if isinstance(policy, str):
            return Decision("unclear", f"the policy of the key {key} decides too: {policy}")
        return decide_by_key(by_role, policy, self.role, action, context)

    def _policy(self, key: str) -> KeyPolicy | str:
        """Its policy, or why it is not known."""
        if key not in self._read:
            try:
                self._read[key] = read_key_policy(self.cloud, key)
            except Exception as error:
                missing = errors.code(error) == "NotFoundException"
                self._read[key] = "there is no such key in the region" if missing else denial_of(error)
        return self._read[key]


def decide_by_key(by_role: Decision, key: KeyPolicy, role: str, action: str, context: Context) -> Decision:
    """Decide it from both (pure)."""
    answer = ask_key(key.statements, role, action, key.arn, context)
    if answer.denies:
        return Decision("denied", f"the policy of the key {key.arn}")
    if answer.denies is False and (answer.gives or (role, action.partition(":")[2]) in key.grants):
        return Decision("allowed")
    if answer.denies is False and answer.hands_over:
        return by_role
    if None in (answer.denies, answer.gives, answer.hands_over):
        return Decision("unclear", f"the policy of the key {key.arn} has conditions that cannot be decided here")
    return Decision("closed", key.arn)
