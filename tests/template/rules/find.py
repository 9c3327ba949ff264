"""Ways to find things among the resources of a translated template."""


def of_type(resources, resource_type):
    """Logical id -> properties of every resource of the type."""
    return {name: r.get("Properties", {}) for name, r in resources.items() if r["Type"] == resource_type}


def stream(resources):
    (properties,) = of_type(resources, "AWS::KinesisFirehose::DeliveryStream").values()
    return properties


def destination(resources):
    return stream(resources)["ExtendedS3DestinationConfiguration"]


def backup(resources):
    return destination(resources).get("S3BackupConfiguration", {})


def writers(resources):
    """The two parts of the stream that write objects and logs."""
    return {"destination": destination(resources), "backup": backup(resources)}


def lambda_processors(resources):
    configuration = destination(resources).get("ProcessingConfiguration", {})
    return [p for p in configuration.get("Processors", []) if p["Type"] == "Lambda"]


def lambda_parameters(resources):
    """Name -> value over the Lambda processors; there should be one."""
    return {
        parameter["ParameterName"]: parameter["ParameterValue"]
        for processor in lambda_processors(resources)
        for parameter in processor.get("Parameters", [])
    }


def target(value):
    """The logical id that a Ref or a GetAtt names; None for anything else."""
    if isinstance(value, dict) and len(value) == 1:
        if "Ref" in value:
            return value["Ref"]
        if "Fn::GetAtt" in value:
            attribute = value["Fn::GetAtt"]
            return attribute.split(".")[0] if isinstance(attribute, str) else attribute[0]
    return None


def text(value):
    """A Ref, GetAtt or Sub written the way Sub writes it, so that two ARNs can be compared."""
    if not isinstance(value, dict):
        return str(value)
    ((function, argument),) = value.items()
    if function == "Ref":
        return f"${{{argument}}}"
    if function == "Fn::GetAtt":
        return f"${{{argument if isinstance(argument, str) else '.'.join(argument)}}}"
    if function == "Fn::Sub" and isinstance(argument, str):
        return argument
    return str(value)


def as_list(value):
    return value if isinstance(value, list) else [value]
