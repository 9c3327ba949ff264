"""The template as CloudFormation sees it: translated from SAM, parameters replaced by their values."""

import copy
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
REGION = "us-east-1"


class NoManagedPolicies:
    """Stands in for the one thing that the translation would ask AWS for; no function here uses it."""

    def load(self):
        return {}


def load():
    return yaml_parse(TEMPLATE.read_text())


def parameters(template, **overrides):
    return {name: p["Default"] for name, p in template["Parameters"].items()} | overrides


def translate(template, **overrides):
    """What the SAM transform makes of the template. The code counts as uploaded, as it is when AWS transforms."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/code.zip"
    return transform(template, parameters(template, **overrides), NoManagedPolicies())


def resources(translated, **overrides):
    """The resources by logical id: parameters replaced by the override or the default, conditions decided."""
    values = parameters(translated, **overrides)
    nothing = object()

    def filled(node):
        if isinstance(node, list):
            return [value for value in map(filled, node) if value is not nothing]
        if not isinstance(node, dict):
            return node
        match list(node.items()):
            case [("Ref", "AWS::NoValue")]:
                return nothing
            case [("Ref", name)] if name in values:
                return values[name]
            case [("Fn::Equals", sides)]:
                first, second = filled(sides)
                return first == second
            case [("Fn::If", [condition, yes, no])]:
                return filled(yes if filled(translated["Conditions"][condition]) else no)
        members = {key: filled(value) for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not nothing}

    return filled(translated["Resources"])
