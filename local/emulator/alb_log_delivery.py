"""Brings the lines of load balancers' access logs into the bucket, as AWS does.

Where, the load balancer's attributes `access_logs.s3.*` say. AWS delivers every five
minutes; here it is every SIDETIER_LOG_DELIVERY_SECONDS, 5 if that is not set:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""

import asyncio
import collections
import contextvars
import gzip
import os
import secrets
import traceback
from datetime import datetime, timezone

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import request_scope
from ministack.services import alb, s3

USED = {
    alb: ["_lb_attr"],
    app: ["AUTH"],
    iam_evaluator: ["EvalContext", "evaluate_resource_policy"],
    s3: ["bucket_policy_for_arn", "handle_request"],
}
"""What ministack must have, for `check_symbols` of extension.py."""

SECONDS = float(os.environ.get("SIDETIER_LOG_DELIVERY_SECONDS") or 5)

SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Who writes into the bucket; its policy must allow that."""

MAX_WAITING_LINES = 100_000
"""Lines of one load balancer that wait while its bucket refuses; then the oldest go."""

WAITING = collections.defaultdict(lambda: collections.deque(maxlen=MAX_WAITING_LINES))
"""Lines to be delivered, by the load balancer's ARN."""

NODE_ADDRESS = "127.0.0.1"


class Refused(Exception):
    """The bucket does not take logs."""


def setting(load_balancer, name, default=""):
    return alb._lb_attr(load_balancer, f"access_logs.s3.{name}", default)


def is_enabled(load_balancer):
    return str(setting(load_balancer, "enabled", "false")).lower() == "true"


def add(load_balancer, line):
    """Keeps a line for the next delivery, where the load balancer has a log at all."""
    if is_enabled(load_balancer):
        WAITING[load_balancer].append(line)
        start()


DELIVERY = None
"""The task that delivers; it belongs to the event loop that answers requests."""


def start():
    """Starts delivering with the first line: only then is there an event loop for sure."""
    global DELIVERY
    if DELIVERY is None or DELIVERY.done():
        # A context of its own: it must not go on as the request that came first.
        DELIVERY = contextvars.Context().run(asyncio.get_running_loop().create_task, deliver_forever())


async def deliver_forever():
    while True:
        await asyncio.sleep(SECONDS)
        for load_balancer in list(WAITING):
            try:
                await deliver(load_balancer)
            except Refused as refused:
                print(f"ACCESS LOG NOT DELIVERED: {refused}", flush=True)
            except Exception:  # one load balancer's trouble is not the next one's
                traceback.print_exc()


async def deliver(load_balancer):
    """Stores what waits as one object. What the bucket refuses waits for the next time."""
    lines = WAITING[load_balancer]
    if not lines:
        return
    _, _, _, region, account, _ = load_balancer.split(":", 5)
    body = gzip.compress("".join(f"{line}\n" for line in lines).encode("ascii"))
    delivered = len(lines)
    with request_scope(account, region):
        if not is_enabled(load_balancer):
            lines.clear()  # switched off, or deleted, since
            return
        bucket = setting(load_balancer, "bucket")
        key = object_key(load_balancer, setting(load_balancer, "prefix"), datetime.now(timezone.utc))
        if not may_write(bucket, key, load_balancer):
            raise Refused(f"the policy of bucket {bucket} does not let {SERVICE} put {key}")
        headers = {
            "content-type": "application/octet-stream",
            "content-length": str(len(body)),
            "host": "s3.localhost",
            "x-amz-acl": "bucket-owner-full-control",
        }
        status, _, answer = await s3.handle_request("PUT", f"/{bucket}/{key}", headers, body, {}, internal=True)
    if status != 200:
        raise Refused(f"bucket {bucket} answers {status} {answer.decode(errors='replace')}")
    for _ in range(delivered):
        lines.popleft()


def object_key(load_balancer, prefix, now):
    """Where AWS puts the log: the resource's name, with dots for slashes, is in the file's."""
    _, _, _, region, account, resource = load_balancer.split(":", 5)
    name = resource.removeprefix("loadbalancer/").replace("/", ".")
    directory = f"AWSLogs/{account}/elasticloadbalancing/{region}/{now:%Y/%m/%d}"
    file = f"{account}_elasticloadbalancing_{region}_{name}_{now:%Y%m%dT%H%MZ}_{NODE_ADDRESS}_{secrets.token_hex(4)}.log.gz"
    return "/".join(part for part in (prefix.strip("/"), directory, file) if part)


def may_write(bucket, key, load_balancer):
    """Whether the bucket's policy lets the service deliver; without it, AWS would not either."""
    if not app.AUTH:
        return True
    resource = f"arn:aws:s3:::{bucket}/{key}"
    policy, account = s3.bucket_policy_for_arn(resource) or ("", "")
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:PutObject",
        resource_arn=resource,
        region=load_balancer.split(":")[3],
        source_ip=NODE_ADDRESS,
        secure_transport=True,
        service_context={
            "aws:sourcearn": load_balancer,
            "aws:sourceaccount": account,
            "s3:x-amz-acl": "bucket-owner-full-control",
        },
    )
    return iam_evaluator.evaluate_resource_policy(policy, context, service=SERVICE).decision == "Allow"
