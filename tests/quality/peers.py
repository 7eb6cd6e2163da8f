"""Gives the cases of `session_quality_report --dump DIR` to Python's json_repair: each result is DIR/NUMBER.json_repair.

It knows no JSON Lines: it gets the lines one by one, as its users do.
"""

import json
import pathlib
import sys

import json_repair


def repair(text):
    try:
        value = json_repair.loads(text)
        return "" if value == "" else json.dumps(value, ensure_ascii=False)
    except Exception:  # a text that it cannot take has no result
        return ""


directory = pathlib.Path(sys.argv[1])
for case in sorted(directory.iterdir()):
    if case.suffix not in (".json", ".jsonl"):
        continue
    text = case.read_bytes().decode("utf-8", "replace")
    if case.suffix == ".json":
        result = repair(text)
    else:
        lines = (repair(line) for line in text.split("\n") if line.strip())
        result = "\n".join(line for line in lines if line)
    try:
        case.with_suffix(".json_repair").write_bytes(result.encode("utf-8"))
    except UnicodeEncodeError:
        case.with_suffix(".json_repair").write_bytes(b"")
