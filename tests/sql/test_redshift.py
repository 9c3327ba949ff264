"""Every statement parses as Redshift's SQL; what no other database runs is at least well formed."""

import re

import kit
import pytest
from sqlfluff.core import FluffConfig, Linter

FILES = [*kit.files("redshift", list("0123456789")), *(kit.FOLDER / name for name in ("erase.sql", "redshift/external_table.sql"))]
JSON_FORMAT = "row format serde 'org.openx.data.jsonserde.JsonSerDe'\nstored as textfile"


def mistakes(text: str, dialect: str = "redshift") -> list[str]:
    parsed = Linter(config=FluffConfig(overrides={"dialect": dialect, "large_file_skip_byte_limit": 0})).parse_string(text)
    return [f"line {found.line_no}: {found.desc()}" for found in parsed.violations]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_parses(file):
    assert mistakes(kit.render(file, kit.settings(person_id="u-1"))) == []


def test_the_views_that_the_procedure_makes_are_the_views():
    """A procedure's body is text to the parser; what it executes is what 12_events_all.sql says."""
    values = kit.settings(hot_from="2026-11-01")
    procedure = kit.render(kit.FOLDER / "redshift" / "12_events_all.sql", values)
    executed = re.findall(r"execute '(.*?)';\n", procedure.replace("' || since || '", "''2026-11-01''"), re.DOTALL)
    views = kit.statements(kit.render(kit.FOLDER / "12_events_all.sql", values))
    assert [text.replace("''", "'") for text in executed] == [view[view.index("create ") :] for view in views]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_views_that_bind_late_name_every_table_with_its_schema(file):
    """Redshift refuses others, those over its own catalogue too."""
    text = kit.without_comments(kit.render(file, kit.settings(person_id="u-1")))
    for view in re.findall(r"create or replace view (?:(?!create ).)*?with no schema binding", text, re.DOTALL):
        own = set(re.findall(r"(\w+) as \(", view))
        named = re.findall(r"\b(?:from|join) ([\w.]+)", view)
        assert named and [name for name in named if "." not in name and name not in own] == []


def test_each_procedure_takes_the_lock_before_it_looks_at_anything():
    """What a transaction sees is settled by its first query: it must not be before the run that it waits for."""
    for name in ("13_move_boundary.sql", "80_procedures.sql"):
        text = kit.without_comments((kit.FOLDER / "redshift" / name).read_text())
        bodies = re.findall(r"\nbegin\n\s*([^;]*;)", text)
        assert len(bodies) == text.count("create or replace procedure")
        assert set(bodies) == {"lock table ${schema}.load_lock;"}


def test_the_table_of_json_rows_parses_too():
    file = kit.FOLDER / "redshift" / "external_table.sql"
    assert mistakes(kit.render(file, kit.settings(external_format=JSON_FORMAT))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "create table t (user varchar(8));",
        "create external table s.events (a string) stored as parquet location 's3://b/';",
        "select a from t where (b = 1;",
        "create table t (a integer) engine = innodb;",
    ],
)
def test_a_statement_that_redshift_refuses_is_told(wrong):
    assert mistakes(wrong)
