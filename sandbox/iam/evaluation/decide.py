"""The order in which IAM decides: an explicit deny anywhere, then what is allowed by the policies and by the boundary.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html;
the sentences: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Sequence

from sandbox.iam.evaluation.policy import Question, Statement, applies, names_principal

Statements = Sequence[Statement]


def find_denial(policies: Statements, boundary: Statements | None, question: Question) -> str | None:
    """Find why the answer is no, in AWS's words; None when it is yes. `boundary` is None where there is none.

    Within one account, what the policy of the resource allows needs no policy of the caller.
    """
    own = [statement for statement in question.own_policy if names_principal(statement, question.context)]
    sources = (("an identity-based policy", policies), ("a resource-based policy", own))
    for where, found in (*sources, ("a permissions boundary", boundary or ())):
        if any(statement.get("Effect") == "Deny" and applies(statement, question) for statement in found):
            return f"with an explicit deny in {where}"
    for where, allowing in (("identity-based policy", [*policies, *own]), ("permissions boundary", boundary)):
        if allowing is None:
            continue
        if not any(statement.get("Effect") == "Allow" and applies(statement, question) for statement in allowing):
            return f"because no {where} allows the {question.action} action"
    return None
