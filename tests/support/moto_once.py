"""Work of moto and botocore for each call that tests of the offline AWS in their own process can do without.

Tests make tens of thousands of calls. Flask's context and cross-origin headers are nothing that a client of AWS sees;
which names a field of an answer may have in moto's objects follows from their class; and what a signature is made of is
not read by anything here, but for the key's name, its region and its service. Each part is checked before it is
replaced, as the seams of the sandbox are.
"""

from collections.abc import Callable, Generator, Iterable
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from moto.core.serialize import XFormedAttributePicker
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from sandbox.seams.seam import Seam


def share(patch: pytest.MonkeyPatch) -> None:
    """Replace all of them until `patch` is undone; SeamError where one is not as it was."""
    for seam in SEAMS:
        patch.setattr(seam.owner, seam.name, seam.checked())


def _by_class(names: Callable[..., Generator[str]]) -> Callable[..., Any]:
    """By the object's class and the field's shape, which both stay."""
    known: dict[Any, tuple[str, ...]] = {}

    def get_possible_keys(self: Any, context: Any) -> tuple[str, ...]:
        about = type(context.obj), context.key, context.shape
        if about not in known:
            known[about] = tuple(dict.fromkeys(names(self, context)))
        return known[about]

    return get_possible_keys


def _without_flask(_: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The service's own routes and functions, with the request that Flask would hand them."""
        application = self.get_application(environ)
        request = application.request_class(environ)
        try:
            rule, values = application.url_map.bind_to_environ(environ).match(return_rule=True)
            request.url_rule, request.view_args = rule, values
            answer = application.view_functions[rule.endpoint].callback(request, request.raw_url, dict(request.headers))
        except HTTPException as error:
            return error(environ, start_response)
        status, headers, content = answer if len(answer) == 3 else (200, {}, answer)
        response = Response(response=content, status=status, headers=headers)
        if request.method == "HEAD" and "content-length" in headers:
            response.headers["Content-Length"] = headers["content-length"]
        return response(environ, start_response)

    return call


def _nothing_to_sign(_: Callable[..., str]) -> Callable[..., str]:
    def canonical_request(self: Any, request: Any) -> str:
        return ""

    return canonical_request


SEAMS = (
    Seam(XFormedAttributePicker, "get_possible_keys", _by_class, "they are worked out for each field of each answer"),
    Seam(DomainDispatcherApplication, "__call__", _without_flask, "Flask's way to a service takes longer than most"),
    Seam(SigV4Auth, "canonical_request", _nothing_to_sign, "nobody here reads what a signature is made of"),
)
