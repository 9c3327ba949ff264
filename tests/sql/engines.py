"""The two databases that run the kit's SQL in tests."""

import sys
from pathlib import Path

import duckdb
import psycopg
from server import PostgresServer

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
            self.run_file(file, **changes)

    def run_file(self, file: Path, **changes: str) -> None:
        for statement in kit.statements(kit.render(file, self.values | changes, self.name)):
            self.execute(statement)

    def rows(self, table: str, columns: str = "*") -> list[tuple]:
        """A table of the kit's, sorted."""
        return sorted(self.query(f"select {columns} from {self.values['schema']}.{table}"), key=repr)

    def empty_lake(self) -> None:
        """The external table, and what the database lacks of Redshift."""
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kit.lake_columns(self.values).items())
        self.execute(f"create schema {self.values['external_schema']}")
        self.execute(f"create table {self.values['external_schema']}.events ({columns})")
        self.run("00")

    def begin(self) -> None:
        """An empty warehouse beside an empty lake."""
        self.empty_lake()
        self.run("05", "10", "12", "20", "21", "31_turns", "34", "62")

    def place_boundary(self, hot_from: str) -> None:
        """The boundary as if the warehouse had been set up with it."""
        self.execute(f"update {self.values['schema']}.boundary set hot_from = date '{hot_from}'")
        self.run("12", hot_from=hot_from)

    def close(self) -> None:
        raise NotImplementedError


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

    def close(self) -> None:
        self.connection.close()


class PostgreSQL(Engine):
    name = "postgresql"

    def __init__(self, server: PostgresServer, **changes: str):
        super().__init__(**changes)
        self.connection = psycopg.connect(server.new_database(), autocommit=True)
        self.connection.execute("set timezone = 'UTC'")
        # Tables are filled and read in one go, so there are no statistics, and without them it would loop.
        self.connection.execute("set enable_nestloop = off")

    def execute(self, text: str) -> None:
        self.connection.execute(text)

    def query(self, text: str) -> list[tuple]:
        return self.connection.execute(text).fetchall()

    def close(self) -> None:
        self.connection.close()
