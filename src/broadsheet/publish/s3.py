"""A bucket as a target: S3, or any service that speaks its language.

In: a bundle. Out: objects with their media types and cache headers, step by step, several at once. Secrets are looked
for where the AWS tools do: in the environment, in their own files, in the machine's role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from broadsheet.config.targets import S3Target
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.publish.bundle import (
    Bundle,
    Changes,
    DigestKind,
    Progress,
    TargetState,
    caching,
    media_type,
    refuse_sources,
    steps,
)
from broadsheet.publish.program import quiet

AT_ONCE = 8
_BATCH = 1000  # objects that one request may delete
_TRIES = 5


class S3:
    """A bucket, or what begins with a prefix in it. Raises BroadsheetError (``extra-missing``) without boto3."""

    digest: DigestKind = (
        "md5"  # the ETag of an object that was sent in one piece, unless the bucket encrypts with its own keys
    )

    def __init__(self, settings: S3Target) -> None:
        self.extras: dict[str, bytes] = {}
        self._bucket = settings.bucket
        self._prefix = f"{settings.prefix.strip('/')}/" if settings.prefix.strip("/") else ""
        self._shown = f"s3://{self._bucket}/{self._prefix}"
        self._client = _client(settings, self._shown)

    def there(self, _bundle: Bundle) -> TargetState:
        """The objects that begin with the prefix, by their ETags."""
        files = dict(self._try(lambda: list(self._listed())))
        refuse_sources(files, self._shown)
        return TargetState(files)

    def send(self, bundle: Bundle, changes: Changes, tell: Progress) -> None:
        """Put what changes, step by step, then delete what is gone. Raises BroadsheetError (``target-s3``)."""
        total = len(changes.new) + len(changes.changed)
        sent = 0
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for step in steps(changes):
                waiting = [threads.submit(self._put, bundle, path) for path in step]
                try:
                    for one in waiting:
                        one.result()
                        sent += 1
                        tell("publishing", sent, total)
                except BaseException:
                    for one in waiting:
                        one.cancel()
                    raise
        for start in range(0, len(changes.gone), _BATCH):
            self._delete(changes.gone[start : start + _BATCH])

    def _listed(self) -> Iterator[tuple[str, str]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix):
            for found in page.get("Contents", ()):
                if not found["Key"].endswith("/"):  # what consoles make to show a folder
                    yield found["Key"].removeprefix(self._prefix), found["ETag"].strip('"')

    def _put(self, bundle: Bundle, path: str) -> None:
        data = bundle.read(path)
        self._try(
            lambda: self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + path,
                Body=data,
                ContentType=media_type(path),
                CacheControl=caching(path),
            )
        )

    def _delete(self, paths: Sequence[str]) -> None:
        objects = [{"Key": self._prefix + path} for path in paths]
        said = self._try(
            lambda: self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})
        )
        for wrong in said.get("Errors", ())[:1]:
            raise fail("target-s3", f"cannot delete {wrong.get('Key')}: {wrong.get('Message')}", Place(self._shown))

    def _try(self, deed: Callable[[], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return deed()
        except (BotoCoreError, ClientError) as cause:
            raise _failed(cause, self._shown) from None  # what it came from may hold the request, with its signature


def _client(settings: S3Target, shown: str) -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as cause:
        hint = "pip install 'broadsheet[s3]'"
        raise fail("extra-missing", "publishing to S3 needs boto3", Place(shown), hint) from cause
    config = Config(
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=AT_ONCE,
        retries={"mode": "standard", "max_attempts": _TRIES},
        request_checksum_calculation="when_required",  # other services than Amazon's refuse what they do not know
        response_checksum_validation="when_required",
    )
    try:
        session = boto3.session.Session(profile_name=settings.profile or None, region_name=settings.region or None)
        return session.client("s3", endpoint_url=settings.endpoint or None, config=config)
    except (BotoCoreError, ValueError) as cause:
        raise _failed(cause, shown) from None


def _failed(cause: Exception, shown: str) -> BroadsheetError:
    if type(cause).__name__ in ("NoCredentialsError", "PartialCredentialsError"):
        message = "no credentials were found"
        hint = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with the AWS tools."
    else:
        said = getattr(cause, "response", {}).get("Error", {})  # without it: no server answered
        words = f"{said['Message']} ({said.get('Code', '')})" if said.get("Message") else str(cause)
        message = quiet(words)
        hint = "Check bucket, endpoint and region in the settings, and what the key may do: list, put, delete."
    return fail("target-s3", message, Place(shown), hint)
