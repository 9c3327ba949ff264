"""The common statements in Athena's words. Its tables are files in S3 that take no delete: each is dropped and made anew."""

import re

# What only a warehouse has that holds recent events of its own.
WAREHOUSE_ONLY = ("10_events.sql", "11_load.sql", "70_problems.sql", "72_hot_and_cold.sql")
# What athena/05_state.sql has as views: it is kept by hand.
BY_HAND = ("blocked_ids", "manual_aliases")

# What is spelt otherwise. Recursion ends after ten steps there.
SPELLING = (
    (r"interval '([\d.]+|\$\{\w+\}) (second|minute|day)s'", r"interval '\1' \2"),
    (r"right\(n\.name, (length\(r\.name\) \+ 1)\)", r"substr(n.name, -(\1))"),
    (r"steps < 32", "steps < 9"),
)


def columns(statements: list[str]) -> dict[str, list[str]]:
    """The names of the columns of each table that the statements create."""
    tables = {}
    for statement in statements:
        code = re.sub(r"--[^\n]*", "", statement)
        if made := re.search(r"create table if not exists \$\{schema\}\.(\w+) \((.*)\)", code, re.DOTALL):
            body = re.sub(r"\([\d,]+\)", "", made[2].partition("\n)\n")[0])
            tables[made[1]] = [column.split()[0] for column in body.split(",")]
    return tables


def translated(statements: list[str], tables: dict[str, list[str]]) -> list[str]:
    """The statements for Athena: `delete` and `insert … select` become `drop` and `create … as`, what is only inserted a view."""
    told, comment = [], ""
    for statement in statements:
        above, code = re.fullmatch(r"((?:\s*--[^\n]*\n)*)(.*)", statement, re.DOTALL).groups()
        comment += above
        for pattern, words in SPELLING:
            code = re.sub(pattern, words, code)
        insert = re.match(r"insert into \$\{schema\}\.(\w+)\s+(.*)", code, re.DOTALL)
        if insert and insert[1] in tables and insert[1] not in BY_HAND:
            table, query = insert.groups()
            rows = f"select *\nfrom (\n{query}\n) as t ({', '.join(tables[table])})"
            if query.startswith("values"):
                told.append(f"{comment}create or replace view ${{schema}}.{table} as\n{rows}")
            else:
                told.append(f"{comment}drop table if exists ${{schema}}.{table}")
                told.append(f"create table ${{schema}}.{table}\nwith (format = 'PARQUET') as\n{rows}")
            comment = ""
        elif not insert and not code.startswith(("create table", "delete from")):
            told.append(comment + code)
            comment = ""
    return told
