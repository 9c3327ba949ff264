"""Each file in cases/ is a sentence about the kit: events go in, the tables under the other headings come out."""

from pathlib import Path

import pytest
from events import build, literal, put
from tables import cell, read

CASES = sorted(Path(__file__).parent.glob("cases/*.md"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(engine, case):
    tables = read(case.read_text())
    put(engine, tables.pop("events"))
    for name in ("blocked_ids", "manual_aliases"):
        for row in tables.pop(name, []):
            values = ", ".join(literal(value, "varchar") for value in row.values())
            engine.execute(f"insert into {engine.values['schema']}.{name} ({', '.join(row)}) values ({values})")
    build(engine, **{row["name"]: row["value"] for row in tables.pop("settings", [])})
    assert tables, f"{case}: no table to expect"
    for name, expected in tables.items():
        assert expected, f"{case}: {name} has no rows"
        columns = list(expected[0])
        found = [[cell(value) for value in row] for row in engine.rows(name, ", ".join(columns))]
        assert sorted(found) == sorted([row[column] for column in columns] for row in expected), name
