"""Check whether roles have the rights that they need: by asking IAM, else by reading their policies.

What neither answers is not checked, and never passes for allowed.
"""

from collections.abc import Iterable, Iterator, Sequence

from cloud.rights.demand import Decision, Demand, Lack, Verdict
from cloud.rights.documents import denial_of, read_bucket_policy, read_documents, read_managed
from cloud.rights.evaluate import Documents, Policy, allows_in_resource, decide
from cloud.rights.keys import Keys
from cloud.rights.simulate import Decisions, simulate
from cloud.session import Cloud


def check_rights(cloud: Cloud, demands: Iterable[Demand]) -> tuple[Verdict, ...]:
    """Check every demand; returns those of which something is missing, or could not be looked at."""
    by_role: dict[str, list[Demand]] = {}
    for demand in demands:
        by_role.setdefault(demand.role, []).append(demand)
    checked = [verdict for role, own in by_role.items() for verdict in _Role(cloud, role).check(own)]
    return tuple(verdict for verdict in checked if verdict.lacks or verdict.unchecked)


def check_boundary(cloud: Cloud, boundary: str, demands: Iterable[Demand]) -> tuple[Verdict, ...]:
    """Check every demand against a permissions boundary alone (its ARN): what it keeps from a role with all rights."""
    try:
        limit, why = read_managed(cloud, boundary), ""
    except Exception as error:
        limit, why = None, denial_of(error)
    everything = Policy("", ({"Effect": "Allow", "Action": "*", "Resource": "*"},))
    verdicts = []
    for demand in demands:
        pairs = [(action, resource) for ask in demand.asks for action in ask.actions for resource in ask.resources]
        documents = Documents((everything,), limit)
        decisions = {
            pair: decide(documents, *pair, demand.context) if limit else Decision("unclear", why) for pair in pairs
        }
        verdicts.append(_conclude(demand, decisions))
    return tuple(verdict for verdict in verdicts if verdict.lacks or verdict.unchecked)


class _Role:
    """What is known of a role: its documents are read where IAM could not be asked, or did not know."""

    def __init__(self, cloud: Cloud, arn: str) -> None:
        self.cloud, self.arn = cloud, arn
        self.cannot_ask = self.cannot_read = ""
        self._documents: Documents | None = None
        self._keys = Keys(cloud, arn)

    def check(self, demands: Sequence[Demand]) -> Iterator[Verdict]:
        for demand in demands:
            yield _conclude(demand, self._decide(demand))

    def _decide(self, demand: Demand) -> Decisions:
        decisions = {} if self.cannot_ask else self._ask(demand)
        pairs = [(action, resource) for ask in demand.asks for action in ask.actions for resource in ask.resources]
        return {pair: self._decide_one(demand, pair, decisions.get(pair)) for pair in pairs}

    def _decide_one(self, demand: Demand, pair: tuple[str, str], asked: Decision | None) -> Decision:
        """By IAM's answer, else by the documents; a bucket may itself give what a role's policies do not."""
        decision = asked
        if decision is None or decision.state == "unclear":
            documents = self._read()
            why = asked.by if asked else f"{self.cannot_ask}; {self.cannot_read}"
            decision = decide(documents, *pair, demand.context) if documents else Decision("unclear", why)
        if demand.by_key:
            return self._keys.decide(decision, *pair, demand.context)
        return self._ask_bucket(demand, pair) if demand.by_bucket and decision.state == "lacking" else decision

    def _ask(self, demand: Demand) -> Decisions:
        try:
            return simulate(self.cloud, demand)
        except Exception as error:
            self.cannot_ask = denial_of(error)
            return {}

    def _read(self) -> Documents | None:
        if self._documents is None and not self.cannot_read:
            try:
                self._documents = read_documents(self.cloud, self.arn)
            except Exception as error:
                self.cannot_read = denial_of(error)
        return self._documents

    def _ask_bucket(self, demand: Demand, pair: tuple[str, str]) -> Decision:
        bucket = pair[1].partition(":::")[2].partition("/")[0]
        try:
            statements = read_bucket_policy(self.cloud, bucket)
        except Exception as error:
            return Decision("unclear", f"the role's policies do not allow it; the bucket's may: {denial_of(error)}")
        given = allows_in_resource(statements, self.arn, *pair, demand.context)
        return Decision("allowed" if given else "lacking")


def _conclude(demand: Demand, decisions: Decisions) -> Verdict:
    lacks: dict[Lack, None] = {}
    unclear: dict[str, list[str]] = {}
    for ask in demand.asks:
        for action in ask.actions:
            for decision in (decisions[action, resource] for resource in ask.resources):
                if decision.state == "unclear":
                    unclear.setdefault(decision.by, []).append(action)
                elif decision.state != "allowed":
                    lacks[Lack(action, ask.where, decision)] = None
    texts = [f"{', '.join(dict.fromkeys(actions))}: {why}" for why, actions in unclear.items()]
    return Verdict(demand, tuple(lacks), "; ".join(texts))
