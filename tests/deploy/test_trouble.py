"""What goes wrong with AWS is told with what to do about it, in each script that calls it, and never by a traceback."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest
from names import STACK

NOWHERE = {"HOME": "/nonexistent", "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}


@pytest.fixture(params=["register.py", "smoke.py"])
def told(request, script, environment, monkeypatch):
    """What a script ends with, in an environment without these variables and with those."""

    def told(*without, **variables):
        for name in without:
            monkeypatch.delenv(name)
            del environment[name]
        environment.update(variables)
        result = script(request.param, STACK)
        assert result.returncode == 1
        assert "Traceback" not in result.stderr
        return result.stderr

    return told


@pytest.fixture
def refusing(in_background):
    """A service that refuses every call with this code."""

    def start(code):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(400)
                self.end_headers()
                error = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
                self.wfile.write(f"<ErrorResponse>{error}</ErrorResponse>".encode())

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.timeout = 0.1

        def serve(over):
            while not over.is_set():
                server.handle_request()
            server.server_close()

        in_background(serve)
        return f"http://127.0.0.1:{server.server_port}"

    return start


def test_a_stack_of_another_template(stack, told):
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"StreamName": {"Value": "stream"}}}
    boto3.client("cloudformation").update_stack(StackName=STACK, TemplateBody=json.dumps(template))
    error = told()
    assert f"the stack {STACK} has no output DatabaseName or EventsBucketName" in error and "not one of template.yaml" in error


def test_no_credentials(told):
    assert "Log in (`aws sso login`" in told("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", **NOWHERE)


def test_half_of_the_credentials(told):
    error = told("AWS_SECRET_ACCESS_KEY", **NOWHERE)
    assert "missing: AWS_SECRET_ACCESS_KEY" in error and "Log in" in error


def test_no_region(told):
    assert "export AWS_DEFAULT_REGION=" in told("AWS_DEFAULT_REGION", **NOWHERE)


def test_no_such_profile(told):
    assert "The config profile (nobody) could not be found" in told(AWS_PROFILE="nobody", **NOWHERE)


def test_nobody_answers(told):
    assert "Could not connect to the endpoint" in told(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("ExpiredToken", "have expired: log in again"),
        ("AccessDenied", "docs/deploy.md says what a deploy needs"),
        ("ValidationError", "Is it deployed, and is this the right account and region?"),
        ("InternalFailure", "InternalFailure"),
    ],
)
def test_aws_refuses(code, remedy, told, refusing):
    assert remedy in told(AWS_ENDPOINT_URL=refusing(code), AWS_MAX_ATTEMPTS="1")
