"""Writes the JSON Schema of job specs beside this file: `python -m qjobs.spec.publish`."""

import json
from pathlib import Path

from qjobs.spec.canonical import json_schema

SCHEMA_FILE = Path(__file__).with_name("job_spec.schema.json")


def schema_text() -> str:
    """The published file's content."""
    return json.dumps(json_schema(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text())
