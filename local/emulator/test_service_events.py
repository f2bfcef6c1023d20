"""Tests of events of AWS's services; they need ministack, like test_extension.py."""

import asyncio
import json
import unittest
from unittest import mock

import service_events
from ministack import app
from ministack.services import eventbridge

ROOT = "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/events/aws4_request, SignedHeaders=host, Signature=0"


class ServiceEvents(unittest.TestCase):
    def setUp(self):
        self.delivered = []
        for patch in (
            mock.patch.dict(app.SERVICE_HANDLERS),
            mock.patch.object(
                eventbridge, "_invoke_target",
                lambda target, event, rule, view=None: self.delivered.append((target["Id"], event["Source"])),
            ),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        service_events.take_from_root()
        self.call("PutRule", {"Name": "rule", "EventPattern": json.dumps({"source": ["aws.rds", "site"]})})
        self.call("PutTargets", {"Rule": "rule", "Targets": [{
            "Id": "function", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
        }]})

    def call(self, operation, request, authorization=ROOT):
        headers = {"x-amz-target": f"AWSEvents.{operation}", "authorization": authorization}
        handle = app.SERVICE_HANDLERS["events"]
        status, _, body = asyncio.run(handle("POST", "/", headers, json.dumps(request).encode(), {}))
        self.assertEqual(status, 200, body)
        return json.loads(body or b"{}")

    def put(self, source, authorization=ROOT):
        entry = {"Source": source, "DetailType": "Told", "Detail": "{}"}
        return self.call("PutEvents", {"Entries": [entry]}, authorization)["FailedEntryCount"]

    def test_root_says_what_services_say_and_rules_deliver_it(self):
        self.assertEqual(self.put("aws.rds"), 0)
        self.assertEqual(self.put("aws.ec2"), 0)
        self.assertEqual(self.put("site"), 0)
        self.assertEqual(self.delivered, [("function", "aws.rds"), ("function", "site")])

    def test_others_are_refused(self):
        role = ROOT.replace("Credential=test/", "Credential=ASIAEXAMPLE/")
        self.assertEqual(self.put("aws.rds", role), 1)
        self.assertEqual(self.put("site", role), 0)
        self.assertEqual(self.delivered, [("function", "site")])


if __name__ == "__main__":
    unittest.main()
