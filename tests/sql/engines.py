"""The two databases that run the kit's SQL in tests."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg

sys.path.insert(0, str(Path(__file__).parents[2] / "sql"))
import kit  # noqa: E402


class Engine:
    """A database that understands the kit. `name` is one of kit.ENGINES."""

    name: str

    def __init__(self, **changes: str):
        self.values = kit.settings(**changes)

    def execute(self, text: str) -> None:
        raise NotImplementedError

    def query(self, text: str) -> list[tuple]:
        raise NotImplementedError

    def run(self, *prefixes: str, **changes: str) -> None:
        """Runs the kit's files whose names begin so."""
        for file in kit.files(self.name, list(prefixes)):
            for statement in kit.statements(kit.render(file, self.values | changes, self.name)):
                self.execute(statement)

    def rows(self, table: str, columns: str = "*") -> list[tuple]:
        """A table of the kit's, in the order of its columns."""
        return sorted(self.query(f"select {columns} from {self.values['schema']}.{table}"), key=repr)

    def begin(self) -> None:
        """An empty warehouse beside an empty lake."""
        schema, external = self.values["schema"], self.values["external_schema"]
        self.execute(f"create schema {external}")
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kit.lake_columns(self.values).items())
        self.execute(f"create table {external}.events ({columns})")
        self.run("00", "10", "12", "13" if self.name == "postgresql" else "12", "20", "21", "34")
        assert schema != external


class DuckDB(Engine):
    name = "duckdb"

    def __init__(self, **changes: str):
        super().__init__(**changes)
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 2")

    def execute(self, text: str) -> None:
        self.connection.execute(text)

    def query(self, text: str) -> list[tuple]:
        return self.connection.execute(text).fetchall()
