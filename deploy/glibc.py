"""Refuses a binary that needs a newer glibc than the Lambda runtime has: it would not even start.

    python deploy/glibc.py .aws-sam/dev/TransformFunction/bootstrap ...
"""

import re
import subprocess
import sys

AL2023 = (2, 34)  # Amazon Linux 2023, and with it provided.al2023, has glibc 2.34


def newest(symbols: str) -> tuple[int, ...]:
    """The newest glibc version among a binary's dynamic symbols, as objdump lists them."""
    versions = [tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([0-9.]+)", symbols)]
    assert versions, "no glibc symbol at all: is it a dynamic executable?"
    return max(versions)


def needed(binary: str) -> tuple[int, ...]:
    return newest(subprocess.run(["objdump", "-T", binary], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for binary in sys.argv[1:]:
        version = ".".join(map(str, needed(binary)))
        print(f"{binary}: glibc {version}")
        if needed(binary) > AL2023:
            sys.exit(f"{binary} needs glibc {version}; Amazon Linux 2023 has 2.34. Build it with cargo-lambda.")


if __name__ == "__main__":
    main()
