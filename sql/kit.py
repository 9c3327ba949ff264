#!/usr/bin/env python3
"""The SQL of this folder with its settings filled in, ready for psql, an editor or a test.

    python sql/kit.py                          everything, in order, for Redshift
    python sql/kit.py 12 8 | psql …            12_events_all.sql and all that begins with 8
    python sql/kit.py erase person_id=u-1042
    python sql/kit.py --engine athena          the same for Athena, without what only a warehouse has
    python sql/kit.py --engine postgresql 1    the same text as PostgreSQL or DuckDB understand it
"""

import argparse
import difflib
import re
import shlex
import sys
from pathlib import Path

import athena

FOLDER = Path(__file__).parent
SETTINGS = FOLDER / "settings.env"
ENGINES = ("redshift", "postgresql", "duckdb", "athena")
# A file taken in, perhaps with a setting changed.
INCLUDED = re.compile(r"\$\{(\w+\.sql)(?: (\w+=[^}]*))?\}")


def placeholders() -> set[str]:
    """The names that stand as ${name} in some file: what can be set."""
    return {name for file in FOLDER.rglob("*.sql") for name in re.findall(r"\$\{(\w+)\}", file.read_text())}


def settings(**changes: str) -> dict[str, str]:
    """settings.env as a dictionary, with `changes`. A name that no file takes is refused: it would change nothing."""
    known, values = placeholders(), {}
    for number, line in enumerate(SETTINGS.read_text().splitlines(), 1):
        place = f"{SETTINGS}:{number}"
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            raise SystemExit(f"{place}: {error}; end the value with the quote that begins it, on the same line") from None
        for word in words:
            name, equals, value = word.partition("=")
            if not equals:
                raise SystemExit(f"{place}: {word!r} is no name=value; put a value with blanks between quotes")
            if name in values:
                raise SystemExit(f"{place}: {name} is set twice; remove one of them")
            values[name] = checked(place, name, value, known)
    return values | {name: checked("command line", name, value, known) for name, value in changes.items()}


def checked(place: str, name: str, value: str, known: set[str]) -> str:
    if name in known:
        return value
    alike = difflib.get_close_matches(name, known, 1)
    remedy = f"did you mean {alike[0]}?" if alike else f"what can be set is {', '.join(sorted(known))}"
    raise SystemExit(f"{place}: no file of {FOLDER} takes {name}; {remedy}")


def files(engine: str, prefixes: list[str] | None = None) -> list[Path]:
    """The numbered files for `engine`, in order; with `prefixes`, those whose names begin so, numbered or not. A file of the
    engine's own stands in the place of a common one of that name. Redshift runs what its procedures take in only through
    them: they lock."""
    own_last = {file.name: file for folder in (FOLDER, FOLDER / engine) for file in folder.glob("*.sql")}
    left_out = athena.WAREHOUSE_ONLY if engine == "athena" else ()
    everything = [file for name, file in sorted(own_last.items()) if name not in left_out]
    if not prefixes:
        procedures = (FOLDER / "redshift" / "80_procedures.sql").read_text() if engine == "redshift" else ""
        taken_in = {name for name, _ in INCLUDED.findall(procedures)}
        return [file for file in everything if file.name[0].isdigit() and file.name not in taken_in]
    for prefix in prefixes:
        if not any(file.name.startswith(prefix) for file in everything):
            raise SystemExit(f"{FOLDER}: no file for {engine} begins with {prefix!r}; {FOLDER / 'README.md'} lists them")
    return [file for prefix in prefixes for file in everything if file.name.startswith(prefix)]


def render(file: Path, values: dict[str, str], engine: str = "redshift") -> str:
    """The text of `file` with settings filled in, as `engine` understands it. `${11_load.sql}` stands for that file,
    `${11_load.sql load_from=current_date}` with a setting changed."""
    def value(match: re.Match) -> str:
        if match[1] not in values:
            line = file.read_text().partition(match[0])[0].count("\n") + 1
            raise SystemExit(f"{file}:{line}: {match[0]} is not set; add it to {SETTINGS} or as {match[1]}=value")
        return values[match[1]]

    def included(match: re.Match) -> str:
        change = dict([match[2].split("=", 1)]) if match[2] else {}
        return render(FOLDER / match[1], values | change, "redshift")

    text = INCLUDED.sub(included, file.read_text())
    if engine != "redshift":
        text = without_redshift_clauses(text)
    if engine == "athena" and file.parent == FOLDER:
        tables = athena.columns(statements((FOLDER / "20_tables.sql").read_text()) + statements(text))
        text = "".join(f"{statement};\n\n" for statement in athena.translated(statements(text), tables))
    return re.sub(r"\$\{(\w+)\}", value, text)


def without_redshift_clauses(text: str) -> str:
    """What PostgreSQL and DuckDB lack and do not need: how a table lies on disks, and views that bind late."""
    text = re.sub(r"\n(diststyle|distkey|sortkey)\b[^;]*;", ";", text)
    return text.replace("\nwith no schema binding", "")


def statements(text: str) -> list[str]:
    """The statements of `text`; a `;` ends one where it ends a line outside $$ … $$."""
    parts, quoted = [[]], False
    for line in text.splitlines():
        parts[-1].append(line)
        quoted ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not quoted:
            parts.append([])
    whole = ("\n".join(part).strip().removesuffix(";") for part in parts)
    return [part for part in whole if without_comments(part)]


def without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text).strip()


def lake_columns(values: dict[str, str]) -> dict[str, str]:
    """Name and type of every column of the external table, partition keys last."""
    text = render(FOLDER / "redshift" / "external_table.sql", values)
    return dict(re.findall(r'"(\w+)" (\w+(?:\([\d,]+\))?)', text))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--engine", choices=ENGINES, default="redshift")
    parser.add_argument("words", nargs="*", metavar="FILE|NAME=VALUE", help="how files' names begin; settings to change")
    args = parser.parse_args()
    changes = dict(word.split("=", 1) for word in args.words if "=" in word)
    if "person_id" in changes:  # stands between quotes in erase.sql, and comes from outside
        changes["person_id"] = changes["person_id"].replace("'", "''")
    for file in files(args.engine, [word for word in args.words if "=" not in word]):
        sys.stdout.write(render(file, settings(**changes), args.engine) + "\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.stderr.close()
