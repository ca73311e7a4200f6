"""The page of an answer: what moto has listed whole is cut before it is serialised.

moto takes MaxResults into account in some operations, a few of them with tokens that skip or repeat; most give the
whole list whatever is asked. So it is asked for all, and every list is cut here.
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import get_value, set_value

from sandbox.paging.checks import place_of
from sandbox.paging.model import Paging, find_paging
from sandbox.world.request import Request, find_request
from sandbox.world.world import current

# Services whose operations read the size themselves, and give a few where there is none.
_READ_BY_MOTO = ("ec2", "iam")
_ALL = 1_000_000
# Parameters that are lists and do not name what is asked for; by name, as many are given as were named.
_NOT_NAMES = ("Filters", "filters", "Owners", "OwnerIds", "ParameterFilters")


def ask_for_all(request: Request) -> dict[str, Any]:
    """Return the parameters of a request as moto is given them: without its page."""
    parameters, paging = dict(request.parameters), find_paging(request)
    if paging:
        parameters.pop(paging.input_token, None)
        parameters.pop(paging.limit, None)
        if paging.limit and request.service in _READ_BY_MOTO:
            parameters[paging.limit] = _ALL
    return parameters


def cut_first(serialize: Callable[[Any, ActionResult], Any]) -> Callable[[Any, ActionResult], Any]:
    """Make the method of moto's responses that serialises an answer: of a list, the page that was asked for."""

    def serialized(self: Any, action_result: ActionResult) -> Any:
        request = find_request(self.normalized_request.environ)
        paging = find_paging(request) if request else None
        if request and paging and not isinstance(action_result.result, Exception):
            action_result = ActionResult(cut_page(request, paging, action_result.result))
        return serialize(self, action_result)

    return serialized


def give_all(_: Callable[[Any, list[Any]], Any]) -> Callable[[Any, list[Any]], Any]:
    """Make the method of moto's paginator that cuts a page: it leaves that to `cut_page`."""

    def paginate(self: Any, results: list[Any]) -> tuple[list[Any], None]:
        return results, None

    return paginate


def cut_page(request: Request, paging: Paging, result: Any) -> Any:
    """Return `result`, the whole answer (members by name), with the lists of this page and the token of the next."""
    world = current()
    token, size = request.get(paging.input_token), _choose_size(request, paging)
    rest = world.rests.find(place_of(request), str(token), world.clock.now()) if token else None
    lists = rest.lists if rest else tuple(list(get_value(result, name, None) or []) for name in paging.lists)
    page, following = _divide(lists, size, request)
    answer = dict(result) if isinstance(result, dict) else result
    for name, items in zip(paging.lists, page, strict=True):
        if items or get_value(answer, name, None) is not None:
            set_value(answer, name, items)
    more = any(following)
    given = world.rests.keep(place_of(request), following, world.clock.now()) if more else None
    set_value(answer, paging.output_token, given)
    if paging.more:
        set_value(answer, paging.more, more)
    return answer


def _choose_size(request: Request, paging: Paging) -> int:
    size = min(int(request.get(paging.limit) or paging.unasked), paging.at_most)
    named = any(isinstance(value, list) and name not in _NOT_NAMES for name, value in request.parameters.items())
    return size if named else min(size, current().page or size)


def _divide(lists: tuple[list[Any], ...], size: int, request: Request) -> tuple[tuple[list[Any], ...], ...]:
    """Divide lists at `size`: EC2's tell of the same things side by side, the others' stand behind each other."""
    page, following, left = [], [], size
    for items in lists:
        page.append(items[:left])
        following.append(items[left:])
        if request.service != "ec2":
            left = max(0, left - len(items))
    return tuple(page), tuple(following)
