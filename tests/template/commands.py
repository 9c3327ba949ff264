"""The command line tools, as installed beside this Python or found on PATH."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import stack


def run(tool, *arguments):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    executable = shutil.which(tool, path=path)
    assert executable, f"{tool} is not installed; requirements.txt names it"
    return subprocess.run([executable, *arguments], cwd=stack.ROOT, capture_output=True, text=True, check=False)


def cfn_lint(template, folder):
    """Rule codes and messages that cfn-lint has against the template."""
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    result = run("cfn-lint", "--format", "json", "--regions", stack.REGION, "--template", str(file))
    return [f"{found['Rule']['Id']} {found['Message']}" for found in json.loads(result.stdout)]
