"""Law: quotas, from the recorded table of `sandbox.quotas.defaults`; an increase is granted after a while of the clock.

Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html,
…/API_ListServiceQuotas.html, …/API_RequestServiceQuotaIncrease.html
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.servicequotas.responses import ServiceQuotasResponse

from sandbox.quotas import defaults
from sandbox.quotas.defaults import DEFAULTS, Quota
from sandbox.world.request import find_request
from sandbox.world.world import ACCOUNT, current

_GRANTED_AFTER = 60.0  # seconds


class Refused(ServiceException):
    """An error of Service Quotas, by its code and message."""


def _list_raised() -> dict[tuple[str, str, str], float]:
    """Return (region, service, code) → what an increase has made of it; kept by the world, and forgotten with it."""
    return current().quotas


def find_value(service: str, code: str, region: str) -> float:
    """Find a quota of the account, in its own unit."""
    return _list_raised().get((region, service, code), _find_quota(service, code).value)


def _find_quota(service: str, code: str) -> Quota:
    quota = next((quota for quota in DEFAULTS if (quota.service, quota.code) == (service, code)), None)
    if quota is None:
        raise Refused("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return quota


class ServiceQuotas(ServiceQuotasResponse):
    def call_action(self) -> TYPE_RESPONSE:
        action = _ACTIONS.get(self._get_action())
        if action is None or self._asked().get("ServiceCode") not in defaults.SERVICES:
            return super().call_action()
        world = current()
        with world.lock:
            world.settle()
            try:
                return self._answer(ActionResult(action(self.region, self._asked())))
            except ServiceException as error:
                return self._answer(ActionResult(error))

    def _asked(self) -> dict[str, Any]:
        request = find_request(self.normalized_request.environ)
        return dict(request.parameters) if request else {}

    def _answer(self, result: ActionResult) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(result)
        answer: Any = (int(status), {key: str(text) for key, text in headers.items()}, body)
        return answer  # type: ignore[no-any-return]


def _get(region: str, asked: dict[str, Any]) -> dict[str, Any]:
    quota = _find_quota(asked["ServiceCode"], asked["QuotaCode"])
    return {"Quota": _render(quota, region, find_value(quota.service, quota.code, region))}


def _get_default(region: str, asked: dict[str, Any]) -> dict[str, Any]:
    quota = _find_quota(asked["ServiceCode"], asked["QuotaCode"])
    return {"Quota": _render(quota, region, quota.value)}


def _list(region: str, asked: dict[str, Any]) -> dict[str, Any]:
    quotas = [quota for quota in DEFAULTS if quota.service == asked["ServiceCode"]]
    return {"Quotas": [_render(quota, region, find_value(quota.service, quota.code, region)) for quota in quotas]}


def _request(region: str, asked: dict[str, Any]) -> dict[str, Any]:
    quota, wanted = _find_quota(asked["ServiceCode"], asked["QuotaCode"]), float(asked["DesiredValue"])
    if not quota.adjustable or wanted <= find_value(quota.service, quota.code, region):
        raise Refused("IllegalArgumentException", "The quota cannot be changed to the desired value.")
    raised, key = _list_raised(), (region, quota.service, quota.code)
    current().later(_GRANTED_AFTER, lambda: raised.update({key: wanted}))
    when = datetime.fromtimestamp(current().clock.now(), UTC).replace(tzinfo=None)
    told = {name: text for name, text in _render(quota, region, wanted).items() if name not in ("Value", "Adjustable")}
    return {"RequestedQuota": {**told, "Id": uuid4().hex, "DesiredValue": wanted, "Status": "PENDING", "Created": when}}


def _render(quota: Quota, region: str, number: float) -> dict[str, Any]:
    return {
        "ServiceCode": quota.service,
        "ServiceName": defaults.SERVICES[quota.service],
        "QuotaArn": f"arn:aws:servicequotas:{region}:{ACCOUNT}:{quota.service}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": number,
        "Unit": quota.unit,
        "Adjustable": quota.adjustable,
        "GlobalQuota": False,
    }


_ACTIONS: dict[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
    "GetServiceQuota": _get,
    "GetAWSDefaultServiceQuota": _get_default,
    "ListServiceQuotas": _list,
    "RequestServiceQuotaIncrease": _request,
}
