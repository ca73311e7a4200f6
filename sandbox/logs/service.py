"""The logs of CloudWatch as moto has them, with the request as the door has parsed it, and lists in pages.

That FilterLogEvents refuses streams that there are not, as GetLogEvents does: nextstrain/cli#405 and percona/
rds_exporter#81, which met it on AWS.
"""

import json
import re
from datetime import datetime
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.responses import LogsResponse
from moto.logs.utils import EventMessageFilter

from sandbox.logs import events
from sandbox.paging.documents import OwnDocuments
from sandbox.world.world import current


class Logs(OwnDocuments, LogsResponse):
    """Reading events; what else there is, is shared with other services whose answers moto writes itself."""

    def describe_log_streams(self) -> str:
        """Give all streams, which are cut into pages later: moto gives 50 where it is not asked for a number, and by an
        ARN those of the last group.
        """
        group = self._find_group()
        asked = {
            "log_group_name": group.name,
            "log_stream_name_prefix": self._get_param("logStreamNamePrefix") or "",
            "order_by": self._get_param("orderBy") or "LogStreamName",
            "descending": bool(self._get_param("descending")),
        }
        self.logs_backend.describe_log_streams(**asked, limit=1, log_group_id="", next_token=None)  # it checks them
        streams, _ = group.describe_log_streams(**asked, limit=max(1, len(group.streams)))
        return json.dumps({"logStreams": streams})

    def delete_log_group(self) -> str:
        """With its tags, which moto would give to the next group of that name."""
        group = self.logs_backend.groups.get(self._get_param("logGroupName"))
        answer = super().delete_log_group()
        if group is not None:
            self.logs_backend.tagger.delete_all_tags_for_resource(group.arn)
        return answer

    def get_log_events(self) -> str:
        stream = self._find_group().streams.get(self._get_param("logStreamName"))
        if stream is None:
            raise ResourceNotFoundException("The specified log stream does not exist.")
        test = events.lie_between(self._get_param("startTime"), self._get_param("endTime"), with_end=False)
        ordered = sorted(filter(test, stream.events), key=lambda event: (event.timestamp, event.event_id))
        limit = events.check_limit(self._get_param("limit"))
        from_head = bool(self._get_param("startFromHead"))
        page, back, forward = events.read_stream(ordered, self._get_param("nextToken"), limit, from_head=from_head)
        found = [event.to_response_dict() for event in page]
        return json.dumps({"events": found, "nextBackwardToken": back, "nextForwardToken": forward})

    def filter_log_events(self) -> str:
        names, prefix = self._get_param("logStreamNames"), self._get_param("logStreamNamePrefix")
        if names and prefix:
            raise InvalidParameterException("LogStreamNamePrefix and logStreamNames are mutually exclusive.")
        streams = self._find_group().streams
        if any(name not in streams for name in names or ()):
            raise ResourceNotFoundException("The specified log stream does not exist.")
        test = events.lie_between(self._get_param("startTime"), self._get_param("endTime"), with_end=True)
        wanted = EventMessageFilter(self._get_param("filterPattern"))
        every = (
            (name, event)
            for name, stream in streams.items()
            if (not names or name in names) and name.startswith(prefix or "")
            for event in stream.events
            if test(event) and wanted.matches(event.message)
        )
        limit = events.check_limit(self._get_param("limit"))
        page, token = events.read_group(every, self._get_param("nextToken"), limit)
        found = [{**event.to_filter_dict(), "logStreamName": name} for name, event in page]
        return json.dumps({"events": found, "searchedLogStreams": []} | ({"nextToken": token} if token else {}))

    def _find_group(self) -> Any:
        """Return the log group that is named or given by its ARN, without the `:*` that some lists write behind it."""
        named, identifier = self._get_param("logGroupName"), self._get_param("logGroupIdentifier")
        if bool(named) == bool(identifier):
            raise InvalidParameterException("Exactly one of logGroupName and logGroupIdentifier must be given.")
        if identifier and not re.fullmatch(r"[\w#+=/:,.@-]*", identifier):
            raise InvalidParameterException(
                "1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: Member must "
                "satisfy regular expression pattern: [\\w#+=/:,.@-]*"
            )
        name = str(named or identifier)
        group = self.logs_backend.groups.get(name.partition(":log-group:")[2] or name)
        if group is None:
            raise ResourceNotFoundException("The specified log group does not exist.")
        return group


def tell_time() -> datetime:
    """Return the present time of the sandbox's clock, as moto's logs write times: an event is taken only if it is not
    more than two hours ahead (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
    """
    return current().clock.utcnow()
