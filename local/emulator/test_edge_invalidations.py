"""Tests of CloudFront's invalidations; they need ministack, like test_extension.py."""

import http.server
import json
import os
import threading
import unittest
from unittest import mock

import edge_invalidations
from ministack.services import cloudfront

BODY = (
    '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">'
    "<Paths><Quantity>2</Quantity><Items><Path>/a</Path><Path>/b/*</Path></Items></Paths>"
    "<CallerReference>{}</CallerReference></InvalidationBatch>"
)


class Edge(http.server.BaseHTTPRequestHandler):
    """Takes invalidations as the edge does, or fails."""

    def do_POST(self):
        length = int(self.headers["content-length"])
        self.server.told.append(json.loads(self.rfile.read(length))["paths"])
        self.send_response(500 if self.server.fails else 200)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


class Invalidations(unittest.TestCase):
    def setUp(self):
        self.edge = http.server.HTTPServer(("127.0.0.1", 0), Edge)
        self.edge.told, self.edge.fails = [], False
        threading.Thread(target=self.edge.serve_forever, daemon=True).start()
        self.addCleanup(self.edge.server_close)
        self.addCleanup(self.edge.shutdown)
        address = f"http://127.0.0.1:{self.edge.server_port}/"
        for patch in (
            mock.patch.dict(os.environ, {edge_invalidations.VARIABLE: address}),
            mock.patch.multiple(
                cloudfront,
                _distributions={"E1": {}},
                _invalidations={"E1": []},
                _create_invalidation=cloudfront._create_invalidation,
                _get_invalidation=cloudfront._get_invalidation,
            ),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        edge_invalidations.carry_out()

    def create(self, reference):
        status, _, body = cloudfront._create_invalidation("E1", BODY.format(reference).encode())
        return status, self.read(body)

    def read(self, body):
        element = cloudfront._parse_body(body)
        return cloudfront._text(element, "Id"), cloudfront._text(element, "Status")

    def get(self, invalidation):
        _, _, body = cloudfront._get_invalidation("E1", invalidation)
        return self.read(body)[1]

    def test_an_invalidation_is_carried_out_and_then_complete(self):
        status, (invalidation, state) = self.create("one")
        self.assertEqual((status, state), (201, "InProgress"))
        self.assertEqual(self.get(invalidation), "Completed")
        self.assertEqual(self.edge.told, [["/a", "/b/*"]])

    def test_a_repeated_request_is_the_same_invalidation(self):
        _, (first, _) = self.create("two")
        self.assertEqual(self.get(first), "Completed")
        status, (second, state) = self.create("two")
        self.assertEqual((status, second, state), (201, first, "Completed"))
        self.assertEqual(len(self.edge.told), 1)

    def test_what_the_edge_did_not_do_is_in_progress(self):
        self.edge.fails = True
        _, (invalidation, _) = self.create("three")
        self.assertEqual(self.get(invalidation), "InProgress")
        self.edge.fails = False
        self.assertEqual(self.get(invalidation), "Completed")

    def test_others_are_refused_as_before(self):
        status, _, _ = cloudfront._create_invalidation("E2", BODY.format("four").encode())
        self.assertEqual((status, self.edge.told), (404, []))


if __name__ == "__main__":
    unittest.main()
