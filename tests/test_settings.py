"""The configuration: what is accepted, what is refused, and how the refusal helps."""

from pathlib import Path

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import CopyKind
from sieve_manager.errors import SettingsError
from sieve_manager.policy.policy import Policy
from sieve_manager.settings import Settings, load_settings, sections, variable_of

MINIMAL = """
[managesieve]
host = "mail.example.com"
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of whoever runs the tests do not count."""
    import os

    for name in list(os.environ):
        if name.startswith("SIEVE_MANAGER_"):
            monkeypatch.delenv(name)


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "sieve-manager.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def refusal(tmp_path: Path, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    return caught.value


def test_host_alone_is_a_whole_configuration(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL)
    assert (settings.managesieve.port, settings.managesieve.tls) == (4190, "starttls")
    assert (settings.imap, settings.smtp, settings.master) == (None, None, None)
    assert settings.policy_rules() == Policy()
    assert settings.master_separator == "*"


def test_file_is_found_by_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    monkeypatch.setenv("SIEVE_MANAGER_CONFIG", str(path))
    assert load_settings().managesieve.host == "mail.example.com"


def test_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIEVE_MANAGER_MANAGESIEVE__PORT", "2000")
    monkeypatch.setenv("SIEVE_MANAGER_MANAGESIEVE__TLS", "implicit")
    settings = load(tmp_path, MINIMAL + "port = 4191")
    assert (settings.managesieve.port, settings.managesieve.tls) == (2000, "implicit")
    assert settings.managesieve.host == "mail.example.com"


def test_variables_alone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {
        "managesieve.host": "mail.example.com",
        "imap.host": "mail.example.com",
        "policy.internal_domains": "Example.COM, bücher.example",
        "policy.copy_choices": '["inbox", "none"]',
        "policy.spam_headers": "X-Spam-Status: Yes",
        "web.trusted_proxies": "10.0.0.0/8,::1",
        "web.sign_in": "imap",
    }.items():
        monkeypatch.setenv(variable_of(key), value)
    settings = load_settings()
    rules = settings.policy_rules()
    assert rules.internal_domains == {"example.com", "xn--bcher-kva.example"}
    assert rules.copy_choices == {CopyKind.INBOX, CopyKind.NONE}
    assert rules.spam_headers == (("X-Spam-Status", "Yes"),)
    assert [str(one) for one in settings.web.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert settings.imap is not None
    assert settings.imap.port == 993


def test_every_section_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n", encoding="utf-8")
    settings = load(
        tmp_path,
        MINIMAL
        + f"""
[imap]
host = "127.0.0.1"
tls = "none"
[smtp]
host = "localhost"
port = 25
tls = "none"
sender = "Sieve Manager <noreply@Example.com>"
[master]
user = "helpdesk"
password_file = "{secret}"
separator = "%"
[database]
url = "postgresql+psycopg://sieve@/sieve"
[web]
base_url = "https://mail.example.com/forward/"
languages = ["de", "en", "de"]
listen = "unix:/run/sieve-manager.sock"
[staff]
operators = ["Anna@example.com", "Group: The Helpdesk "]
operator_domains = ["Example.com"]
operator_groups = ["group:Staff", "Students"]
[mailboxes]
default_domain = "Example.com"
""",
    )
    assert settings.master is not None
    assert settings.smtp is not None
    assert settings.master.secret == "from the file"
    assert settings.master_separator == "%"
    assert settings.smtp.sender == EmailAddress("noreply", "example.com")
    assert settings.smtp.secret is None
    assert settings.web.base_url == "https://mail.example.com/forward"
    assert settings.web.languages == ("de", "en")
    assert settings.staff.operators == ("anna@example.com", "group:The Helpdesk")
    assert settings.staff.rules().operator_domains == frozenset({"example.com"})
    assert settings.staff.rules().operator_groups == frozenset({"staff", "students"})
    assert settings.mailboxes.default_domain == "example.com"


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("", "managesieve.host", "SIEVE_MANAGER_MANAGESIEVE__HOST"),
        ("[managesieve]", "managesieve.host", "SIEVE_MANAGER_MANAGESIEVE__HOST"),
        (MINIMAL + 'hosst = "x"', "managesieve.hosst", "did you mean “host”"),
        (MINIMAL + "[managesive]", "managesive", "did you mean “managesieve”"),
        (MINIMAL + "[polici]\nzz = 1", "polici", "did you mean “policy”"),
        (MINIMAL + "qqq = 1", "managesieve.qqq", "there are: host, port, tls, ca_file"),
        (MINIMAL + "port = 70000", "managesieve.port", "less than or equal to 65535"),
        (MINIMAL + 'tls = "ssl"', "managesieve.tls", "'starttls', 'implicit' or 'none'"),
        (MINIMAL + 'tls = "none"', "managesieve.tls", "only for a server on this machine"),
        (MINIMAL + 'ca_file = "/nowhere.pem"', "managesieve.ca_file", "no file /nowhere.pem"),
        (MINIMAL + '[imap]\nhost = "192.0.2.1"\ntls = "none"', "imap.tls", "192.0.2.1"),
        (MINIMAL + '[smtp]\nhost = "x"\nsender = "nobody"', "smtp.sender", "not a complete"),
        (
            MINIMAL + '[smtp]\nhost = "x"\nsender = "a@b.example"\nusername = "u"',
            "smtp.password_file",
            "is missing",
        ),
        (MINIMAL + '[master]\nuser = "m"', "master.password_file", "is missing"),
        (
            MINIMAL + '[master]\nuser = "m"\npassword_file = "/nowhere"',
            "master.password_file",
            "/nowhere cannot be read",
        ),
        (MINIMAL + '[database]\nurl = "mysql://x"', "database.url", "begins with sqlite:///"),
        (MINIMAL + '[web]\nbase_url = "http://x.example"', "web.base_url", "https://"),
        (MINIMAL + '[web]\nbase_url = "mail"', "web.base_url", "such as https://"),
        (MINIMAL + '[web]\nlisten = "8080"', "web.listen", "host:port"),
        (MINIMAL + '[web]\nlisten = "x:99999"', "web.listen", "host:port"),
        (MINIMAL + '[web]\nlanguages = ["tlh"]', "web.languages", "en, de, fr"),
        (MINIMAL + '[web]\nlogo = "logo.exe"', "web.logo", ".svg"),
        (MINIMAL + '[web]\nlogo = "/nowhere.svg"', "web.logo", "no file"),
        (MINIMAL + '[web]\nsecret_key_file = "/dev/null"', "web.secret_key_file", "is empty"),
        (MINIMAL + '[web]\naccent = "red"', "web.accent", "pattern"),
        (MINIMAL + "[web]\nsession_hours = 0", "web.session_hours", "greater"),
        (MINIMAL + '[web]\nsecret_key = "short"', "web.secret_key_file", "at least 32"),
        (MINIMAL + '[web]\nsign_in = "imap"', "web.sign_in", "[imap]"),
        (MINIMAL + '[web]\ntrusted_proxies = ["lan"]', "web.trusted_proxies", "network"),
        (MINIMAL + "[policy]\nmax_destinations = 0", "policy.max_destinations", "greater"),
        (MINIMAL + "[policy]\ncopy_choices = []", "policy.copy_choices", "at least 1"),
        (MINIMAL + '[policy]\ncopy_choices = ["bin"]', "policy.copy_choices", "'inbox'"),
        (MINIMAL + '[policy]\nspam_headers = ["X-Spam"]', "policy.spam_headers", "Header: value"),
        (MINIMAL + '[policy]\nspam_headers = "[oops"', "policy.spam_headers", "JSON"),
        (MINIMAL + "[policy]\nspam_headers = 3", "policy.spam_headers", "tuple"),
        (MINIMAL + '[policy]\ninternal_domains = ["x"]', "policy.internal_domains", "complete"),
        (MINIMAL + '[policy]\ndefault_timezone = "Mars"', "policy.default_timezone", "Zurich"),
        (MINIMAL + '[staff]\noperators = ["a*b"]', "staff.operators", "user name"),
        (MINIMAL + '[staff]\nprotected = ["group: "]', "staff.protected", "names no group"),
        (MINIMAL + '[staff]\noperator_domains = ["x"]', "staff.operator_domains", "complete"),
        (MINIMAL + '[mailboxes]\nfile = "/nowhere.csv"', "mailboxes.file", "/nowhere.csv"),
    ],
)
def test_wrong_value_is_refused_at_its_key(tmp_path: Path, text: str, key: str, hint: str) -> None:
    error = refusal(tmp_path, text)
    assert error.key == key
    assert hint in str(error)


def test_missing_file_and_broken_toml_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "absent.toml")
    assert "not TOML" in str(refusal(tmp_path, "[managesieve"))


def test_misspelt_section_in_a_variable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIEVE_MANAGER_MANAGESEIVE__HOST", "mail.example.com")
    assert "did you mean “managesieve”" in str(refusal(tmp_path, MINIMAL))


def test_misspelt_key_in_a_variable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIEVE_MANAGER_WEB__TITEL", "Mail")
    error = refusal(tmp_path, MINIMAL)
    assert (error.key, "did you mean “title”" in str(error)) == ("web.titel", True)


def test_section_variable_that_is_not_json_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIEVE_MANAGER_WEB", "{oops")
    assert "SIEVE_MANAGER_" in str(refusal(tmp_path, MINIMAL))


def test_secret_is_in_no_text_about_the_settings(tmp_path: Path) -> None:
    secret = "correct horse battery staple over there"
    file = tmp_path / "secret"
    file.write_text(secret, encoding="utf-8")
    settings = load(
        tmp_path,
        MINIMAL
        + f"""
[master]
user = "m"
password = "{secret}"
[database]
url = "postgresql+psycopg://user:{secret.replace(" ", "-")}@db/sieve"
[web]
secret_key_file = "{file}"
""",
    )
    assert settings.web.secret == secret
    for text in (repr(settings), str(settings), f"{settings.master}"):
        assert "horse" not in text


def test_refusal_of_a_section_shows_no_password(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hunter2", encoding="utf-8")
    error = refusal(
        tmp_path,
        MINIMAL + f'[master]\nuser = "m"\npassword = "hunter3"\npassword_file = "{file}"',
    )
    assert error.key == "master.password_file"
    assert "hunter" not in str(error)
    assert error.__cause__ is None


def test_pages_without_a_key_say_how_to_make_one(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL)
    with pytest.raises(SettingsError, match="openssl rand") as caught:
        _ = settings.web.secret
    assert caught.value.key == "web.secret_key_file"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.title = "Other"


def test_every_key_is_documented() -> None:
    page = Path(__file__).parents[1] / "docs" / "reference" / "configuration.md"
    text = page.read_text(encoding="utf-8")
    for section, model in sections().items():
        assert f"## [{section}]" in text
        for name in model.model_fields:
            assert f"### {section}.{name}\n" in text, f"{section}.{name} is not documented"
            assert f"`{variable_of(f'{section}.{name}')}`" in text


OIDC = '[oidc]\nissuer = "https://sso.example.com/staff"\nclient_id = "us"\n'
ACTS = '[master]\nuser = "m"\npassword = "p"\n'


def test_a_provider_needs_an_issuer_a_name_and_the_master_user(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL + ACTS + OIDC + 'client_secret = "hunter2"\n')
    assert settings.oidc is not None
    assert settings.oidc.secret == "hunter2"
    assert "hunter2" not in repr(settings)
    assert settings.oidc_name == "sso.example.com"
    assert refusal(tmp_path, MINIMAL + OIDC).key == "oidc.issuer"
    assert load(tmp_path, MINIMAL + OIDC + "mail_server_accepts_tokens = true\n").oidc is not None
    assert refusal(tmp_path, MINIMAL + '[web]\nsign_in = "oidc"\n').key == "web.sign_in"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('issuer = "http://sso.example.com"', "oidc.issuer"),
        ('issuer = "sso.example.com"', "oidc.issuer"),
        ('issuer = "https://sso.example.com/?x=1"', "oidc.issuer"),
        ('issuer = "ftp://127.0.0.1"', "oidc.issuer"),
        ('issuer = "https://sso.example.com"\nscopes = ["email"]', "oidc.scopes"),
        ('issuer = "https://sso.example.com"\nca_file = "/nowhere"', "oidc.ca_file"),
    ],
)
def test_a_provider_that_cannot_be_trusted_is_refused(tmp_path: Path, line: str, key: str) -> None:
    text = f'{MINIMAL}{ACTS}[oidc]\nclient_id = "us"\n{line}\n'
    assert refusal(tmp_path, text).key == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[metrics]\nallow = ["everybody"]', "metrics.allow"),
        ('[logs]\nformat = "xml"', "logs.format"),
        ('[logs]\nlevel = "loud"', "logs.level"),
    ],
)
def test_what_is_watched_is_checked(tmp_path: Path, text: str, key: str) -> None:
    assert refusal(tmp_path, MINIMAL + text).key == key
