import copy

import pytest
import stack


@pytest.fixture(autouse=True)
def no_account(monkeypatch):
    """Nothing here may reach AWS: a region to compute with, and no way to find credentials."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", stack.REGION)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("SAM_CLI_TELEMETRY", "0")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def template():
    return stack.load()


@pytest.fixture(scope="session")
def translation():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", stack.REGION)
        return stack.translate(stack.load())


@pytest.fixture
def translated(translation):
    """For the test to change."""
    return copy.deepcopy(translation)


@pytest.fixture
def resources(translated):
    return stack.resources(translated)
