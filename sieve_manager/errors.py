"""Every error that leaves a room of Sieve Manager, in one tree.

::

    SieveManagerError
    ├── InvalidInputError            what a person typed is not usable; says where
    ├── SettingsError                the configuration is wrong; names the key
    ├── PolicyRefusedError           findings of severity "refuse"; nothing was written
    ├── NotAllowedError              the role of who acts does not allow it; nothing was written
    ├── ChangedMeanwhileError        somebody else changed the scripts since they were loaded
    ├── MailboxBusyError             another writer of ours holds the mailbox's lock (retryable)
    ├── VersionNotFoundError         no such entry in the history
    ├── CaseNotFoundError            no such case
    ├── StorageError                 our own database failed
    ├── DirectoryError               the directory is away or not as configured (retryable)
    ├── SaveFailedError              a step of publishing failed; says which and what is now there
    ├── SingleSignOnError            the OpenID provider vouches for nobody; says why
    ├── NoticeError                  a mail of ours could not be sent (retryable)
    ├── FolderError                  IMAP could not list or create a folder
    └── ServerError                  the ManageSieve (or IMAP) server, or the way to it
        ├── UnreachableError         no connection, or it broke before an answer (retryable)
        ├── TemporaryError           the server asks to try later (retryable)
        ├── TlsError                 no TLS, or a certificate that is not trusted
        ├── SignInRefusedError       user name or password refused
        │   └── AccountDisabledError the mailbox is missing or closed for sign-in
        ├── NotPermittedError        signed in, but not allowed to do this
        ├── ScriptRefusedError       the script does not compile there; holds the server's words
        ├── QuotaError               too many scripts, too large, or no room; says which
        ├── ScriptNotFoundError      no script of that name
        ├── ScriptExistsError        a script of that name is there already
        ├── ScriptIsActiveError      the active script cannot be deleted
        ├── RefusedError             NO for a reason that has no code of its own
        ├── ProtocolBrokenError      the peer does not speak RFC 5804; the connection is closed
        └── OutcomeUnknownError      cut off after a change was sent; read again to settle
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class SieveManagerError(Exception):
    """Base of all; *retryable* says whether the same call may succeed later."""

    retryable = False


class InvalidInputError(SieveManagerError):
    """What somebody typed cannot be used; *where* is the field, *code* a stable reason.

    *template* with its ``{facts}`` is the English sentence; pages translate the template and
    then fill in the facts, so what was typed stays data.
    """

    def __init__(
        self, template: str, *, where: str = "", code: str = "invalid", **facts: str
    ) -> None:
        super().__init__(template.format(**facts))
        self.template = template
        self.where = where
        self.code = code
        self.facts = facts


class SettingsError(SieveManagerError):
    """The configuration is wrong; *key* is its dotted name."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.key = key


class PolicyRefusedError(SieveManagerError):
    """The plan has findings that refuse it; *messages* are theirs, in English."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = tuple(messages)


class NotAllowedError(SieveManagerError):
    """The role of who acts does not allow this; *code* is a stable reason.

    *template* and *facts* make the sentence, as for InvalidInputError.
    """

    def __init__(self, template: str, *, code: str, facts: Mapping[str, str]) -> None:
        super().__init__(template.format(**facts))
        self.template = template
        self.code = code
        self.facts = facts


class ChangedMeanwhileError(SieveManagerError):
    """The scripts on the server are no longer those that were loaded; nothing was written."""


class MailboxBusyError(SieveManagerError):
    """Another writer of ours is at this mailbox; nothing was written."""

    retryable = True


class VersionNotFoundError(SieveManagerError):
    """The history holds no such version for this mailbox."""


class CaseNotFoundError(SieveManagerError):
    """There is no such case, or not for whoever asks."""


class StorageError(SieveManagerError):
    """Our database failed."""

    retryable = True


class RelayError(StorageError):
    """What the mail server looks redirect addresses up in could not be written, or differs."""


class DirectoryError(SieveManagerError):
    """The directory did not answer, or cannot be asked as it is configured."""

    retryable = True


class WhyNot(StrEnum):
    """Why a single sign-on came to nothing."""

    UNREACHABLE = "unreachable"  # the provider does not answer
    BROKEN = "broken"  # what it answered is not what it must be
    DECLINED = "declined"  # there, somebody said no
    STALE = "stale"  # not the answer to a question that this browser asked lately
    UNVERIFIED = "unverified"  # the provider has not verified the address
    UNKNOWN = "unknown"  # no mailbox here, or not an open one
    STAFF_ONLY = "staff_only"  # owners sign in with their password


class SingleSignOnError(SieveManagerError):
    """The OpenID provider vouches for nobody, or for nobody here; *why* says which."""

    def __init__(self, message: str, why: WhyNot = WhyNot.BROKEN) -> None:
        super().__init__(message)
        self.why = why


class NoticeError(SieveManagerError):
    """A mail of ours could not be handed to the configured SMTP server."""

    retryable = True


class FolderError(SieveManagerError):
    """The IMAP server could not list or create a folder; *folder* names it."""

    def __init__(self, message: str, *, folder: str = "") -> None:
        super().__init__(message)
        self.folder = folder


class ServerError(SieveManagerError):
    """The mail server, or the way to it; *server_text* is what it said, if anything."""

    def __init__(self, message: str, *, server_text: str = "") -> None:
        super().__init__(f"{message}: {server_text}" if server_text else message)
        self.message = message
        self.server_text = server_text

    def forget_words(self) -> None:
        """Keep what happened, and drop what the server said: it may quote a script's lines."""
        self.server_text = ""
        self.args = (self.message,)


class UnreachableError(ServerError):
    """No connection, or it ended before an answer; nothing was changed by this call."""

    retryable = True


class TemporaryError(ServerError):
    """The server asks to try again later (RFC 5804 §1.3 TRYLATER)."""

    retryable = True


class TlsError(ServerError):
    """TLS is not offered, failed, or the certificate is not trusted."""


class SignInRefusedError(ServerError):
    """The server refused the user name or the password."""


class AccountDisabledError(SignInRefusedError):
    """The credentials may be right, but the mailbox is missing or closed for sign-in."""


class NotPermittedError(ServerError):
    """Signed in, but this is not allowed."""


class ScriptRefusedError(ServerError):
    """The server's compiler refused the script; *server_text* says where and why."""


class Quota(StrEnum):
    """Which limit was met (RFC 5804 §1.3)."""

    MAXSCRIPTS = "MAXSCRIPTS"
    MAXSIZE = "MAXSIZE"
    STORAGE = "STORAGE"


class QuotaError(ServerError):
    """A limit of the server on scripts; *quota* says which."""

    def __init__(self, message: str, *, quota: Quota, server_text: str = "") -> None:
        super().__init__(message, server_text=server_text)
        self.quota = quota


class ScriptNotFoundError(ServerError):
    """The mailbox has no script of that name."""


class ScriptExistsError(ServerError):
    """A script of that name exists already."""


class ScriptIsActiveError(ServerError):
    """The active script cannot be deleted (RFC 5804 §2.10)."""


class RefusedError(ServerError):
    """The server said NO for a reason that has no code of its own."""


class ProtocolBrokenError(ServerError):
    """What the peer sent is not RFC 5804, or exceeds our limits; the connection is closed."""


class OutcomeUnknownError(ServerError):
    """The connection ended after a change was sent and before the answer: read again."""


class Outcome(StrEnum):
    """What is on the server after a failed save."""

    UNCHANGED = "unchanged"
    SAVED = "saved"
    UNKNOWN = "unknown"


class SaveFailedError(SieveManagerError):
    """A step of publishing failed.

    *step* names it; *outcome* says what was read back from the server afterwards; *cause* is
    the server's error.
    """

    def __init__(self, *, step: str, outcome: Outcome, cause: SieveManagerError) -> None:
        super().__init__(f"{step}: {cause}")
        self.step = step
        self.outcome = outcome
        self.cause = cause
        self.retryable = cause.retryable

    def forget_words(self) -> None:
        """As for the ServerError that is the cause."""
        if isinstance(self.cause, ServerError):
            self.cause.forget_words()
        self.args = (f"{self.step}: {self.cause}",)
