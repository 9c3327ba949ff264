import pytest
import stack
from rules import RULES


def problems(resources):
    return [f"{rule.__name__}: {problem}" for rule in RULES for problem in rule(resources)]


def settings():
    for name, parameter in stack.load()["Parameters"].items():
        for value in stack.values(name, parameter):
            yield pytest.param({name: value}, id=f"{name}={value}")
    yield pytest.param(stack.EXAMPLES | {"OutputFormat": "Json", "EventRetentionInDays": 395}, id="all at once")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_template_keeps_the_rule(rule, resources):
    assert rule(resources) == []


@pytest.mark.parametrize("setting", list(settings()))
def test_no_allowed_parameter_value_breaks_a_rule(setting, translated):
    assert problems(stack.resources(translated, **setting)) == []
