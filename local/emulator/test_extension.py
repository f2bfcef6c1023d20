"""Tests of extension.py; they need ministack: run with the emulator's own Python."""

import asyncio
import contextlib
import io
import json
import pathlib
import tempfile
import unittest
from unittest import mock

import extension
from ministack import app
from ministack.core import iam_actions
from ministack.services import cloudfront, cloudwatch, cloudwatch_logs, lambda_svc
from ministack.services.cloudformation import changesets, engine, handlers, provisioners

DISTRIBUTION = "arn:aws:cloudfront::000000000000:distribution/E1"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:serve:live"

CONFIG = {
    "Origins": {"Quantity": 2, "Items": [
        {"Id": "first", "DomainName": "first.example", "S3OriginConfig": {"OriginAccessIdentity": ""}},
        {"Id": "second", "DomainName": "second.example", "S3OriginConfig": {"OriginAccessIdentity": ""}},
    ]},
    "OriginGroups": {"Quantity": 1, "Items": [{
        "Id": "both",
        "FailoverCriteria": {"StatusCodes": {"Quantity": 2, "Items": [403, 404]}},
        "Members": {"Quantity": 2, "Items": [{"OriginId": "first"}, {"OriginId": "second"}]},
    }]},
    "DefaultCacheBehavior": {"TargetOriginId": "both", "ViewerProtocolPolicy": "allow-all"},
}


def distribution():
    element = cloudfront._distribution_config_xml(CONFIG)
    return {"config_xml": cloudfront.tostring(element, encoding="unicode")}


class SymbolCheck(unittest.TestCase):
    def test_passes_for_the_pinned_version(self):
        extension.check_symbols()

    def test_names_what_is_gone(self):
        with mock.patch.dict(extension.USED, {cloudfront: ["gone_function"]}):
            with self.assertRaisesRegex(SystemExit, r"ministack\.services\.cloudfront\.gone_function is gone"):
                extension.check_symbols()


class RequestIds(unittest.TestCase):
    """Which id an origin gets."""

    def sent(self, headers):
        async def handle(dist, method, path, raw_uri, raw_query_string, headers, *rest):
            origin = {"domain_name": "web.example", "custom_headers": []}
            return cloudfront._origin_request_headers(origin, {}, "127.0.0.1", "")["X-Amz-Cf-Id"]

        with mock.patch.multiple(
            cloudfront, handle_viewer_request=handle, _cf_request_id=lambda: "made"
        ):
            extension.keep_request_ids()
            return asyncio.run(cloudfront.handle_viewer_request({}, "GET", "/", "/", "", headers, b"", {}))

    def test_the_edges_id_is_kept(self):
        self.assertEqual(self.sent({"x-amz-cf-id": "from-the-edge"}), "from-the-edge")

    def test_without_one_an_id_is_made(self):
        self.assertEqual(self.sent({}), "made")


class OriginGroups(unittest.TestCase):
    """What viewers get when the first origin answers one thing or another."""

    def fetch(self, method, first):
        """The answer to `method` when the first origin answers, or raises, `first`."""
        self.asked = []

        async def origin_answers(origin, method, *request):
            self.asked.append(origin["id"])
            if origin["id"] == "second":
                return 200, "OK", {}, b"second"
            if isinstance(first, Exception):
                raise first
            return first, "", {}, b"first"

        with (
            mock.patch.object(cloudfront, "_fetch_from_origin", origin_answers),
            mock.patch.object(
                cloudfront,
                "parse_distribution_dataplane_config",
                cloudfront.parse_distribution_dataplane_config,
            ),
        ):
            extension.add_origin_groups()
            parsed = cloudfront.parse_distribution_dataplane_config(distribution())
            group = parsed["origins"][parsed["default_behavior"]["target_origin_id"]]
            request = ("/x", "", {}, b"", True, "127.0.0.1", "", DISTRIBUTION)
            return asyncio.run(cloudfront._fetch_from_origin(group, method, *request))[3]

    def test_first_origin_answers_when_it_can(self):
        self.assertEqual(self.fetch("GET", 200), b"first")
        self.assertEqual(self.asked, ["first"])

    def test_second_origin_answers_for_a_configured_status(self):
        self.assertEqual(self.fetch("GET", 403), b"second")
        self.assertEqual(self.fetch("HEAD", 404), b"second")

    def test_other_statuses_stay(self):
        self.assertEqual(self.fetch("GET", 500), b"first")

    def test_second_origin_answers_when_the_first_does_not(self):
        self.assertEqual(self.fetch("GET", cloudfront.OriginTimeout("late")), b"second")
        self.assertEqual(self.fetch("GET", cloudfront.OriginUnreachable("gone")), b"second")

    def test_changes_are_never_sent_twice(self):
        self.assertEqual(self.fetch("POST", 403), b"first")
        self.assertEqual(self.asked, ["first"])


class FunctionUrlGrants(unittest.TestCase):
    """CloudFront needs two grants, both for this very distribution."""

    def allowed(self, *grants):
        statements = [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": action,
                "Resource": FUNCTION,
                "Condition": {"ArnLike": {"AWS:SourceArn": source}, **condition},
            }
            for action, source, condition in grants
        ]
        policy = {"Version": "2012-10-17", "Statement": statements}
        with mock.patch.object(lambda_svc, "function_policy_for_arn", lambda arn: (policy, "000000000000")):
            return extension.may_invoke_by_url(FUNCTION, DISTRIBUTION)

    URL = ("lambda:InvokeFunctionUrl", DISTRIBUTION, {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}})
    INVOKE = ("lambda:InvokeFunction", DISTRIBUTION, {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})

    def test_both_grants_are_enough(self):
        self.assertTrue(self.allowed(self.URL, self.INVOKE))

    def test_one_grant_is_not(self):
        self.assertFalse(self.allowed(self.URL))
        self.assertFalse(self.allowed(self.INVOKE))
        self.assertFalse(self.allowed())

    def test_another_distribution_is_refused(self):
        other = DISTRIBUTION + "X"
        self.assertFalse(self.allowed((self.URL[0], other, self.URL[2]), (self.INVOKE[0], other, self.INVOKE[2])))


class BatchesOfMessages(unittest.TestCase):
    def test_are_authorized_as_single_messages(self):
        with mock.patch.object(iam_actions, "extract_iam_action", iam_actions.extract_iam_action):
            extension.authorize_batches_of_messages()
            for service, target, action in [
                ("sqs", "AmazonSQS.SendMessageBatch", "sqs:SendMessage"),
                ("sqs", "AmazonSQS.SendMessage", "sqs:SendMessage"),
                ("dynamodb", "DynamoDB_20120810.GetItem", "dynamodb:GetItem"),
            ]:
                request = ("POST", "/", {"x-amz-target": target}, b"{}", {})
                self.assertEqual(iam_actions.extract_iam_action(service, *request), action)


class Mails(unittest.TestCase):
    def test_are_authorized_on_their_sender(self):
        with mock.patch.dict(iam_actions._SES_V2_RESOURCES):
            extension.authorize_mails_by_sender()
            body = json.dumps({"FromEmailAddress": "shop@example.com"}).encode()
            arn = iam_actions._ses_v2_resource_arn("POST", "/v2/email/outbound-emails", body, "eu-central-1", "123")
            self.assertEqual(arn, "arn:aws:ses:eu-central-1:123:identity/shop@example.com")


class FailingServices(unittest.TestCase):
    def test_fail_while_their_name_is_in_the_file(self):
        async def works(*request):
            return 200, {}, b"works"

        handlers_before = dict.fromkeys(("dynamodb", "s3", "sqs"), works)
        with (
            tempfile.TemporaryDirectory() as directory,
            mock.patch.object(extension, "FAILING", pathlib.Path(directory, "failing")),
            mock.patch.dict(app.SERVICE_HANDLERS, handlers_before),
            mock.patch.object(lambda_svc, "_execute_function", lambda _function, event: {"body": event}),
        ):
            extension.fail_on_request()

            def status(service):
                return asyncio.run(app.SERVICE_HANDLERS[service]("POST", "/", {}, b"", {}))[0]

            self.assertEqual(status("sqs"), 200)
            extension.FAILING.write_text("sqs\ndynamodb")
            self.assertEqual((status("sqs"), status("dynamodb"), status("s3")), (500, 500, 200))
            extension.FAILING.write_text("")
            self.assertEqual(status("sqs"), 200)

            def run():
                return lambda_svc._execute_function_with_config_scope({"FunctionArn": FUNCTION}, "event")

            self.assertEqual(run()["body"], "event")
            extension.FAILING.write_text("lambda")
            self.assertTrue(run()["throttle"])
            self.assertEqual(status("sqs"), 200)


class EmbeddedMetrics(unittest.TestCase):
    def record(self, *messages):
        recorded = []
        with (
            mock.patch.object(cloudwatch, "record_metric", lambda *metric: recorded.append(metric)),
            mock.patch.object(cloudwatch_logs, "_append_log_events", lambda stream, events: None),
        ):
            extension.add_embedded_metrics()
            cloudwatch_logs._append_log_events({}, [{"message": message} for message in messages])
        return recorded

    def test_one_value_and_a_list_of_values(self):
        line = json.dumps({
            "_aws": {"CloudWatchMetrics": [{
                "Namespace": "N", "Dimensions": [["service"]],
                "Metrics": [{"Name": "a", "Unit": "Bytes"}, {"Name": "b"}],
            }]},
            "service": "s", "a": 1, "b": [2, 3],
        })
        dimensions = {"service": "s"}
        self.assertEqual(self.record(line), [
            ("N", "a", 1, "Bytes", dimensions),
            ("N", "b", 2, "None", dimensions),
            ("N", "b", 3, "None", dimensions),
        ])

    def test_other_lines_are_left_alone(self):
        self.assertEqual(self.record("START", '{"_aws": 1}', '"_aws" {', '{"message": "plain"}'), [])


class RecordedResources(unittest.TestCase):
    def test_unknown_type_is_accepted_named_and_answers_every_attribute(self):
        handlers_before = dict(provisioners._RESOURCE_HANDLERS)
        patches = [
            mock.patch.object(module, "validate_template_support", lambda template: "validated")
            for module in (engine, changesets, handlers)
        ]
        with (
            contextlib.ExitStack() as stack,
            mock.patch.dict(provisioners._RESOURCE_HANDLERS),
            contextlib.redirect_stdout(io.StringIO()) as printed,
        ):
            for patch in patches:
                stack.enter_context(patch)
            extension.record_unknown_resources()
            template = {"Resources": {"Address": {"Type": "AWS::EC2::NoSuchThing"}, "Q": {"Type": "AWS::SQS::Queue"}}}
            self.assertEqual(changesets.validate_template_support(template), "validated")
            create = provisioners._RESOURCE_HANDLERS["AWS::EC2::NoSuchThing"]["create"]
            physical_id, attributes = create("Address", {}, "stack")
            self.assertIs(
                provisioners._RESOURCE_HANDLERS["AWS::SQS::Queue"], handlers_before["AWS::SQS::Queue"]
            )
        self.assertEqual(physical_id, "stack-Address")
        self.assertEqual(attributes.get("Arn"), "stack-Address-arn")
        self.assertIn("Address (AWS::EC2::NoSuchThing) is not emulated", printed.getvalue())


if __name__ == "__main__":
    unittest.main()
