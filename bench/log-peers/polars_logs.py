"""The same answer by Polars. Arguments: source, log, where Parquet goes."""

import json
import sys

import polars as pl

source, log, out = sys.argv[1:4]


def named(wanted):
    return {f"column_{index}": name for index, name in wanted.items()}


if source == "cloudfront":
    wanted = {0: "date", 1: "clock", 3: "bytes_sent", 4: "client", 5: "method", 7: "path", 8: "status", 9: "referer",
              10: "agent", 11: "query", 13: "cache", 14: "id", 15: "host", 17: "bytes_received", 18: "taken"}
    frame = pl.read_csv(log, separator="\t", has_header=False, skip_rows=2, quote_char=None,
                        columns=list(wanted)).rename(named(wanted))
    frame = frame.with_columns(
        time=(pl.col("date") + " " + pl.col("clock")).str.to_datetime("%Y-%m-%d %H:%M:%S"),
        duration_us=(pl.col("taken") * 1e6).cast(pl.Int64),
    ).drop("date", "clock", "taken")
else:
    wanted = {1: "moment", 3: "address", 5: "a", 6: "b", 7: "c", 8: "status", 10: "bytes_received", 11: "bytes_sent",
              12: "request", 13: "agent", 17: "id", 18: "host"}
    frame = pl.read_csv(log, separator=" ", has_header=False, columns=list(wanted)).rename(named(wanted))
    parts = pl.col("request").str.split(" ")
    url = parts.list.get(1).str.replace("^https?://[^/]*", "")
    frame = frame.with_columns(
        time=pl.col("moment").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ"),
        client=pl.col("address").str.split(":").list.get(0),
        method=parts.list.get(0),
        path=url.str.split("?").list.get(0),
        duration_us=((pl.col("a") + pl.col("b") + pl.col("c")) * 1e6).cast(pl.Int64),
    ).drop("moment", "address", "a", "b", "c", "request")
frame.write_parquet(out, compression="zstd", compression_level=1)
statuses = frame.group_by("status").agg(pl.len().alias("count"), pl.col("bytes_sent").sum())
frame.select([pl.col("duration_us").quantile(q).alias(str(q)) for q in (0.5, 0.95, 0.99)])
frame.group_by("path").agg(pl.len().alias("n"), pl.col("bytes_sent").sum(), pl.col("duration_us").mean()).top_k(250, by="n")
frame.group_by("agent").agg(pl.len().alias("n")).top_k(250, by="n")
network = pl.col("client").str.replace(r"\.[0-9]+$", "")
frame.group_by(pl.col("time").dt.truncate("5m"), network).agg(pl.len().alias("n"), pl.col("bytes_sent").sum()).top_k(240, by="n")
print(json.dumps({str(row["status"]): [row["count"], row["bytes_sent"]] for row in statuses.to_dicts()}))
