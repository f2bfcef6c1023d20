"""The same answer by DuckDB, in one thread: sums by status, percentiles, top pages, networks,
and a Parquet file with zstd. Arguments: source, log, where Parquet goes."""

import json
import sys

import duckdb

source, log, out = sys.argv[1:4]
db = duckdb.connect(config={"threads": 1})
if source == "cloudfront":
    names = (
        "date time location sc_bytes client method host path status referer agent query cookie result id "
        "host_header protocol cs_bytes taken forwarded ssl cipher response version fle_status fle_fields "
        "port first_byte detailed type length range_start range_end"
    ).split()
    columns = {name: "VARCHAR" for name in names}
    columns.update(sc_bytes="BIGINT", cs_bytes="BIGINT", taken="DOUBLE", status="INTEGER")
    read = (
        f"SELECT (date || ' ' || time)::TIMESTAMP AS time, client, method, host_header AS host, path, query, status, "
        f"sc_bytes AS bytes_sent, cs_bytes AS bytes_received, taken * 1e6 AS duration_us, result AS cache, agent, "
        f"referer, id FROM read_csv('{log}', delim='\\t', header=false, skip=2, quote='', escape='', columns={columns})"
    )
else:
    names = (
        "type time elb client target request_taken target_taken response_taken status target_status received sent "
        "request agent cipher ssl target_group trace domain certificate priority created actions redirect error "
        "targets target_statuses classification reason connection"
    ).split()
    columns = {name: "VARCHAR" for name in names}
    columns.update(received="BIGINT", sent="BIGINT", request_taken="DOUBLE", target_taken="DOUBLE", response_taken="DOUBLE", status="INTEGER", time="TIMESTAMP")
    read = (
        f"SELECT time, split_part(client, ':', 1) AS client, split_part(request, ' ', 1) AS method, domain AS host, "
        f"split_part(regexp_replace(split_part(request, ' ', 2), '^https?://[^/]*', ''), '?', 1) AS path, "
        f"split_part(split_part(request, ' ', 2), '?', 2) AS query, status, sent AS bytes_sent, "
        f"received AS bytes_received, (request_taken + target_taken + response_taken) * 1e6 AS duration_us, "
        f"'' AS cache, agent, '' AS referer, trace AS id "
        f"FROM read_csv('{log}', delim=' ', header=false, quote='\"', escape='\\', columns={columns})"
    )
db.execute(f"CREATE TEMP VIEW log AS {read}")
# Read once into Parquet, then asked there: faster than asking the text several times.
db.execute(f"COPY log TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
table = f"read_parquet('{out}')"
statuses = db.execute(f"SELECT status, count(*), sum(bytes_sent) FROM {table} GROUP BY status").fetchall()
db.execute(f"SELECT approx_quantile(duration_us, [0.5, 0.95, 0.99]) FROM {table}").fetchall()
db.execute(f"SELECT path, count(*), sum(bytes_sent), avg(duration_us) FROM {table} GROUP BY path ORDER BY 2 DESC LIMIT 250").fetchall()
db.execute(f"SELECT agent, count(*) FROM {table} GROUP BY agent ORDER BY 2 DESC LIMIT 250").fetchall()
db.execute(
    f"SELECT time_bucket(INTERVAL 5 MINUTE, time) AS slot, split_part(client, '.', 1) || split_part(client, '.', 2) || "
    f"split_part(client, '.', 3) AS network, count(*), sum(bytes_sent) FROM {table} GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 240"
).fetchall()
print(json.dumps({str(status): [count, int(sent)] for status, count, sent in statuses}))
