"""The stack as CloudFormation sees it: translated from SAM, parameters replaced by their values, the nested stack put in."""

import copy
import functools
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"

# Values of the parameters that take any text of a pattern.
EXAMPLES = {
    "SourceStreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/clicks",
    "KmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-0000-4000-8000-00000000abcd",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:111122223333:on-call",
}


class NoManagedPolicies:
    """Stands in for the one thing that the translation would ask AWS for; no function here uses it."""

    def load(self):
        return {}


@functools.cache
def parsed(name):
    return yaml_parse((ROOT / name).read_text())


def load(name="template.yaml"):
    """The template, for the caller to change."""
    return copy.deepcopy(parsed(name))


def parameters(template, **overrides):
    defaults = {name: p["Default"] for name, p in template["Parameters"].items() if "Default" in p}
    return defaults | overrides


def values(name, parameter):
    """Every value that the parameter lists, or those at its edges, or none and an example."""
    if "AllowedPattern" in parameter:
        return ["", EXAMPLES[name]]
    return parameter.get("AllowedValues") or [parameter["MinValue"], parameter["MaxValue"]]


def translate(template, **overrides):
    """What the SAM transform makes of the template. The code counts as uploaded, as it is when AWS transforms."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/code.zip"
    return transform(template, parameters(template, **overrides), NoManagedPolicies())


def resources(translated, **overrides):
    """The resources by logical id, those of the nested stack among them; conditions decided."""
    own = filled(translated, parameters(translated, **overrides))
    nested = [r["Properties"] for r in own.values() if r["Type"] == "AWS::CloudFormation::Stack"]
    for properties in nested:
        inner = filled(parsed(properties["TemplateURL"]), properties["Parameters"])
        assert not set(inner) & set(own)
        own |= inner
    return own


def filled(template, given):
    """The template's resources with the given values for its parameters."""
    nothing = object()

    def holds(condition):
        match condition:
            case {"Condition": name}:
                return holds(template["Conditions"][name])
            case {"Fn::Not": [other]}:
                return not holds(other)
            case {"Fn::And": conditions}:
                return all(map(holds, conditions))
            case {"Fn::Equals": sides}:
                first, second = map(fill, sides)
                return str(first) == str(second)

    def fill(node):
        if isinstance(node, list):
            return [value for value in map(fill, node) if value is not nothing]
        if not isinstance(node, dict):
            return node
        match list(node.items()):
            case [("Ref", "AWS::NoValue")]:
                return nothing
            case [("Ref", name)] if name in given:
                return given[name]
            case [("Fn::If", [condition, yes, no])]:
                return fill(yes if holds({"Condition": condition}) else no)
        members = {key: fill(value) for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not nothing}

    there = template["Resources"].items()
    return {name: fill(r) for name, r in there if "Condition" not in r or holds({"Condition": r["Condition"]})}
