import commands
import stack


def test_sam_finds_nothing_to_object_to():
    result = commands.run("sam", "validate", "--lint", "--template", "template.yaml", "--region", stack.REGION)
    assert result.returncode == 0, result.stdout + result.stderr


def test_plain_sam_validate_lints_by_itself():
    result = commands.run("sam", "validate")  # samconfig.toml supplies the region and the lint
    assert result.returncode == 0, result.stdout + result.stderr
    assert "basic SAM Validation" not in result.stdout + result.stderr


def test_the_translated_template_is_clean(translated, tmp_path):
    assert commands.cfn_lint(translated, tmp_path) == []


def test_the_nested_template_is_clean(tmp_path):
    assert commands.cfn_lint(stack.load("operations.yaml"), tmp_path) == []


def test_a_circle_shows_in_the_translated_template(template, tmp_path):
    """The reason for linting the translation: in the template itself cfn-lint does not see this one."""
    function = template["Resources"]["TransformFunction"]["Properties"]
    function["Environment"] = {"Variables": {"STREAM": {"Ref": "EventStream"}}}

    assert commands.cfn_lint(template, tmp_path) == []
    found = commands.cfn_lint(stack.translate(template), tmp_path)
    assert any(problem.startswith("E3004") for problem in found), found


def test_a_misspelt_property_of_the_stream_is_found(translated, tmp_path):
    s3 = translated["Resources"]["EventStream"]["Properties"]["ExtendedS3DestinationConfiguration"]
    s3["FileExtention"] = s3.pop("FileExtension")

    found = commands.cfn_lint(translated, tmp_path)
    assert any(problem.startswith("E3002") for problem in found), found
