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
    """The resources by logical id, every Ref to a parameter replaced by the override or the default."""
    values = parameters(translated, **overrides)

    def filled(node):
        if isinstance(node, dict):
            if set(node) == {"Ref"} and node["Ref"] in values:
                return values[node["Ref"]]
            return {key: filled(value) for key, value in node.items()}
        if isinstance(node, list):
            return [filled(value) for value in node]
        return node

    return filled(translated["Resources"])
