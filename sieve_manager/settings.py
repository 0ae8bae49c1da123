"""The configuration: one TOML file and the environment, validated before anything starts.

Every value may also come from an environment variable, which wins over the file:
``SIEVE_MANAGER_MANAGESIEVE__HOST`` is ``[managesieve] host``. Nothing else of ours reads
``os.environ``. The keys are explained in docs/reference/configuration.md.
"""

import difflib
import os
import tomllib
import warnings
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariableError

from sieve_manager.errors import SettingsError
from sieve_manager.policy.policy import ConsentOf, Policy
from sieve_manager.settings_addresses import AddressesSection, PostfixSection
from sieve_manager.settings_audit import AuditSection
from sieve_manager.settings_cases import CasesSection
from sieve_manager.settings_directory import DirectoryKind, DirectorySection
from sieve_manager.settings_jobs import JobsSection
from sieve_manager.settings_notices import NoticesSection
from sieve_manager.settings_oidc import OidcSection
from sieve_manager.settings_operations import LogsSection, MetricsSection
from sieve_manager.settings_register import RegisterSection
from sieve_manager.settings_sections import (
    DatabaseSection,
    ImapSection,
    MailboxesSection,
    ManageSieveSection,
    MasterSection,
    PolicySection,
    Section,
    SignIn,
    SmtpSection,
    WebSection,
)
from sieve_manager.settings_staff import StaffSection
from sieve_manager.settings_values import wrong_key

_PREFIX = "SIEVE_MANAGER_"
_CONFIG = f"{_PREFIX}CONFIG"


# Every class that may have abstract methods also has a "register", which nobody calls here.
warnings.filterwarnings("ignore", 'Field name "register" in "Settings" shadows', UserWarning)


class Settings(BaseSettings):
    """All of the configuration, frozen; sections that are None are not configured."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        hide_input_in_errors=True,
    )

    managesieve: ManageSieveSection
    imap: ImapSection | None = None
    smtp: SmtpSection | None = None
    master: MasterSection | None = None
    database: DatabaseSection = Field(default_factory=DatabaseSection)
    web: WebSection = Field(default_factory=WebSection)
    policy: PolicySection = Field(default_factory=PolicySection)
    staff: StaffSection = Field(default_factory=StaffSection)
    cases: CasesSection = Field(default_factory=CasesSection)
    addresses: AddressesSection = Field(default_factory=AddressesSection)
    postfix: PostfixSection = Field(default_factory=PostfixSection)
    notices: NoticesSection = Field(default_factory=NoticesSection)
    mailboxes: MailboxesSection = Field(default_factory=MailboxesSection)
    directory: DirectorySection = Field(default_factory=DirectorySection)
    register: RegisterSection = Field(default_factory=RegisterSection)
    jobs: JobsSection = Field(default_factory=JobsSection)
    oidc: OidcSection | None = None
    audit: AuditSection = Field(default_factory=AuditSection)
    metrics: MetricsSection = Field(default_factory=MetricsSection)
    logs: LogsSection = Field(default_factory=LogsSection)

    @model_validator(mode="after")
    def _sign_in_server_exists(self) -> Self:
        if self.web.sign_in is SignIn.IMAP and self.imap is None:
            raise wrong_key("web.sign_in", "needs a section [imap] with a host")
        if self.web.sign_in is SignIn.OIDC and self.oidc is None:
            raise wrong_key("web.sign_in", "needs a section [oidc] with an issuer")
        return self

    @model_validator(mode="after")
    def _somebody_acts_without_a_password(self) -> Self:
        if self.oidc and self.master is None and not self.oidc.mail_server_accepts_tokens:
            raise wrong_key(
                "oidc.issuer",
                "needs a section [master]: who signs in there has no password to give the mail "
                "server, so its master user acts for them; or mail_server_accepts_tokens",
            )
        return self

    @model_validator(mode="after")
    def _somebody_sends_the_digest(self) -> Self:
        if self.register.digest_to and self.smtp is None:
            raise wrong_key("register.digest_to", "needs a section [smtp] with a host")
        return self

    @model_validator(mode="after")
    def _receivers_can_be_asked(self) -> Self:
        if self.policy.consent is not ConsentOf.NONE and not (self.smtp and self.master):
            raise wrong_key(
                "policy.consent",
                "needs sections [smtp], by which receivers are asked, and [master], by which "
                "the forward is set when they have agreed",
            )
        return self

    @model_validator(mode="after")
    def _one_list_of_mailboxes(self) -> Self:
        if self.mailboxes.file and self.directory.kind is not DirectoryKind.NONE:
            raise wrong_key(
                "mailboxes.file", "is not used beside [directory]; keep only one of them"
            )
        return self

    @model_validator(mode="after")
    def _mailboxes_are_known(self) -> Self:
        listed = self.mailboxes.file or self.directory.kind is not DirectoryKind.NONE
        if self.addresses.domains and not listed:
            raise wrong_key(
                "addresses.domains",
                "needs a list of mailboxes: a section [directory], or mailboxes.file; without "
                "one, any address may be a mailbox",
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file's values, which are passed in."""
        return env_settings, init_settings

    @property
    def oidc_name(self) -> str:
        """What people call the OpenID provider, or ""."""
        return self.oidc.name if self.oidc else ""

    @property
    def master_separator(self) -> str:
        """The sign that no login may hold, whether a master user is configured or not."""
        return self.master.separator if self.master else "*"

    def policy_rules(self) -> Policy:
        """[policy] in the policy room's own words."""
        section = self.policy
        return Policy(
            internal_domains=frozenset(section.internal_domains),
            allowed_destination_domains=frozenset(section.allowed_destination_domains),
            case_destination_domains=frozenset(self.cases.allowed_destination_domains),
            max_destinations=section.max_destinations,
            copy_choices=frozenset(section.copy_choices),
            hold_spam=section.hold_spam,
            spam_headers=section.spam_headers,
            default_timezone=section.default_timezone,
            notify_owner=section.notify_owner,
            consent=section.consent,
            chain_refused=frozenset(section.chain_refused),
        )


def load_settings(path: Path | None = None) -> Settings:
    """Read the file at *path*, or the one that SIEVE_MANAGER_CONFIG names, and the environment.

    Raises:
        SettingsError: names the key that is wrong and says what to do.
    """
    named = path or (Path(os.environ[_CONFIG]) if os.environ.get(_CONFIG) else None)
    values = _read(named) if named else {}
    _refuse_unknown_variables()
    try:
        return Settings(**values)
    except ValidationError as error:
        # Not chained: the library's error holds the values, and one may be a password.
        raise _explain(error.errors(include_url=False)[0]) from None
    except UnreadableVariableError as error:
        raise SettingsError("", f"a variable {_PREFIX}... is not readable: {error}") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            "", f"the configuration file {path} cannot be read ({error.strerror})"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("", f"{path} is not TOML: {error}") from error


def _refuse_unknown_variables() -> None:
    """A misspelt section would be ignored in silence; misspelt keys are found by validation."""
    for variable in sorted(os.environ):
        if not variable.upper().startswith(_PREFIX) or "__" not in variable:
            continue
        section = variable[len(_PREFIX) :].split("__")[0].lower()
        if section not in Settings.model_fields:
            raise SettingsError(
                section, f"unknown section in {variable}{_suggestion(section, Settings)}"
            )


def _explain(error: ErrorDetails) -> SettingsError:
    where = tuple(str(part) for part in error["loc"] if isinstance(part, str))
    key = ".".join(where[:2])
    match error["type"]:
        case "missing":
            key = key if len(where) > 1 else f"{key}.host"  # a section: what it cannot be without
            says = (
                f"is missing; set it in the configuration file, which --config or {_CONFIG} "
                f"names, or as {variable_of(key)}"
            )
        case "extra_forbidden":
            says = f"unknown key{_suggestion(where[-1], _model_at(where[:-1]))}"
        case "wrong_key":
            key = ".".join((*where, error["ctx"]["key"]))
            says = error["ctx"]["says"]
        case "value_error":
            says = str(error["ctx"]["error"])
        case _:
            says = error["msg"][0].lower() + error["msg"][1:]
    return SettingsError(key, says)


def variable_of(key: str) -> str:
    """The environment variable of a dotted key: ``web.title`` -> ``SIEVE_MANAGER_WEB__TITLE``."""
    return _PREFIX + key.upper().replace(".", "__")


def sections() -> dict[str, type[Section]]:
    """Every section's name and its model, in the order of the documentation."""
    found: dict[str, type[Section]] = {}
    for name, field in Settings.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        found[name] = next(
            kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)
        )
    return found


def _model_at(where: tuple[str, ...]) -> type[Settings] | type[Section]:
    return sections()[where[0]] if where else Settings


def _suggestion(word: str, model: type[Settings] | type[Section]) -> str:
    names = list(model.model_fields)
    if near := difflib.get_close_matches(word.lower(), names, n=1):
        return f"; did you mean “{near[0]}”?"
    return f"; there are: {', '.join(names)}"
