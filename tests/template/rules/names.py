"""Names: dev and prod may share an account, and what is replaced stands beside its successor for a while."""

from .find import of_type

# What CloudFormation makes up a name for, and the property that would keep it from that. A role with a name of its own also
# needs another capability than samconfig.toml gives.
MADE_UP = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Scheduler::Schedule": "Name",
}


def what_cloudformation_can_name_has_no_name(resources):
    return [
        f"{name} is called {properties[key]}"
        for kind, key in MADE_UP.items()
        for name, properties in of_type(resources, kind).items()
        if key in properties
    ]


def other_names_are_those_of_the_stack(resources):
    """Of the account's names, that is; what lies within something of the stack may be called as it likes."""
    names = {name: group.get("LogGroupName") for name, group in of_type(resources, "AWS::Logs::LogGroup").items()}
    names |= {name: d.get("DashboardName") for name, d in of_type(resources, "AWS::CloudWatch::Dashboard").items()}
    names |= {name: d["DatabaseInput"].get("Name") for name, d in of_type(resources, "AWS::Glue::Database").items()}
    return [f"{name} is called {value}" for name, value in names.items() if value and "AWS::StackName" not in str(value)]


RULES = [what_cloudformation_can_name_has_no_name, other_names_are_those_of_the_stack]
