"""A Glue API over HTTP: moto, and before it a proxy that holds every call to AWS's terms, which moto does not.

Signatures are computed again by botocore; requests are held against the API model that botocore carries, lengths and
ranges included; partitions against the table that they belong to. The proxy also plays what a service does on bad days.
"""

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.validate import ParamValidator

REGION = "eu-west-1"
CREDENTIALS = Credentials("AKIDEXAMPLE", "a-secret", "a-session-token")
KEYS = ("event_type", "date")
MODEL = botocore.session.get_session().get_service_model("glue")


@dataclass
class Call:
    operation: str
    request: dict
    status: int = 200


@dataclass
class Refusal:
    """An error in place of an answer."""

    code: str
    status: int = 400
    message: str = "as the test wants it"


@dataclass
class Catalogue:
    """What the function calls, and what a test sees and does of it."""

    moto: str
    location: str
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    page: int = 1000
    """Partitions a page of GetPartitions has."""
    refuse: Callable[[str, dict], Refusal | None] = lambda operation, request: None
    """Refuses a call before it is made."""
    refuse_item: Callable[[str, tuple], str | None] = lambda operation, values: None
    """Refuses one partition of a batch: the error's code."""
    lose: Callable[[str], bool] = lambda operation: False
    """Whether a call is made but its answer lost."""
    hide: bool = False
    """Whether GetPartitions finds nothing: what a run sees that looks before another one registers."""

    def operations(self) -> list[str]:
        return [call.operation for call in self.calls]

    def answer(self, method: str, headers: dict, body: bytes) -> tuple[int, dict]:
        operation = headers["x-amz-target"].removeprefix("AWSGlue.")
        request = json.loads(body)
        self.violations += signature_violations(method, self.url, headers, body)
        self.violations += model_violations(operation, request)
        call = Call(operation, request)
        self.calls.append(call)
        if refusal := self.refuse(operation, request):
            call.status = refusal.status
            return refusal.status, {"__type": refusal.code, "message": refusal.message}
        match operation:
            case "GetPartitions":
                return self.get_partitions(request)
            case "BatchCreatePartition":
                self.violations += partition_violations(request["PartitionInputList"], self.location)
                return self.batch(operation, request, "PartitionInputList")
            case "BatchDeletePartition":
                return self.batch(operation, request, "PartitionsToDelete")
        return self.forward(operation, request)

    def get_partitions(self, request: dict) -> tuple[int, dict]:
        """moto answers all at once; AWS in pages."""
        begin = int(request.get("NextToken", 0))
        status, answer = self.forward("GetPartitions", {k: v for k, v in request.items() if k != "NextToken"})
        if status == 200:
            found = [] if self.hide else answer["Partitions"]
            answer = {"Partitions": found[begin : begin + self.page]}
            if begin + self.page < len(found):
                answer["NextToken"] = str(begin + self.page)
        return status, answer

    def batch(self, operation: str, request: dict, member: str) -> tuple[int, dict]:
        errors, allowed = [], []
        for item in request[member]:
            code = self.refuse_item(operation, tuple(item["Values"]))
            detail = {"ErrorCode": code, "ErrorMessage": "as the test wants it"}
            errors += [{"PartitionValues": item["Values"], "ErrorDetail": detail}] if code else []
            allowed += [] if code else [item]
        status, answer = self.forward(operation, request | {member: allowed})
        if self.lose(operation):
            return 500, {}
        return status, {"Errors": errors + answer.get("Errors", [])} if status == 200 else answer

    def forward(self, operation: str, request: dict) -> tuple[int, dict]:
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"AWSGlue.{operation}",
            # By this moto knows which service and region are meant.
            "authorization": f"AWS4-HMAC-SHA256 Credential=x/20261123/{REGION}/glue/aws4_request, SignedHeaders=, Signature=",
        }
        call = urllib.request.Request(self.moto, json.dumps(request).encode(), headers)
        try:
            with urllib.request.urlopen(call) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def signature_violations(method: str, url: str, headers: dict, body: bytes) -> list[str]:
    """The request signed once more, by botocore."""
    authorization = headers.get("authorization", "")
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=(\w+)", authorization)
    if not found:
        return [f"not signed: {authorization!r}"]
    credential, names, signature = found.groups()
    signed = names.split(";")
    request = AWSRequest(method, url + "/", {name: headers[name] for name in signed}, body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(CREDENTIALS, "glue", REGION)
    canonical = "\n".join(
        [
            method,
            "/",
            "",
            signer.canonical_headers(signer.headers_to_sign(request)),
            "",
            names,
            signer.payload(request),
        ]
    )
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    wrong = [f"{name} is not signed" for name in ("host", "x-amz-date", "x-amz-target") if name not in signed]
    wrong += [] if credential == signer.scope(request) else [f"signed for {credential}"]
    wrong += [] if headers.get("x-amz-security-token") == CREDENTIALS.token else ["no session token"]
    return wrong + ([] if signature == expected else ["the signature is another"])


def model_violations(operation: str, request: dict) -> list[str]:
    """What the API's own model says of a request."""
    shape = MODEL.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    return [f"{operation}: {told}" for told in [report.generate_report(), *too_much(request, shape)] if told]


def too_much(value, shape, name="request") -> list[str]:
    """Lengths and ranges above the model's maximum: botocore leaves these to the service."""
    size = value if shape.type_name in ("integer", "long") else len(value) if hasattr(value, "__len__") else 0
    most = shape.metadata.get("max")
    found = [f"{name} is {size}, above {most}"] if most is not None and size > most else []
    match shape.type_name:
        case "structure":
            for key, member in value.items():
                if key in shape.members:
                    found += too_much(member, shape.members[key], key)
        case "list":
            for member in value:
                found += too_much(member, shape.member, name)
    return found


def partition_violations(inputs: list[dict], location: str) -> list[str]:
    """What the table demands of its partitions; moto takes anything."""
    found, seen = [], set()
    for one in inputs:
        values = tuple(one["Values"])
        path = "".join(f"{key}={value}/" for key, value in zip(KEYS, values))
        if len(values) != len(KEYS):
            found.append(f"{values} are not the values of {KEYS}")
        elif not (re.fullmatch(r"[a-z][a-z0-9_]*", values[0]) and re.fullmatch(r"\d{4}-\d\d-\d\d", values[1])):
            found.append(f"{values} are no event type and date")
        elif one["StorageDescriptor"]["Location"] != location + path:
            found.append(f"{values} lie at {one['StorageDescriptor']['Location']}")
        if values in seen:
            found.append(f"{values} twice in one batch")
        seen.add(values)
    return found


def serve(catalogue: Catalogue) -> ThreadingHTTPServer:
    """Starts the proxy on a free loopback port; its `shutdown` ends it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = catalogue.answer("POST", headers, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    catalogue.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
