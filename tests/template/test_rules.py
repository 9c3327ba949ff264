import pytest
import stack
from rules import RULES


def problems(resources):
    return [f"{rule.__name__}: {problem}" for rule in RULES for problem in rule(resources)]


def extremes():
    """Every value that a parameter allows at its edges."""
    for name, parameter in stack.load()["Parameters"].items():
        for value in parameter.get("AllowedValues") or [parameter["MinValue"], parameter["MaxValue"]]:
            yield pytest.param(name, value, id=f"{name}={value}")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_template_keeps_the_rule(rule, resources):
    assert rule(resources) == []


@pytest.mark.parametrize(("name", "value"), list(extremes()))
def test_no_allowed_parameter_value_breaks_a_rule(name, value, translated):
    assert problems(stack.resources(translated, **{name: value})) == []
