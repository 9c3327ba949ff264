"""Names that a second stack would have, too."""

from damage import put
from rules import names

BREAKS = {
    names.what_cloudformation_can_name_has_no_name: {
        "a schedule's, as SAM makes it": put("PartitionsFunctionHourly.Properties.Name", "PartitionsFunctionHourly"),
        "a stream's": put("EventStream.Properties.DeliveryStreamName", {"Fn::Sub": "${AWS::StackName}-clicks"}),
        "a role's": put("StreamRole.Properties.RoleName", {"Fn::Sub": "${AWS::StackName}-stream"}),
        "a bucket's": put("EventsBucket.Properties.BucketName", "shop-events"),
    },
    names.other_names_are_those_of_the_stack: {
        "a log group's": put("StreamLogGroup.Properties.LogGroupName", "/aws/kinesisfirehose/clickstream"),
        "a dashboard's": put("Dashboard.Properties.DashboardName", "clickstream"),
        "a database's": put("EventsDatabase.Properties.DatabaseInput.Name", "clickstream"),
    },
}
