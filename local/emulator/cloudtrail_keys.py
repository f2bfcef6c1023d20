"""The public keys that CloudTrail signs its digests with, which ministack has none of.

Nothing here signs digests. Tests do, with keys of their own, and tell what these are: the file
that SIDETIER_CLOUDTRAIL_KEYS names holds PublicKeyList as the API answers it.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
"""

import json
import os
import pathlib
import time

from ministack.services import cloudtrail

USED = {cloudtrail: ["_DISPATCH", "_err", "_ok"]}
"""What ministack must have, for `check_symbols` of extension.py."""

VARIABLE = "SIDETIER_CLOUDTRAIL_KEYS"


def known_keys():
    """All keys. They are read each time: tests write the file while the emulator runs."""
    file = os.environ.get(VARIABLE)
    if not file or not pathlib.Path(file).exists():
        return []
    return json.loads(pathlib.Path(file).read_text())


def list_public_keys(request):
    """Those of the keys that sign at some time between StartTime and EndTime."""
    end = request.get("EndTime", time.time())
    start = request.get("StartTime", end)
    if start > end:
        return cloudtrail._err("InvalidTimeRangeException", "The start time is after the end time.")
    return cloudtrail._ok({
        "PublicKeyList": [
            key for key in known_keys()
            if key["ValidityStartTime"] <= end and key["ValidityEndTime"] >= start
        ]
    })


def answer_public_keys():
    """Adds ListPublicKeys to what CloudTrail answers."""
    cloudtrail._DISPATCH["ListPublicKeys"] = list_public_keys
