"""Lets events of AWS's own services onto the event bus, where root puts them.

Nobody but a service may put an event whose source begins with `aws.`, in AWS as in ministack:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
Of a database, a cache node or an instance that is emulated nothing ever happens, so nothing is
told. Root says it in the service's place, and the template's rules deliver it. Functions, which
have roles of their own, are refused as ever.
"""

import json
import os

from ministack import app
from ministack.core import router
from ministack.services import eventbridge

USED = {
    app: ["SERVICE_HANDLERS"],
    eventbridge: ["_put_events"],
    router: ["extract_access_key_id"],
}
"""What ministack must have, for `check_symbols` of extension.py."""


def take_from_root():
    """Puts events of any source, where the emulator's root user asks for it."""
    handle = app.SERVICE_HANDLERS["events"]

    async def handle_or_put(method, path, headers, body, query):
        root = os.environ.get("AWS_ACCESS_KEY_ID", "test")
        is_root = router.extract_access_key_id(headers, query) == root
        entries = {}
        if is_root and headers.get("x-amz-target", "").endswith(".PutEvents"):
            entries = json.loads(body)
        sources = [str(entry.get("Source", "")) for entry in entries.get("Entries", [])]
        if any(source.startswith("aws.") for source in sources):
            return eventbridge._put_events(entries, allow_aws_source=True)
        return await handle(method, path, headers, body, query)

    app.SERVICE_HANDLERS["events"] = handle_or_put
