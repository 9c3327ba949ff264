"""Calls AWS. What goes wrong there ends the program with what to do about it, not with a traceback."""

import sys
from collections.abc import Callable

from botocore import exceptions

# What AWS calls credentials that are wrong or old, and what it calls a right that is missing.
REFUSED = {
    *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException"),
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"),
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
ABSENT = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.SSOError,
)


def run(main: Callable[[], None]) -> None:
    """Runs a program."""
    try:
        main()
    except ABSENT as error:
        sys.exit(f"{error}\nLog in (`aws sso login`, or `aws configure`), or name a profile: export AWS_PROFILE=...")
    except exceptions.NoRegionError:
        sys.exit("It is not said in which region: export AWS_DEFAULT_REGION=..., or give your profile one.")
    except exceptions.ClientError as error:
        sys.exit(f"{error}{remedy(error.response['Error'].get('Code', ''))}")
    except exceptions.BotoCoreError as error:  # no such profile, no way to the service, a service that does not answer
        sys.exit(str(error))


def remedy(code: str) -> str:
    if code in REFUSED:
        return "\nThese credentials are wrong or have expired: log in again."
    if code in DENIED:
        return "\nWhoever you are logged in as may not do this; docs/deploy.md says what a deploy needs."
    return ""
