"""Mail, mailboxes and newsletters → their stories."""

from broadsheet.ingest.formats.mail.reader import read

__all__ = ["read"]
