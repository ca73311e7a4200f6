"""The way of a request: its steps, in their order. The first one that has an answer ends it."""

import logging
from collections.abc import Callable

from sandbox.door.effects import check_effects
from sandbox.door.moto import is_of_moto
from sandbox.door.permissions import check_permissions
from sandbox.door.services import answer_by_service
from sandbox.iam.keys import check_keys
from sandbox.paging.checks import check_pages
from sandbox.world.answers import Answer, refuse
from sandbox.world.refusals import Refusal
from sandbox.world.request import Request
from sandbox.world.world import World

log = logging.getLogger("sandbox")
Step = Callable[[World, Request], Answer | Refusal | None]


def check_faults(world: World, request: Request) -> Refusal | None:
    """Refuse as an arranged fault says."""
    fault = world.faults.strike(request)
    return Refusal(fault.code, fault.message, fault.status) if fault else None


def check_body(_: World, request: Request) -> Refusal | None:
    """Refuse a body of JSON that AWS cannot read."""
    return None if request.misfit is None else Refusal("SerializationException", request.misfit)


STEPS: tuple[Step, ...] = (
    check_keys, check_body, check_faults, check_permissions, check_effects, check_pages, answer_by_service
)  # fmt: skip


def answer(world: World, request: Request) -> Answer:
    """Go the way. What the sandbox does not imitate is answered by 501, a fault of the sandbox's own by 500.

    Where moto breaks down over a request that it takes, it does not imitate that one either.
    """
    named = f"{request.service}:{request.operation}"
    try:
        return _first_answer(world, request)
    except NotImplementedError as error:
        log.warning("not imitated: %s: %s", named, error)
        return _refuse_as_not_imitated(request, str(error))
    except Exception as error:
        if is_of_moto(error):
            log.warning("not imitated: %s: moto breaks down over it", named, exc_info=True)
            return _refuse_as_not_imitated(request, f"moto has no answer to it: {type(error).__name__}")
        log.exception("a fault of the sandbox in %s", named)
        message = f"The sandbox failed in {named}; its log has the traceback"
        return refuse(Refusal("InternalFailure", message, 500), request)


def _refuse_as_not_imitated(request: Request, why: str) -> Answer:
    named = f"{request.service}:{request.operation}"
    return refuse(Refusal("NotImplemented", f"The sandbox does not imitate {named} ({why})", 501), request)


def _first_answer(world: World, request: Request) -> Answer:
    for step in STEPS:
        result = step(world, request)
        if result is not None:
            return refuse(result, request) if isinstance(result, Refusal) else result
    raise NotImplementedError("no step has an answer")
