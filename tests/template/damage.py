"""Small damages to the resources of a translated template; each returns a function that does it."""

S3 = "EventStream.Properties.ExtendedS3DestinationConfiguration"
BACKUP = f"{S3}.S3BackupConfiguration"
LAMBDA = f"{S3}.ProcessingConfiguration.Processors.0"


def walk(resources, path):
    node = resources
    for step in filter(None, path.split(".")):
        node = node[int(step) if isinstance(node, list) else step]
    return node


def parent_and_key(resources, path):
    head, _, last = path.rpartition(".")
    parent = walk(resources, head)
    return parent, int(last) if isinstance(parent, list) else last


def put(path, value):
    """Sets what is there, or what is not; the parent must be there."""

    def damage(resources):
        parent, key = parent_and_key(resources, path)
        parent[key] = value

    return damage


def remove(path):
    def damage(resources):
        parent, key = parent_and_key(resources, path)
        del parent[key]

    return damage


def append(path, value):
    return lambda resources: walk(resources, path).append(value)


def replace(path, old, new):
    """Replaces a piece of a text."""

    def damage(resources):
        parent, key = parent_and_key(resources, path)
        assert old in parent[key], f"{path} has no {old!r}"
        parent[key] = parent[key].replace(old, new)

    return damage


def put_parameter(name, value):
    """Changes a parameter of the Lambda processor."""

    def damage(resources):
        (parameter,) = [p for p in walk(resources, f"{LAMBDA}.Parameters") if p["ParameterName"] == name]
        parameter["ParameterValue"] = value

    return damage


def remove_parameter(name):
    def damage(resources):
        processor = walk(resources, LAMBDA)
        processor["Parameters"] = [p for p in processor["Parameters"] if p["ParameterName"] != name]

    return damage


def given(damage, **parameters):
    """The same damage to the stack that these parameters give."""

    def with_parameters(resources):
        damage(resources)

    with_parameters.parameters = parameters
    return with_parameters


def add_resource(name, resource):
    def damage(resources):
        assert name not in resources
        resources[name] = resource

    return damage
