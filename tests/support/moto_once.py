"""What moto works out anew for every call, worked out once in a process of tests, and its way past Flask.

Tests make tens of thousands of calls. Flask's context, session and cross-origin headers of each are work that no
client of AWS's sees; which names a field of an answer may have in moto's objects follows from their class.
"""

from collections.abc import Iterable
from typing import Any

import pytest
from moto.core.serialize import XFormedAttributePicker
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response


def share(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone; AttributeError where moto has renamed one of these."""
    keys = XFormedAttributePicker.get_possible_keys
    patch.setattr(XFormedAttributePicker, "get_possible_keys", _by_class(keys))
    patch.setattr(DomainDispatcherApplication, "__call__", _without_flask)


def _by_class(keys: Any) -> Any:
    """The names under which a field may be found, by the object's class and the field's shape, which live for ever."""
    known: dict[Any, tuple[str, ...]] = {}

    def once(self: Any, context: Any) -> tuple[str, ...]:
        about = type(context.obj), context.key, context.shape
        if about not in known:
            known[about] = tuple(dict.fromkeys(keys(self, context)))
        return known[about]

    return once


def _without_flask(self: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The service's own routes and functions, with the request that Flask would hand them."""
    application = self.get_application(environ)
    request = application.request_class(environ)
    try:
        rule, values = application.url_map.bind_to_environ(environ).match(return_rule=True)
        request.url_rule, request.view_args = rule, values
        view = application.view_functions[rule.endpoint]
        answer = view.callback(request, request.raw_url, dict(request.headers))
    except HTTPException as error:
        return error(environ, start_response)
    status, headers, content = answer if len(answer) == 3 else (200, {}, answer)
    response = Response(response=content, status=status, headers=headers)
    if request.method == "HEAD" and "content-length" in headers:
        response.headers["Content-Length"] = headers["content-length"]
    return response(environ, start_response)
