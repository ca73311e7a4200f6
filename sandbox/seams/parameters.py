"""moto is given the parameters that the door has parsed already."""

from collections.abc import Callable
from typing import Any

from sandbox.paging.cut import ask_for_all
from sandbox.world.request import find_request


def take_parsed(parse: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Make the method of moto's responses that fills their `params`; it parses what did not come through the door."""

    def parse_parameters(self: Any, request: Any) -> None:
        parsed = find_request(request.environ)
        if parsed is not None and parsed.modelled and parsed.readable:
            self.params = ask_for_all(parsed)
        else:
            parse(self, request)

    return parse_parameters
