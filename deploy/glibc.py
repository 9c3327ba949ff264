"""Refuses a binary that needs a newer glibc than the Lambda runtime has: it would not even start.

    python deploy/glibc.py .aws-sam/dev/TransformFunction/bootstrap ...
"""

import re
import subprocess
import sys

AL2023 = (2, 34)  # Amazon Linux 2023, and with it provided.al2023, has glibc 2.34


def newest(symbols: str) -> tuple[int, ...]:
    """The newest glibc version among a binary's dynamic symbols, as objdump lists them; empty if there is none."""
    versions = [tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([0-9.]+)", symbols)]
    return max(versions, default=())


def needed(binary: str) -> tuple[int, ...]:
    try:
        listed = subprocess.run(["objdump", "-T", binary], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit("objdump is not installed: it comes with binutils")
    version = newest(listed.stdout)
    if not version:
        sys.exit(f"{binary}: no glibc symbol in it; is it built? {listed.stderr.strip()}")
    return version


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for binary in sys.argv[1:]:
        newest_needed = needed(binary)
        version = ".".join(map(str, newest_needed))
        print(f"{binary}: glibc {version}")
        if newest_needed > AL2023:
            sys.exit(f"{binary} needs glibc {version}; Amazon Linux 2023 has 2.34. Build it with cargo-lambda.")


if __name__ == "__main__":
    main()
