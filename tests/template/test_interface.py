def test_parameters_explain_themselves(template):
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].strip(), name
        assert parameter["ConstraintDescription"].startswith("must be"), name
        assert "AllowedValues" in parameter or {"MinValue", "MaxValue"} <= set(parameter), name


def test_every_parameter_has_a_default(template):
    assert all("Default" in parameter for parameter in template["Parameters"].values())


def test_outputs_say_what_producers_and_readers_need(template):
    assert set(template["Outputs"]) == {
        "StreamName",
        "StreamArn",
        "EventsBucketName",
        "BackupBucketName",
        "TransformAliasArn",
    }
    assert all(output["Description"] for output in template["Outputs"].values())
