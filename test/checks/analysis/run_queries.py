"""Runs queries in DuckDB over JSON lines, and writes their rows.

Usage: run_queries.py INPUT OUTPUT. INPUT has the columns of the table, the partition column, the
pattern of the lines' files, and the queries by name. OUTPUT gets columns and rows by name.
"""

import json
import sys

import duckdb

input_file, output_file = sys.argv[1:]
with open(input_file, encoding="utf-8") as file:
    given = json.load(file)

lines = duckdb.read_json(
    given["files"],
    format="newline_delimited",
    compression="gzip",
    columns=given["columns"],
    hive_partitioning=True,
    hive_types_autocast=False,
)
lines.create_view("tasks")

results = {}
for name, sql in given["queries"].items():
    result = duckdb.sql(sql)
    results[name] = {"columns": result.columns, "rows": result.fetchall()}

with open(output_file, "w", encoding="utf-8") as file:
    json.dump(results, file)
