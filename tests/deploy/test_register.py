"""Registering after a deploy fails where the function does."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from names import STACK


@pytest.fixture
def function(environment, in_background):
    """Answers every invocation in the place of Lambda, and notes it."""
    asked = []

    def start(answer, error=False):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                if error:
                    self.send_header("X-Amz-Function-Error", "Unhandled")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.timeout = 0.1
        environment["AWS_ENDPOINT_URL_LAMBDA"] = f"http://127.0.0.1:{server.server_port}"

        def serve(over):
            while not over.is_set():
                server.handle_request()
            server.server_close()

        in_background(serve)
        return asked

    return start


def test_the_function_is_invoked_for_now_and_its_answer_shown(stack, function, script):
    asked = function({"wanted": 310, "registered": 31, "failed": 0})
    result = script("register.py", STACK)
    assert result.returncode == 0, result.stderr
    assert '"registered": 31' in result.stdout
    assert asked == [("/2015-03-31/functions/partitions/invocations", b"{}")]


def test_a_function_that_fails_fails_the_deploy(stack, function, script):
    function({"errorType": "Error", "errorMessage": "not registered (AccessDenied): all 310"}, error=True)
    result = script("register.py", STACK)
    assert result.returncode == 1
    assert "partitions: not registered (AccessDenied): all 310" in result.stderr
