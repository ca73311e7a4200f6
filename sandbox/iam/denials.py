"""AWS's denial of what a caller asks for, in its words.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from dataclasses import replace

from sandbox.iam.callers import Caller
from sandbox.iam.evaluation.decide import find_denial
from sandbox.iam.evaluation.policy import Question
from sandbox.world.world import ACCOUNT


def explain_denial(caller: Caller, question: Question, region: str, *, secure: bool = False) -> str | None:
    """Return why a caller may not do this; None where it may. `secure` is true of a request by TLS."""
    why = find_denial(caller.policies, caller.boundary, _in_context(question, caller, region, secure))
    if why is None:
        return None
    sentence = f"User: {caller.arn} is not authorized to perform: {question.action}"
    if question.resource != "*" or not question.action.startswith("ec2:"):
        sentence += f" on resource: {question.resource}"
    return f"{sentence} {why}"


def _in_context(question: Question, caller: Caller, region: str, secure: bool) -> Question:
    """Add the condition keys that every request has."""
    keys = {
        "aws:securetransport": (str(secure).lower(),),
        "aws:sourceip": ("127.0.0.1",),
        "aws:viaawsservice": ("false",),
        "kiln:sessionarn": (caller.arn,),  # for the principals of a resource's policy
        **({"ec2:region": (region,)} if question.action.startswith("ec2:") else {}),
        **caller.known(region),
    }
    if caller.instance:
        keys["ec2:sourceinstancearn"] = (f"arn:aws:ec2:{region}:{ACCOUNT}:instance/{caller.instance}",)
    return replace(question, context=keys | dict(question.context))
