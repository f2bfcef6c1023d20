"""Tests of the load balancers' access logs; they need ministack, like test_extension.py."""

import asyncio
import gzip
import http.server
import json
import re
import threading
import unittest
from unittest import mock

import alb_access_logs
import alb_log_delivery
from ministack import app
from ministack.services import alb, s3

# AWS's regular expression for Athena, with the names of its columns:
# https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table.html
ATHENA = re.compile(
    r"([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*)"
    r" (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\" ([A-Z0-9-_]+)"
    r" ([A-Za-z0-9.-]*) ([^ ]*) \"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\" ([-.0-9]*) ([^ ]*) \"([^\"]*)\""
    r" \"([^\"]*)\" \"([^ ]*)\" \"([^\s]+?)\" \"([^\s]+)\" \"([^ ]*)\" \"([^ ]*)\" ?([^ ]*)? ?( .*)?"
)
COLUMNS = """type time elb client_ip client_port target_ip target_port request_processing_time
    target_processing_time response_processing_time elb_status_code target_status_code received_bytes
    sent_bytes request_verb request_url request_proto user_agent ssl_cipher ssl_protocol target_group_arn
    trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time actions_executed
    redirect_url error_reason target_port_list target_status_code_list classification classification_reason
    conn_trace_id later""".split()

LOAD_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/web/50dc6c495c0c9188"
GROUP = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/proxies/6d0ecf831eec9f09"
START = alb_log_delivery.start
LISTENER = LOAD_BALANCER.replace("loadbalancer", "listener") + "/a"
BUCKET = "log-bucket"
STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/alb/AWSLogs/000000000000/*",
    "Condition": {"ArnLike": {"aws:SourceArn": LOAD_BALANCER}},
}


class Target(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b"made")

    def log_message(self, *arguments):
        pass


def forward(port):
    alb._targets[GROUP] = [{"Id": "127.0.0.1", "Port": port}]
    return {"Type": "forward", "TargetGroupArn": GROUP}


class Case(unittest.TestCase):
    """A load balancer that logs into a bucket, in a ministack that is empty otherwise."""

    def setUp(self):
        names = ("dispatch_request", "_target_headers", "_execute_actions", "_execute_action")
        names += ("_proxy_http_target", "_invoke_lambda_target")
        values = [(alb, name, getattr(alb, name)) for name in names]
        for owner, name, value in [*values, (alb_log_delivery, "start", lambda: None), (app, "AUTH", True)]:
            patch = mock.patch.object(owner, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.addCleanup(alb.reset)
        self.addCleanup(s3.reset)
        self.addCleanup(alb_log_delivery.WAITING.clear)
        alb_access_logs.log_requests()
        alb._lbs[LOAD_BALANCER] = {"LoadBalancerArn": LOAD_BALANCER, "LoadBalancerName": "web"}
        alb._listeners[LISTENER] = {
            "ListenerArn": LISTENER, "LoadBalancerArn": LOAD_BALANCER, "Port": 8080, "Protocol": "HTTP",
        }
        alb._tgs[GROUP] = {"TargetGroupArn": GROUP, "TargetType": "ip"}
        self.log(enabled="true")

    def log(self, enabled):
        alb._lb_attrs[LOAD_BALANCER] = [
            {"Key": "access_logs.s3.enabled", "Value": enabled},
            {"Key": "access_logs.s3.bucket", "Value": BUCKET},
            {"Key": "access_logs.s3.prefix", "Value": "alb"},
        ]

    def ask(self, action, path="/", method="GET", headers=None, body=b"", query="", rule=None):
        """Sends a request, reads its whole answer, and returns status, body, and the log's columns."""
        alb._rules[LISTENER + "/rule"] = {
            "ListenerArn": LISTENER, "Actions": [action], **(rule or {"Priority": "default", "IsDefault": True}),
        }

        async def exchange():
            status, _, data = await alb.dispatch_request(
                alb._lbs[LOAD_BALANCER], method, path, {"host": "shop.example:8080", **(headers or {})}, body, {},
                8080, client_ip="192.0.2.7", raw_query_string=query,
            )
            chunks = []
            if hasattr(data, "runner"):
                async def send(message):
                    chunks.append(message.get("body", b""))

                await data.runner(send, asyncio.Event().wait)
                data = b"".join(chunks)
            return status, data

        status, data = asyncio.run(exchange())
        lines = list(alb_log_delivery.WAITING[LOAD_BALANCER])
        alb_log_delivery.WAITING.clear()
        return status, data, [self.columns(line) for line in lines]

    def columns(self, line):
        match = ATHENA.fullmatch(line)
        self.assertIsNotNone(match, line)
        return dict(zip(COLUMNS, match.groups(), strict=True))


class Lines(Case):
    """What the log says about an answer of each kind."""

    def test_an_answer_of_a_target(self):
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Target) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            port = server.server_port
            answer = self.ask(forward(port), "/a%20b", "POST", {"user-agent": "curl/7"}, b"12345", "page=2&q=x")
            server.shutdown()
        self.assertEqual(answer[:2], (201, b"made"))
        (line,) = answer[2]
        expected = {
            "type": "http", "elb": "app/web/50dc6c495c0c9188", "client_ip": "192.0.2.7", "client_port": "0",
            "target_ip": "127.0.0.1", "target_port": str(port), "elb_status_code": "201",
            "target_status_code": "201", "request_verb": "POST",
            "request_url": "http://shop.example:8080/a%20b?page=2&q=x", "request_proto": "HTTP/1.1",
            "user_agent": "curl/7", "ssl_cipher": "-", "ssl_protocol": "-", "target_group_arn": GROUP,
            "domain_name": "-", "chosen_cert_arn": "-", "matched_rule_priority": "0",
            "actions_executed": "forward", "redirect_url": "-", "error_reason": "-",
            "target_port_list": f"127.0.0.1:{port}", "target_status_code_list": "201", "classification": "-",
            "classification_reason": "-", "later": ' "-" "-" "-"',
        }
        self.assertEqual({name: line[name] for name in expected}, expected)
        self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertLessEqual(line["request_creation_time"], line["time"])
        self.assertRegex(line["trace_id"], r"^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$")
        self.assertRegex(line["conn_trace_id"], r"^TID_[0-9a-f]{32}$")
        for name in ("request_processing_time", "target_processing_time", "response_processing_time"):
            self.assertRegex(line[name], r"^\d+\.\d{3}$")
        sent = "POST /a%20b?page=2&q=x HTTP/1.1\r\nhost: shop.example:8080\r\nuser-agent: curl/7\r\n\r\n12345"
        self.assertEqual(line["received_bytes"], str(len(sent)))
        self.assertGreater(int(line["sent_bytes"]), len("HTTP/1.1 201 Created\r\n\r\nmade"))

    def test_a_target_that_cannot_be_reached(self):
        status, _, (line,) = self.ask(forward(1))
        self.assertEqual((status, line["elb_status_code"], line["target_status_code"]), (502, "502", "-"))
        self.assertEqual((line["target_ip"], line["target_port"]), ("127.0.0.1", "1"))
        times = [line[f"{part}_processing_time"] for part in ("request", "target", "response")]
        self.assertEqual(times, ["-1", "-1", "-1"])

    def test_answers_of_the_load_balancer_itself(self):
        fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "none"}}
        rule = {"Priority": "7", "Conditions": [{"Field": "path-pattern", "Values": ["/x*"]}]}
        _, _, (line,) = self.ask(fixed, "/x", rule=rule)
        self.assertEqual((line["matched_rule_priority"], line["actions_executed"]), ("7", "fixed-response"))
        self.assertEqual((line["target_ip"], line["target_group_arn"]), ("", "-"))
        redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
        _, _, (line,) = self.ask(redirect, "/y")
        self.assertEqual((line["elb_status_code"], line["redirect_url"]), ("301", "https://shop.example:443/y"))

    def test_functions_have_no_address_and_their_errors_a_reason(self):
        answers = [(200, {}, b"ok"), (502, {}, b'{"message": "Lambda error: boom"}')]

        async def invoke(*request):
            return answers.pop(0)

        with mock.patch.object(alb, "_invoke_lambda_target", invoke):
            alb_access_logs.note_targets()
            alb._tgs[GROUP]["TargetType"] = "lambda"
            _, _, (line,) = self.ask(forward(80))
            self.assertEqual((line["target_ip"], line["target_status_code"]), ("", "200"))
            self.assertEqual((line["target_port_list"], line["target_status_code_list"]), ("-", "-"))
            _, _, (line,) = self.ask(forward(80))
            self.assertEqual((line["error_reason"], line["target_status_code"]), ("LambdaUnhandled", "-"))

    def test_a_client_that_leaves(self):
        async def proxy(*request):
            await asyncio.Event().wait()

        async def leave():
            request = alb.dispatch_request(alb._lbs[LOAD_BALANCER], "GET", "/", {}, b"", {}, 8080)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(request, 0.05)

        with mock.patch.object(alb, "_proxy_http_target", proxy):
            alb._rules["r"] = {"ListenerArn": LISTENER, "Actions": [forward(80)], "IsDefault": True}
            asyncio.run(leave())
        self.assertEqual(self.columns(alb_log_delivery.WAITING[LOAD_BALANCER][0])["elb_status_code"], "460")

    def test_nothing_breaks_out_of_its_quotes(self):
        fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
        agent = 'a"b\\c\nd\x7f\xe9'
        _, _, (line,) = self.ask(fixed, '/"', headers={"user-agent": agent})
        self.assertEqual(line["user_agent"], r"a\x22b\x5Cc\x0Ad\x7F\xE9")
        self.assertEqual(line["request_url"], r"http://shop.example:8080/\x22")
        self.assertEqual(alb_access_logs.escaped("\u20ac"), r"\xE2\x82\xAC")

    def test_without_the_attribute_nothing_is_kept(self):
        self.log(enabled="false")
        fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
        self.assertEqual(self.ask(fixed)[2], [])


class Delivery(Case):
    """What reaches the bucket."""

    def deliver(self, *lines, policy=STATEMENT):
        async def run():
            await s3.handle_request("PUT", f"/{BUCKET}", {}, b"", {}, internal=True)
            if policy:
                s3._bucket_policies[BUCKET] = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
            for line in lines:
                alb_log_delivery.add(LOAD_BALANCER, line)
            await alb_log_delivery.deliver(LOAD_BALANCER)

        with mock.patch.object(s3, "_fire_s3_event_async") as self.fired:
            asyncio.run(run())

    def test_an_object_of_all_lines_where_aws_puts_it_and_its_event(self):
        self.deliver("one", "two")
        bucket, key, event = self.fired.call_args.args[:3]
        self.assertEqual((bucket, event), (BUCKET, "s3:ObjectCreated:Put"))
        self.assertRegex(key, (
            r"^alb/AWSLogs/000000000000/elasticloadbalancing/us-east-1/\d{4}/\d\d/\d\d/000000000000_elasticloadbalancing"
            r"_us-east-1_app\.web\.50dc6c495c0c9188_\d{8}T\d{4}Z_127\.0\.0\.1_[0-9a-f]{8}\.log\.gz$"
        ))
        self.assertEqual(gzip.decompress(s3._get_object_data(BUCKET, key)), b"one\ntwo\n")
        self.assertEqual(len(alb_log_delivery.WAITING[LOAD_BALANCER]), 0)
        self.deliver()
        self.fired.assert_not_called()

    def test_a_policy_that_does_not_allow_it_is_named_and_the_lines_wait(self):
        other = {**STATEMENT, "Resource": f"arn:aws:s3:::{BUCKET}/other/*"}
        for policy in (None, other):
            alb_log_delivery.WAITING.clear()
            with self.assertRaisesRegex(alb_log_delivery.Refused, f"the policy of bucket {BUCKET} does not let"):
                self.deliver("one", policy=policy)
            self.assertEqual(list(alb_log_delivery.WAITING[LOAD_BALANCER]), ["one"])

    def test_a_load_balancer_whose_log_was_switched_off_delivers_nothing(self):
        alb_log_delivery.add(LOAD_BALANCER, "one")
        self.log(enabled="false")
        self.deliver()
        self.fired.assert_not_called()
        self.assertEqual(len(alb_log_delivery.WAITING[LOAD_BALANCER]), 0)

    def test_the_first_line_starts_a_task_that_delivers(self):
        delivered = []

        async def deliver(load_balancer):
            delivered.append(load_balancer)
            raise RuntimeError("first time")

        async def run():
            START()
            alb_log_delivery.WAITING[LOAD_BALANCER].append("one")
            while len(delivered) < 2:  # it goes on after an error
                await asyncio.sleep(0.001)

        with (
            mock.patch.object(alb_log_delivery, "SECONDS", 0.001),
            mock.patch.object(alb_log_delivery, "deliver", deliver),
            mock.patch.object(alb_log_delivery.traceback, "print_exc"),
        ):
            asyncio.run(asyncio.wait_for(run(), 5))


if __name__ == "__main__":
    unittest.main()
