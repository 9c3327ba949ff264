"""What roles allow, spelt so that it can be compared."""

from .find import as_list, destination, of_type, target, text


def roles(resources):
    return of_type(resources, "AWS::IAM::Role")


def statements(role):
    return [s for p in role.get("Policies", []) for s in as_list(p["PolicyDocument"]["Statement"])]


def allowed(role):
    """(action, resource) for all that the role allows."""
    return {
        (action, text(resource))
        for statement in statements(role)
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def of_service(role, service):
    return {(action, thing) for action, thing in allowed(role) if action.startswith(f"{service}:")}


def on(actions, things):
    return {(action, thing) for action in actions for thing in things}


def differences(want, have):
    return [f"missing: {a} on {r}" for a, r in sorted(want - have)] + [
        f"too much: {a} on {r}" for a, r in sorted(have - want)
    ]


def stream_role(resources):
    return roles(resources).get(target(destination(resources).get("RoleARN")), {})


def conditions(role, want):
    """Whether the role may be taken on just so."""
    (statement,) = role.get("AssumeRolePolicyDocument", {}).get("Statement", [{}])
    have = statement.get("Condition")
    return [] if have == want else [f"may be assumed if {have}, want {want}"]
