# Counts the same in the Parquet files, as Athena would: the partitions are columns.
import json

import duckdb

table = "read_parquet('tables/web_requests/**/*.parquet', hive_partitioning = true)"
rows = duckdb.sql(
    f"SELECT source || ' ' || status, count(*), sum(bytes_sent), sum(duration_us) FROM {table} GROUP BY 1"
).fetchall()
counts = {name: [int(value) for value in values] for name, *values in rows}
paths = dict(duckdb.sql(f"SELECT source, count(DISTINCT path) FROM {table} GROUP BY 1").fetchall())
types = dict(
    (name, kind) for name, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM {table}").fetchall()
)
astray = duckdb.sql(
    f"SELECT count(*) FROM {table} WHERE hour(time) <> hour::INT OR strftime(time, '%Y-%m-%d') <> dt::VARCHAR"
).fetchall()[0][0]
people = duckdb.sql(
    f"SELECT count(*) FROM {table} WHERE client NOT LIKE '%/24' OR query LIKE '%utm_source=mail%'"
).fetchall()[0][0]
print(json.dumps({"counts": counts, "paths": paths, "types": types, "astray": astray, "people": people}, sort_keys=True))
