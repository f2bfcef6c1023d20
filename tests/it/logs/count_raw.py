# Counts the raw logs of this folder with Python's csv module, which knows nothing of our
# parsers: requests, bytes and microseconds by source and status.
import csv
import gzip
import json
from urllib.parse import urlsplit

counts = {}
paths = {"cloudfront": set(), "alb": set()}


def add(source, path, status, sent, microseconds):
    total = counts.setdefault(f"{source} {status}", [0, 0, 0])
    total[0] += 1
    total[1] += sent
    total[2] += microseconds
    paths[source].add(path)


def microseconds(seconds):
    return round(float(seconds) * 1_000_000)


with gzip.open("cloudfront.gz", "rt") as log:
    for line in log:
        if line.startswith("#Fields:"):
            names = line.split()[1:]
        elif not line.startswith("#"):
            row = dict(zip(names, line.rstrip("\n").split("\t")))
            add("cloudfront", row["cs-uri-stem"], row["sc-status"], int(row["sc-bytes"]), microseconds(row["time-taken"]))
with gzip.open("alb.gz", "rt") as log:
    for row in csv.reader(log, delimiter=" ", escapechar="\\"):
        url = urlsplit(row[12].split(" ")[1])
        taken = sum(microseconds(part) for part in row[5:8])
        add("alb", url.path, row[8], int(row[11]), taken)
print(json.dumps({"counts": counts, "paths": {source: len(seen) for source, seen in paths.items()}}, sort_keys=True))
