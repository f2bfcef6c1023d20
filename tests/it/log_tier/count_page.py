# Counts the requests of one page: in logs as they were delivered, with Python's json and csv
# modules, and in the tables, as Athena would.
import csv
import glob
import gzip
import json

import duckdb

counts = {"raw cloudfront": 0, "raw alb": 0, "table cloudfront": 0, "table alb": 0}
for path in glob.glob("cloudfront/**/*.gz", recursive=True):
    with gzip.open(path, "rt") as log:
        for line in log:
            if line.startswith("{"):
                row = json.loads(line)
                asked = row["cs-uri-stem"] + "?" + row["cs-uri-query"]
                counts["raw cloudfront"] += asked == "/search?page=4711"
for path in glob.glob("alb/**/*.log.gz", recursive=True):
    with gzip.open(path, "rt") as log:
        for row in csv.reader(log, delimiter=" ", escapechar="\\"):
            counts["raw alb"] += row[12].split(" ")[1].endswith("/search?page=4711")
rows = duckdb.sql(
    """SELECT source, count(*)
    FROM read_parquet('tables/web_requests/**/*.parquet', hive_partitioning = true)
    WHERE path = '/search' AND query = 'page=4711' GROUP BY 1"""
).fetchall()
for source, count in rows:
    counts[f"table {source}"] = count
print(json.dumps(counts))
