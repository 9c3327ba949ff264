"""What samconfig.toml says of a stage; ends with 1 where it says nothing, or what AWS would refuse.

    python deploy/stage.py dev stack        the name of its stack
    python deploy/stage.py dev overrides    the parameters of its stack
"""

import re
import sys
import tomllib
from pathlib import Path

SAMCONFIG = Path(__file__).parents[1] / "samconfig.toml"
# CloudFormation takes capitals, too; but the Glue database is named after the stack, and Glue makes capitals small: its
# name would not be the one that roles and queries have.
NAME = re.compile(r"[a-z][a-z0-9-]{0,127}")


def main() -> None:
    match sys.argv[1:]:
        case [stage, "stack"]:
            print(stack_of(settings_of(stage), stage))
        case [stage, "overrides"]:
            print(settings_of(stage)["parameter_overrides"])
        case _:
            sys.exit(__doc__)


def settings_of(stage: str) -> dict[str, str]:
    stages = tomllib.loads(SAMCONFIG.read_text())
    known = [name for name, commands in stages.items() if isinstance(commands, dict) and "deploy" in commands]
    if stage not in known:
        sys.exit(f"{SAMCONFIG.name} has no stage {stage}: say STAGE={' or STAGE='.join(known)}")
    return stages[stage]["global"]["parameters"]


def stack_of(settings: dict[str, str], stage: str) -> str:
    name = settings["stack_name"]
    if not NAME.fullmatch(name):
        sys.exit(
            f"{SAMCONFIG.name}, stage {stage}: the stack name {name} is not of small letters, digits and hyphens, a letter "
            "first. The Glue database is named after it, and Glue has no capitals."
        )
    return name


if __name__ == "__main__":
    main()
