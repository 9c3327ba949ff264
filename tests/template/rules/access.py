"""Who may be what: roles, and the ways in beside them."""

import re

from .find import of_type, stream, target, writers
from .roles import allowed, conditions, roles, statements, stream_role


def one_role_does_all_that_the_stream_does(resources):
    names = {target(writer.get("RoleARN")) for writer in writers(resources).values()}
    names |= {target(s.get("RoleARN")) for s in [stream(resources).get("KinesisStreamSourceConfiguration")] if s}
    return [] if len(names) == 1 and names <= set(roles(resources)) else [f"roles of the stream: {names}"]


def nobody_is_allowed_a_wildcard(resources):
    problems = []
    for name, role in roles(resources).items():
        problems += [f"{name} has managed policy {arn}" for arn in role.get("ManagedPolicyArns", [])]
        problems += [
            f"{name} may {action} on {resource}"
            for action, resource in sorted(allowed(role))
            if "*" in action or not is_named(resource)
        ]
    return problems


def is_named(resource):
    """A star may only end a path below something of this stack: `${EventsBucket.Arn}/events/*`."""
    return re.fullmatch(r"[^*?]+|\$\{\w+\.Arn\}/([\w-]+/)*\*", resource)


def policies_allow_what_they_name(resources):
    """Not all but what they name: that would be nearly everything. And they deny nothing: what a role may not do, it is not
    allowed."""
    return [
        f"{name}: {statement}"
        for name, role in roles(resources).items()
        for statement in statements(role)
        if statement.get("Effect") != "Allow" or set(statement) - {"Sid", "Condition"} != {"Effect", "Action", "Resource"}
    ]


def policies_are_part_of_their_roles(resources):
    """As a resource of its own a policy may come after the stream, which is refused for the lack of it."""
    kinds = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
    return [f"{name} is a policy outside its role" for kind in kinds for name in of_type(resources, kind)]


def nobody_outside_may_invoke_a_function(resources):
    """Firehose and the schedule do it in roles of this stack, so no function needs a policy or an address of its own."""
    kinds = ("AWS::Lambda::Permission", "AWS::Lambda::Url", "AWS::Lambda::EventSourceMapping")
    return [f"{name} lets others invoke a function" for kind in kinds for name in of_type(resources, kind)]


def only_firehose_for_this_account_assumes_the_stream_role(resources):
    return conditions(stream_role(resources), {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}})


def roles_are_for_services(resources):
    want = {
        "TransformRole": "lambda.amazonaws.com",
        "PartitionsRole": "lambda.amazonaws.com",
        "ScheduleRole": "scheduler.amazonaws.com",
        "StreamRole": "firehose.amazonaws.com",
        "SpectrumRole": ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"],
    }
    have = {
        name: [{**statement, "Condition": None} for statement in role["AssumeRolePolicyDocument"]["Statement"]]
        for name, role in roles(resources).items()
    }
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": None}
    return [
        f"{name}: {have.get(name)}, want {want.get(name)}"
        for name in sorted(want.keys() | have.keys())
        if have.get(name) != [trust | {"Principal": {"Service": want.get(name)}}]
    ]


RULES = [
    one_role_does_all_that_the_stream_does,
    nobody_is_allowed_a_wildcard,
    policies_allow_what_they_name,
    policies_are_part_of_their_roles,
    nobody_outside_may_invoke_a_function,
    only_firehose_for_this_account_assumes_the_stream_role,
    roles_are_for_services,
]
