"""Tests of CloudTrail's public keys; they need ministack, like test_extension.py."""

import asyncio
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import cloudtrail_keys
from ministack.services import cloudtrail

KEYS = [
    {"Fingerprint": "old", "Value": "AAAA", "ValidityStartTime": 0, "ValidityEndTime": 999},
    {"Fingerprint": "new", "Value": "BBBB", "ValidityStartTime": 1000, "ValidityEndTime": 2000},
]


class PublicKeys(unittest.TestCase):
    def ask(self, content, **times):
        """Status and document of ListPublicKeys, with the file's content or without a file."""
        with (
            tempfile.TemporaryDirectory() as directory,
            mock.patch.dict(os.environ, {cloudtrail_keys.VARIABLE: f"{directory}/keys.json"}),
            mock.patch.dict(cloudtrail._DISPATCH),
        ):
            cloudtrail_keys.answer_public_keys()
            if content is not None:
                pathlib.Path(directory, "keys.json").write_text(json.dumps(content))
            headers = {"x-amz-target": "CloudTrail_20131101.ListPublicKeys"}
            body = json.dumps(times).encode()
            status, _, answer = asyncio.run(cloudtrail.handle_request("POST", "/", headers, body, {}))
        return status, json.loads(answer)

    def fingerprints(self, **times):
        _, answer = self.ask(KEYS, **times)
        return [key["Fingerprint"] for key in answer["PublicKeyList"]]

    def test_keys_of_the_time_are_answered_as_they_are(self):
        self.assertEqual(self.ask(KEYS, StartTime=1500, EndTime=1600), (200, {"PublicKeyList": KEYS[1:]}))

    def test_a_time_may_have_several(self):
        self.assertEqual(self.fingerprints(StartTime=900.5, EndTime=1100), ["old", "new"])
        self.assertEqual(self.fingerprints(StartTime=3000, EndTime=4000), [])

    def test_an_impossible_time_is_refused(self):
        status, answer = self.ask(KEYS, StartTime=2, EndTime=1)
        self.assertEqual((status, answer["__type"]), (400, "InvalidTimeRangeException"))

    def test_without_a_file_there_are_none(self):
        self.assertEqual(self.ask(None, StartTime=1, EndTime=2), (200, {"PublicKeyList": []}))


if __name__ == "__main__":
    unittest.main()
