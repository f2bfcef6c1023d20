"""Starts ministack with what it lacks for template.yaml.

Each gap is closed by one function below, with the reason; `EXTENSIONS` lists
them. Before anything is changed, `check_symbols` makes sure that every name
used here still exists, so that another ministack version fails at start and
not by behaving differently. Nothing in the functions knows about any of this.
Run as `python extension.py` in the emulator's virtual environment; settings
are ministack's own environment variables.
"""

import contextvars
import http.client
import http.server
import json
import pathlib
import sys
from urllib.parse import parse_qs

import alb_access_logs
import alb_log_delivery
import cloudtrail_keys
import edge_invalidations
import service_events
from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import alb, cloudfront, cloudwatch, cloudwatch_logs, lambda_svc
from ministack.services.cloudformation import changesets, engine, handlers, provisioners

USED = {
    alb: ["_targets"],
    app: ["SERVICE_HANDLERS", "_HEALTH_PATHS", "main", "_parse_lambda_url", "pin_request_origin"],
    iam_actions: ["_SES_V2_RESOURCES", "extract_iam_action"],
    iam_evaluator: ["EvalContext", "evaluate_resource_policy", "pin_request_origin"],
    cloudfront: [
        "OriginTimeout",
        "OriginUnreachable",
        "_cf_request_id",
        "_dist_config_el",
        "_distribution_vpc_origin_error",
        "_fetch_from_origin",
        "_find",
        "_local_tag_name",
        "_multidict_from_pairs",
        "_origin_request_headers",
        "_registered_function_url",
        "_text",
        "handle_viewer_request",
        "parse_distribution_dataplane_config",
    ],
    cloudwatch: ["record_metric"],
    cloudwatch_logs: ["_append_log_events"],
    lambda_svc: [
        "_execute_function",
        "_throttle_response",
        "function_policy_for_arn",
        "handle_function_url_request",
        "resolve_function_url",
    ],
    changesets: ["validate_template_support"],
    engine: ["validate_template_support"],
    handlers: ["validate_template_support"],
    provisioners: ["_RESOURCE_HANDLERS"],
}


def check_symbols():
    """Ends the process when ministack no longer has something this file uses."""
    missing = [
        f"{owner.__name__}.{name}"
        for used in (
            USED, alb_access_logs.USED, alb_log_delivery.USED, cloudtrail_keys.USED, edge_invalidations.USED,
            service_events.USED,
        )
        for owner, names in used.items()
        for name in names
        if not hasattr(owner, name)
    ]
    if missing:
        sys.exit(
            f"extension.py does not fit this ministack: {', '.join(missing)} is gone; "
            "pin the version in local/tools/emulator.in or change extension.py"
        )


def disable_nagle():
    """Sends each answer of the Lambda Runtime API at once.

    It writes an answer in two small pieces; Nagle's algorithm and delayed
    acknowledgement together make that cost 40 ms an invocation.
    """
    http.server.BaseHTTPRequestHandler.disable_nagle_algorithm = True


def count_loopback_as_tls():
    """Lets policies that deny requests without TLS pass what comes over loopback.

    AWS endpoints speak TLS; the emulator's is plain HTTP that never leaves the
    machine. Without this, aws:SecureTransport is false and DenyWithoutTls refuses
    CloudFront and the functions.
    """
    pin = iam_evaluator.pin_request_origin
    app.pin_request_origin = lambda address, _secure: pin(address, True)


def group_origin(group, origins):
    """The entry of an OriginGroup among a distribution's origins."""
    find, text = cloudfront._find, cloudfront._text
    codes = find(find(find(group, "FailoverCriteria"), "StatusCodes"), "Items")
    members = find(find(group, "Members"), "Items")
    primary, secondary = (origins[text(member, "OriginId")] for member in members)
    return {
        "domain_name": primary["domain_name"],
        "primary": primary,
        "secondary": secondary,
        "failover": {int(code.text) for code in codes},
    }


def add_origin_groups():
    """Lets a cache behaviour target an OriginGroup.

    ministack stores OriginGroups but never reads them: a behaviour that targets
    one answers 502. CloudFront asks the second origin when the first answers one
    of the configured statuses, or not at all, for GET, HEAD and OPTIONS only:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    """
    parse = cloudfront.parse_distribution_dataplane_config
    fetch = cloudfront._fetch_from_origin

    def parse_with_groups(dist):
        parsed = parse(dist)
        groups = cloudfront._find(cloudfront._dist_config_el(dist), "OriginGroups")
        items = cloudfront._find(groups, "Items") if groups is not None else None
        for group in items if items is not None else ():
            parsed["origins"][cloudfront._text(group, "Id")] = group_origin(group, parsed["origins"])
        return parsed

    async def fetch_with_failover(origin, method, *request):
        if "primary" not in origin:
            return await fetch(origin, method, *request)
        if method not in ("GET", "HEAD", "OPTIONS"):
            return await fetch(origin["primary"], method, *request)
        try:
            answer = await fetch(origin["primary"], method, *request)
            if answer[0] not in origin["failover"]:
                return answer
        except (cloudfront.OriginTimeout, cloudfront.OriginUnreachable):
            pass  # counts as a failure of the first origin, like a status in the list
        return await fetch(origin["secondary"], method, *request)

    cloudfront.parse_distribution_dataplane_config = parse_with_groups
    cloudfront._fetch_from_origin = fetch_with_failover


def may_invoke_by_url(function_arn, distribution_arn):
    """Whether the function's policy lets the distribution call its URL: both grants are needed."""
    policy, _account = lambda_svc.function_policy_for_arn(function_arn) or ({}, "")
    return all(
        iam_evaluator.evaluate_resource_policy(
            policy,
            iam_evaluator.EvalContext(
                principal_arn="*",
                principal_type="Service",
                principal_account="",
                action=action,
                resource_arn=function_arn,
                region=function_arn.split(":")[3],
                service_context={
                    "aws:sourcearn": distribution_arn,
                    "lambda:functionurlauthtype": "AWS_IAM",
                    "lambda:invokedviafunctionurl": "true",
                },
            ),
            service="cloudfront.amazonaws.com",
        ).decision
        == "Allow"
        for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    )


def add_function_url_access_control():
    """Signs CloudFront's requests to a function URL that has an origin access control.

    ministack passes them on unsigned, so that a URL with AuthType AWS_IAM refuses
    every one. CloudFront signs them as cloudfront.amazonaws.com, and Lambda asks
    the function's policy for lambda:InvokeFunctionUrl and lambda:InvokeFunction:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
    """
    fetch = cloudfront._fetch_from_origin

    async def fetch_signed(origin, method, uri, query, headers, body, https, client, forwarded, distribution_arn):
        host = cloudfront._registered_function_url(origin) if origin.get("oac_id") else None
        if host is None:
            return await fetch(
                origin, method, uri, query, headers, body, https, client, forwarded, distribution_arn
            )
        url_id, _path = app._parse_lambda_url(host, "/")
        account, region, function, alias, _config = lambda_svc.resolve_function_url(url_id)
        arn = f"arn:aws:lambda:{region}:{account}:function:{function}" + (f":{alias}" if alias else "")
        if not may_invoke_by_url(arn, distribution_arn):
            return 403, "Forbidden", {"content-type": "application/json"}, b'{"Message":null}'
        signed = {
            name.lower(): value
            for name, value in cloudfront._origin_request_headers(origin, headers, client, forwarded).items()
        }
        signed["authorization"] = "AWS4-HMAC-SHA256 cloudfront.amazonaws.com"
        status, answer, data = await lambda_svc.handle_function_url_request(
            url_id, method, (origin.get("origin_path") or "") + uri, signed, body,
            parse_qs(query, keep_blank_values=True), source_ip=client,
        )
        pairs = [
            (name, value)
            for name, values in answer.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        return status, http.client.responses.get(status, ""), cloudfront._multidict_from_pairs(pairs), data

    cloudfront._fetch_from_origin = fetch_signed


def authorize_batches_of_messages():
    """SQS has no action for batches: who may send one message may send ten.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """
    extract = iam_actions.extract_iam_action

    def extract_without_batch(service, *request):
        action = extract(service, *request)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    iam_actions.extract_iam_action = extract_without_batch


def authorize_mails_by_sender():
    """SES authorizes a mail on the identity that sends it; ministack asks for `*`.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    """
    iam_actions._SES_V2_RESOURCES["outbound-emails"] = ("identity", "FromEmailAddress")


def reach_load_balancers():
    """Lets CloudFront reach load balancers over a VPC origin.

    CloudFormation's VpcOrigin is only recorded, so no such origin exists for a
    distribution to name; the origin's domain name leads to the load balancer anyway.
    """
    cloudfront._distribution_vpc_origin_error = lambda config: None


EDGE_REQUEST_ID = contextvars.ContextVar("edge_request_id", default=None)
"""The id that the caching edge in front gave to the request that is served."""


def keep_request_ids():
    """Lets a request keep the id that it got at the caching edge.

    CloudFront makes one id for a request and both logs it and sends it to the origin as
    X-Amz-Cf-Id. Here the edge that caches and logs is a process of its own, in front of
    ministack, which would make other ids.
    """
    make, handle = cloudfront._cf_request_id, cloudfront.handle_viewer_request

    async def handle_with_id(dist, method, path, raw_uri, raw_query_string, headers, *rest, **named):
        token = EDGE_REQUEST_ID.set(headers.get("x-amz-cf-id"))
        try:
            return await handle(dist, method, path, raw_uri, raw_query_string, headers, *rest, **named)
        finally:
            EDGE_REQUEST_ID.reset(token)

    cloudfront.handle_viewer_request = handle_with_id
    cloudfront._cf_request_id = lambda: EDGE_REQUEST_ID.get() or make()


def register_targets():
    """Registers the Targets of a target group of the template.

    ministack creates the group without them, and the load balancer answers 503.
    """
    handler = provisioners._RESOURCE_HANDLERS["AWS::ElasticLoadBalancingV2::TargetGroup"]
    create = handler["create"]

    def create_with_targets(logical_id, properties, stack_name):
        arn, attributes = create(logical_id, properties, stack_name)
        alb._targets[arn] = [
            {"Id": target["Id"], "Port": target.get("Port", 80)} for target in properties.get("Targets") or []
        ]
        return arn, attributes

    handler["create"] = create_with_targets


def record_embedded_metrics(line):
    """Records the metrics of one log line in CloudWatch's embedded metric format."""
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(document.get(name, "")) for name in names}
            for metric in directive["Metrics"]:
                values = document.get(metric["Name"], [])
                for value in values if isinstance(values, list) else [values]:
                    cloudwatch.record_metric(
                        directive["Namespace"], metric["Name"], value, metric.get("Unit", "None"), dimensions
                    )


def add_embedded_metrics():
    """Turns embedded metrics in function logs into CloudWatch metrics.

    ministack keeps such lines as text only.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    append = cloudwatch_logs._append_log_events

    def append_and_record(stream, events):
        append(stream, events)
        for event in events:
            if '"_aws"' in event["message"]:
                record_embedded_metrics(event["message"])

    cloudwatch_logs._append_log_events = append_and_record


class AnyAttribute(dict):
    """Attributes of a recorded resource: every name answers, with a text made of it."""

    def __init__(self, physical_id):
        super().__init__()
        self.physical_id = physical_id

    def __contains__(self, name):
        return True

    def get(self, name, default=None):
        return self[name]

    def __missing__(self, name):
        return f"{self.physical_id}-{name.lower()}"


def recorded_resource(resource_type):
    """Handlers of a resource type that is only recorded."""

    def create(logical_id, properties, stack_name):
        physical_id = f"{stack_name}-{logical_id}"
        print(f"RECORDED ONLY: {logical_id} ({resource_type}) is not emulated", flush=True)
        return physical_id, AnyAttribute(physical_id)

    def update(physical_id, old_properties, new_properties, stack_name, **_names):
        return physical_id, AnyAttribute(physical_id)

    def delete(physical_id, properties):
        return None

    return {"create": create, "update": update, "delete": delete}


def record_unknown_resources():
    """Accepts resource types that ministack does not emulate, and says so for each.

    It refuses a whole template for one unknown type. Whether a type exists at all
    is `sam validate --lint`'s to tell.
    """
    validate = engine.validate_template_support

    def validate_after_recording(template, *arguments, **named):
        for resource in (template.get("Resources") or {}).values():
            resource_type = resource.get("Type", "")
            if resource_type.startswith("AWS::") and not resource_type.startswith("AWS::Serverless::"):
                provisioners._RESOURCE_HANDLERS.setdefault(resource_type, recorded_resource(resource_type))
        return validate(template, *arguments, **named)

    for module in (engine, changesets, handlers):
        module.validate_template_support = validate_after_recording


FAILING = pathlib.Path("failing-services")
"""Names of services that fail for now, one a line, in the working directory."""


def is_failing(service):
    """Whether a test has taken a service away."""
    return FAILING.exists() and service in FAILING.read_text().split()


def fail_on_request():
    """Lets tests take a service away: it answers 500 while its name is in `FAILING`.

    Lambda runs no function then, whoever calls it.
    """

    def failing(service, handle):
        async def handle_or_fail(*request):
            if is_failing(service):
                error = {"__type": "InternalServerError", "message": f"{service} is failing on request"}
                return 500, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(error).encode()
            return await handle(*request)

        return handle_or_fail

    for service in ("dynamodb", "s3", "sqs"):
        app.SERVICE_HANDLERS[service] = failing(service, app.SERVICE_HANDLERS[service])

    execute = lambda_svc._execute_function

    def execute_or_fail(function, event):
        if is_failing("lambda"):
            return lambda_svc._throttle_response("FunctionInvocationRateLimitExceeded", "failing on request")
        return execute(function, event)

    lambda_svc._execute_function = execute_or_fail


def leave_health_to_the_site():
    """ministack answers /health itself; the site's load balancer has a function there."""
    app._HEALTH_PATHS = tuple(path for path in app._HEALTH_PATHS if path != "/health")


EXTENSIONS = [
    disable_nagle,
    count_loopback_as_tls,
    add_function_url_access_control,
    add_origin_groups,  # after the access control: a group's members go through it
    authorize_batches_of_messages,
    authorize_mails_by_sender,
    keep_request_ids,
    leave_health_to_the_site,
    reach_load_balancers,
    register_targets,
    alb_access_logs.log_requests,
    cloudtrail_keys.answer_public_keys,
    edge_invalidations.carry_out,
    service_events.take_from_root,
    add_embedded_metrics,
    fail_on_request,
    record_unknown_resources,
]


def install():
    """Checks ministack and closes every gap."""
    check_symbols()
    for extend in EXTENSIONS:
        extend()


if __name__ == "__main__":
    install()
    app.main()
