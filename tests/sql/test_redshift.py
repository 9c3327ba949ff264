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


def unqualified(text: str) -> set[str]:
    """Relations that a view which binds late names without their schema; views that a procedure makes are views, too."""
    late = r"create or replace view (?:(?!create ).)*?with no schema binding"
    views = re.findall(late, kit.without_comments(text), re.DOTALL)
    return {name for view in views for name in relations(view) - set(re.findall(r"(\w+) as \(", view))}


def relations(view: str) -> set[str]:
    """What is selected from by a name alone."""
    return set(re.findall(r"\b(?:from|join) (\w+)(?![\w.])", view))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_view_that_binds_late_names_the_schema_of_all_that_it_reads(file):
    """Redshift refuses it otherwise, system views included, and the parser does not know that."""
    assert unqualified(kit.render(file, kit.settings(person_id="u-1"))) == set()


def test_a_relation_without_its_schema_is_told():
    view = "create or replace view s.v as\nwith a as (select 1 from s.t) select 1 from a join s.u on true join svv_u on true\n"
    assert unqualified(f"{view}with no schema binding;\n") == {"svv_u"}
    assert unqualified(f"{view};\n") == set()


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
