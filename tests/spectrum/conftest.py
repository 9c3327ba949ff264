import ipaddress
import json
import logging
import os
import ssl
import threading
import urllib.request
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest
from catalogue import CREDENTIALS, REGION, Catalogue, serve
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from emulator import serving
from events_table import DATABASE, LOCATION, ROOT, TABLE, table_input
from moto.server import ThreadedMotoServer

# The artefact that is deployed; or, while working on it, another build.
BOOTSTRAP = os.environ.get("CLICKSTREAM_PARTITIONS", ROOT / "target/lambda/partitions/bootstrap")


@pytest.fixture(scope="session")
def moto():
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else a failure is told under thousands of requests
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(moto):
    """A boto3 client of a service, empty at the beginning of a test."""
    urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST"))
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return lambda service: boto3.client(service, endpoint_url=moto, region_name=REGION, **keys)


@pytest.fixture
def glue(client):
    """Glue with the table of the events."""
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    glue.create_table(DatabaseName=DATABASE, TableInput=table_input())
    return glue


@pytest.fixture
def catalogue(glue, moto):
    """The Glue API that the function calls. That a call breaks AWS's terms fails the test."""
    catalogue = Catalogue(moto, LOCATION)
    server = serve(catalogue)
    yield catalogue
    server.shutdown()
    server.server_close()
    assert catalogue.violations == []


class Function:
    """The built binary, running under Lambda's emulator."""

    def __init__(self, url: str, log: Path):
        self._url, self._log = url, log

    def __call__(self, event=None) -> dict:
        with urllib.request.urlopen(self._url, json.dumps(event).encode()) as answer:
            return json.load(answer)

    def at(self, time: str) -> dict:
        return self({"time": time})

    def metrics(self) -> list[dict]:
        """The lines in embedded metric format, one for each invocation."""
        return [json.loads(line) for line in self.log().splitlines() if '"_aws"' in line]

    def log(self) -> str:
        return self._log.read_text()


@pytest.fixture
def partitions(catalogue, tmp_path):
    """Starts the function, with these variables beside those that it needs."""
    with ExitStack() as stack:

        def start(**variables) -> Function:
            log = tmp_path / f"function-{len(list(tmp_path.iterdir()))}.log"
            return stack.enter_context(function(log, catalogue.url, **variables))

        yield start


@contextmanager
def function(log: Path, url: str, **variables):
    environment = {
        "GLUE_DATABASE": DATABASE,
        "GLUE_TABLE": TABLE,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
        "AWS_SESSION_TOKEN": CREDENTIALS.token,
        "AWS_ENDPOINT_URL_GLUE": url,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "300",
    }
    with log.open("w") as output, serving(BOOTSTRAP, log=output, **environment | variables) as url:
        yield Function(url, log)


@pytest.fixture
def registered(glue):
    """The partitions in the catalogue, whole, by their values."""

    def registered() -> dict[tuple, dict]:
        pages = glue.get_paginator("get_partitions").paginate(DatabaseName=DATABASE, TableName=TABLE)
        return {tuple(one["Values"]): one for page in pages for one in page["Partitions"]}

    return registered


@pytest.fixture
def impostor(tmp_path):
    """An HTTPS server on loopback with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "impostor.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "impostor.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            server.requests.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = []
    server.url = f"https://127.0.0.1:{server.server_port}"
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
