"""Carries out invalidations: ministack's CloudFront keeps them as records, and nothing else.

It keeps no answers either. The edge in front of it does (local/cdn), and forgets what
SIDETIER_EDGE_INVALIDATIONS, an address, is told. An invalidation is in progress until that was
so, as in AWS, where its end is only told to who asks for it:
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Invalidation.html
"""

import json
import os
import urllib.request

from ministack.services import cloudfront

USED = {cloudfront: ["_create_invalidation", "_get_invalidation", "_invalidations", "logger"]}
"""What ministack must have, for `check_symbols` of extension.py."""

VARIABLE = "SIDETIER_EDGE_INVALIDATIONS"

DONE = "sidetier_edge_has_forgotten"
"""Attribute of a record that was carried out."""


def forget(paths):
    """Whether the edge has forgotten the paths."""
    address = os.environ.get(VARIABLE)
    if not address:
        return True
    request = urllib.request.Request(
        address,
        data=json.dumps({"paths": paths}).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200
    except OSError as error:
        # It is asked again when somebody asks how far the invalidation is.
        cloudfront.logger.warning("The edge did not forget: %s", error)
        return False


def carry_out():
    """Makes each invalidation take place once, and tells how far it is."""
    create, get = cloudfront._create_invalidation, cloudfront._get_invalidation

    def records(distribution):
        return cloudfront._invalidations.get(distribution, [])

    def create_and_begin(distribution, body):
        known = len(records(distribution))
        answer = create(distribution, body)
        if len(records(distribution)) == known:
            return answer  # refused, or a repeated request
        record = records(distribution)[-1]
        record["Status"] = "InProgress"
        record[DONE] = forget(record["InvalidationBatch"]["Paths"]["Items"])
        status, headers, _ = answer
        return status, headers, get(distribution, record["Id"])[2]

    def get_and_go_on(distribution, invalidation):
        for record in records(distribution):
            if record["Id"] == invalidation and record["Status"] == "InProgress":
                record[DONE] = record[DONE] or forget(record["InvalidationBatch"]["Paths"]["Items"])
                record["Status"] = "Completed" if record[DONE] else "InProgress"
        return get(distribution, invalidation)

    cloudfront._create_invalidation = create_and_begin
    cloudfront._get_invalidation = get_and_go_on
