"""Access logs of load balancers: a line in AWS's format for every request.

ministack's load balancer answers requests and keeps no log:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html

alb_log_delivery.py brings the lines to the bucket. What the emulator does not know is as AWS
writes it where it is absent: TLS, HTTP/2, classifications. The client's port is 0.
"""

import asyncio
import contextvars
import dataclasses
import http.client
import secrets
import time
from datetime import datetime, timezone
from urllib.parse import urlencode

import alb_log_delivery
from ministack.core.responses import StreamingResponse
from ministack.services import alb

USED = {
    alb: [
        "_execute_action",
        "_execute_actions",
        "_invoke_lambda_target",
        "_proxy_http_target",
        "_rules",
        "_target_headers",
        "dispatch_request",
        "get_request_client_ip",
    ],
}
"""What ministack must have, for `check_symbols` of extension.py."""

CLIENT_CLOSED = 460
"""The load balancer's status for a client that did not wait for the answer."""

EXCHANGE = contextvars.ContextVar("exchange", default=None)
"""The request that is being answered."""


@dataclasses.dataclass
class Exchange:
    """What is known of one request; `-` and -1 are AWS's words for nothing."""

    load_balancer: str
    client: str
    method: str
    uri: str
    headers: dict
    body_bytes: int
    received: float = dataclasses.field(default_factory=time.time)
    listener: dict = dataclasses.field(default_factory=dict)
    trace_id: str = "-"
    priority: int = -1
    actions: list = dataclasses.field(default_factory=list)
    target_group: str = "-"
    target: str = "-"
    target_status: str = "-"
    dispatched: float | None = None
    answered: float | None = None
    error: str = "-"


def escaped(text):
    r"""A value between quotes. What would end it, or could not be printed, becomes `\x22`."""
    try:
        octets = text.encode("latin-1")  # as header fields were decoded
    except UnicodeEncodeError:
        octets = text.encode("utf-8", "surrogateescape")
    return "".join(
        chr(octet) if 32 <= octet < 127 and octet not in b'"\\' else f"\\x{octet:02X}" for octet in octets
    )


def quoted(text):
    return f'"{escaped(text)}"'


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds_between(start, end):
    return "-1" if start is None or end is None else f"{max(end - start, 0):.3f}"


def header_bytes(headers):
    values = [(name, value) for name, some in headers.items() for value in (some if isinstance(some, list) else [some])]
    return sum(len(str(name)) + len(str(value)) + len(": \r\n") for name, value in values) + len("\r\n")


def request_line(exchange):
    """The request with its whole URL: the load balancer always writes the port."""
    protocol = exchange.listener.get("Protocol", "HTTP").lower()
    host = exchange.headers.get("host", "")
    name, colon, port = host.rpartition(":")
    name = name if colon and port.isdigit() else host
    return f"{exchange.method} {protocol}://{name}:{exchange.listener.get('Port', 80)}{exchange.uri} HTTP/1.1"


def line_of(exchange, status, location, sent_bytes, finished):
    """One line of the log, in the order of AWS's documentation."""
    received_bytes = len(f"{exchange.method} {exchange.uri} HTTP/1.1\r\n") + header_bytes(exchange.headers)
    certificates = exchange.listener.get("Certificates") or [{}]
    return " ".join([
        exchange.listener.get("Protocol", "HTTP").lower(),
        moment(finished),
        exchange.load_balancer.split(":loadbalancer/", 1)[-1],
        f"[{exchange.client}]:0" if ":" in exchange.client else f"{exchange.client}:0",
        exchange.target,
        seconds_between(exchange.answered and exchange.received, exchange.dispatched),
        seconds_between(exchange.dispatched, exchange.answered),
        seconds_between(exchange.answered, finished),
        str(status),
        exchange.target_status,
        str(received_bytes + exchange.body_bytes),
        str(sent_bytes),
        quoted(request_line(exchange)),
        quoted(exchange.headers.get("user-agent") or "-"),
        "-",  # ssl_cipher
        "-",  # ssl_protocol
        exchange.target_group,
        quoted(exchange.trace_id),
        quoted("-"),  # domain_name: of TLS's SNI
        quoted(certificates[0].get("CertificateArn") or "-"),
        str(exchange.priority),
        moment(exchange.received),
        quoted(",".join(exchange.actions) or "-"),
        quoted(location or "-"),
        quoted(exchange.error),
        quoted(exchange.target),
        quoted(exchange.target_status if exchange.target != "-" else "-"),
        quoted("-"),  # classification
        quoted("-"),  # classification_reason
        f"TID_{secrets.token_hex(16)}",
        quoted("-"),  # transformed_host
        quoted("-"),  # transformed_uri
        quoted("-"),  # request_transform_status
    ])


def finish(exchange, status, headers, body_bytes):
    """Writes the line of a request whose answer is complete."""
    if not exchange.listener:
        return  # in AWS there would be nothing to connect to
    reason = http.client.responses.get(status, "")
    sent_bytes = len(f"HTTP/1.1 {status} {reason}\r\n") + header_bytes(headers) + body_bytes
    location = next((value for name, value in headers.items() if name.lower() == "location"), "-")
    location = location if "redirect" in exchange.actions else "-"
    line = line_of(exchange, status, location, sent_bytes, time.time())
    alb_log_delivery.add(exchange.load_balancer, line)


def counted(stream, exchange, status, headers):
    """A streamed answer whose line is written when its last byte went out."""

    async def run(send, receive):
        body_bytes = 0

        async def send_and_count(message):
            nonlocal body_bytes
            await send(message)
            body_bytes += len(message.get("body", b""))

        try:
            await stream.runner(send_and_count, receive)
        finally:
            finish(exchange, status, headers, body_bytes)

    return StreamingResponse(run)


def log_requests():
    """Notes what the load balancer does with a request, where it does it."""
    dispatch = alb.dispatch_request

    async def dispatch_and_log(
        lb, method, path, headers, body, query_params, port=80, client_ip=None, raw_query_string=None, raw_path=None
    ):
        query = urlencode(query_params or {}, doseq=True) if raw_query_string is None else raw_query_string
        exchange = Exchange(
            load_balancer=lb["LoadBalancerArn"],
            client=client_ip or alb.get_request_client_ip(),
            method=method,
            uri=(raw_path or path) + (f"?{query}" if query else ""),
            headers={name.lower(): value for name, value in (headers or {}).items()},
            body_bytes=len(body or b""),
        )
        token = EXCHANGE.set(exchange)
        try:
            status, answer, data = await dispatch(
                lb, method, path, headers, body, query_params, port, client_ip, raw_query_string, raw_path
            )
        except asyncio.CancelledError:
            finish(exchange, CLIENT_CLOSED, {}, 0)
            raise
        except Exception:
            finish(exchange, 500, {}, 0)
            raise
        finally:
            EXCHANGE.reset(token)
        if isinstance(data, StreamingResponse):
            return status, answer, counted(data, exchange, status, answer)
        finish(exchange, status, answer, len(data or b""))
        return status, answer, data

    alb.dispatch_request = dispatch_and_log
    note_rules()
    note_targets()


def note_rules():
    """Notes the listener, the rule that matched, and its actions."""
    target_headers, execute_actions, execute_action = alb._target_headers, alb._execute_actions, alb._execute_action

    def target_headers_noted(lb_arn, listener, headers, client_ip):
        noted = target_headers(lb_arn, listener, headers, client_ip)
        if exchange := EXCHANGE.get():
            exchange.listener = listener
            exchange.trace_id = noted["x-amzn-trace-id"]
        return noted

    async def execute_actions_noted(actions, *request, **named):
        if exchange := EXCHANGE.get():
            rule = next((rule for rule in alb._rules.values() if rule.get("Actions") is actions), {})
            priority = str(rule.get("Priority", "default"))
            exchange.priority = int(priority) if priority.isdigit() else 0
            kinds = [action.get("Type", "").lower() for action in actions]
            exchange.actions = ["authenticate" for kind in kinds if kind.startswith("authenticate")]
        return await execute_actions(actions, *request, **named)

    async def execute_action_noted(action, *request):
        if exchange := EXCHANGE.get():
            exchange.actions.append(action.get("Type", "").lower())
            exchange.target_group = action.get("TargetGroupArn") or "-"
        return await execute_action(action, *request)

    alb._target_headers = target_headers_noted
    alb._execute_actions = execute_actions_noted
    alb._execute_action = execute_action_noted


def note_targets():
    """Notes which target answered, what, and when. Functions have no address."""
    proxy, invoke = alb._proxy_http_target, alb._invoke_lambda_target

    async def proxy_noted(target, tg, *request):
        exchange, start = EXCHANGE.get(), time.time()
        if exchange:
            exchange.target = f"{target.get('Id', '')}:{target.get('Port') or tg.get('Port') or 80}"
        status, headers, data = await proxy(target, tg, *request)
        if exchange and isinstance(data, StreamingResponse):  # else nothing could be connected to
            exchange.dispatched, exchange.answered, exchange.target_status = start, time.time(), str(status)
        return status, headers, data

    async def invoke_noted(*request):
        exchange, start = EXCHANGE.get(), time.time()
        status, headers, data = await invoke(*request)
        if exchange:
            exchange.dispatched, exchange.answered = start, time.time()
            if status == 502 and data.startswith(b'{"message": "Lambda '):
                exchange.error = "LambdaResourceNotFound" if b"not found" in data else "LambdaUnhandled"
            else:
                exchange.target_status = str(status)
        return status, headers, data

    alb._proxy_http_target = proxy_noted
    alb._invoke_lambda_target = invoke_noted
