import pytest
from engines import DuckDB, PostgreSQL
from server import PostgresServer


@pytest.fixture(scope="session")
def server():
    running = PostgresServer()
    yield running
    running.stop()


@pytest.fixture(params=["duckdb", "postgresql"])
def engine(request):
    """An empty warehouse beside an empty lake, in each database in turn."""
    made = DuckDB() if request.param == "duckdb" else PostgreSQL(request.getfixturevalue("server"))
    made.begin()
    yield made
    made.close()
