"""The tables of the helpdesk: people, the audit log, cases, jobs, the register."""

import sqlalchemy as sa
from alembic import op

from sieve_manager.adapters.database.migrations import audit_triggers
from sieve_manager.application.postfix_views import views

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    role = sa.Column("role", sa.String(16), nullable=False, server_default="owner")
    op.add_column("versions", role)
    unsettled = sa.text("NOT settled")
    op.create_index(
        "versions_unsettled",
        "versions",
        ["at"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    _directory()
    _register()
    _audit()
    _api()
    _notices()
    _addresses()
    _consents()
    _proofs()


def _directory() -> None:
    word = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    login = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
    op.create_table(
        "directory_people",
        sa.Column("login", login, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.Column("manager", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
    )
    op.create_table(
        "directory_addresses",
        sa.Column("address", sa.String(255), primary_key=True),
        sa.Column("login", login, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("directory_addresses_login", "directory_addresses", ["login"])
    op.create_table(
        "directory_words",
        sa.Column("word", word, primary_key=True),
        sa.Column("login", login, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("directory_words_login", "directory_words", ["login", "word"])
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", login, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("begun_at", sa.Float, nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("ends", sa.Float),
        sa.Column("ticket", sa.String(100), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("batch", sa.Integer),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("writing_since", sa.Float),
        sa.UniqueConstraint("login", "number", name="cases_login_number"),
    )
    op.create_index("cases_state", "cases", ["state", "ends"])
    _create_jobs()


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("resumes_as", sa.String(16), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("settled_before", sa.Integer, nullable=False),
        sa.Column("finished", sa.Float),
    )
    op.create_index("jobs_state", "jobs", ["state"])
    op.create_table(
        "job_items",
        sa.Column("job", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("holder", sa.String(32)),
        sa.Column("expires", sa.Float),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("job_items_next", "job_items", ["job", "state", "not_before", "number"])
    op.create_index("job_items_key", "job_items", ["key", "job", "number"])
    leased = sa.text("state = 'leased'")
    for name, column, unique in (
        ("job_items_one_lease", "key", True),
        ("job_items_leases", "expires", False),
    ):
        op.create_index(
            name,
            "job_items",
            [column],
            unique=unique,
            sqlite_where=leased,
            postgresql_where=leased,
        )
    op.create_table(
        "duties",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )


def _register() -> None:
    login = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
    target = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "register_sweeps",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started", sa.Float, nullable=False),
        sa.Column("touched", sa.Float, nullable=False),
        sa.Column("finished", sa.Float),
        sa.Column("cursor", login, nullable=False),
        sa.Column("read", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_table(
        "register_mailboxes",
        sa.Column("login", login, primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("scripts", sa.Text, nullable=False),
        sa.Column("sweep", sa.Integer, nullable=False),
        sa.Column("stays", sa.Boolean),
    )
    op.create_table(
        "register_entries",
        sa.Column("login", login, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", target, nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("notice", sa.Boolean, nullable=False),
        sa.Column("conditions", sa.Text, nullable=False),
        sa.Column("kept", sa.Boolean),
        sa.Column("starts", sa.Float),
        sa.Column("ends", sa.Float, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("set_by", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("program", sa.String(32), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("script", sa.Text, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("is_problem", sa.Boolean, nullable=False),
        sa.Column("for_operators", sa.Boolean, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index(
        "register_entries_target", "register_entries", ["is_problem", "target", "login", "position"]
    )
    op.create_index(
        "register_entries_ends", "register_entries", ["is_problem", "ends", "login", "position"]
    )
    op.create_index(
        "register_entries_login", "register_entries", ["is_problem", "login", "position"]
    )
    op.create_index(
        "register_entries_set_by", "register_entries", ["is_problem", "set_by", "login", "position"]
    )
    op.create_index("register_entries_gone", "register_entries", ["gone", "login", "position"])
    op.create_index("register_entries_place", "register_entries", ["place", "target"])
    op.create_table(
        "register_news",
        sa.Column("sweep", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("login", login, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", target, nullable=False),
        sa.Column("set_by", sa.String(16), nullable=False),
        sa.Column("program", sa.String(32), nullable=False),
        sa.Column("unreadable", sa.Boolean, nullable=False),
    )


def _audit() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "audit_entries",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("mailbox", sa.String(255), nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("audit_entries_mailbox", "audit_entries", ["mailbox", "number"])
    marks = op.create_table(
        "audit_marks",
        sa.Column("name", sa.String(8), primary_key=True),
        sa.Column("number", number, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    first = {"number": 0, "digest": "0" * 64}
    op.bulk_insert(marks, [{"name": "head", **first}, {"name": "pruned", **first}])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in audit_triggers.SQLITE if is_sqlite else audit_triggers.POSTGRESQL:
        op.execute(statement)


def _api() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("used", sa.Float),
        sa.Column("revoked", sa.Float),
    )
    op.create_table(
        "api_calls",
        sa.Column("token", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("calls", sa.Integer, nullable=False),
    )
    op.create_table(
        "api_answers",
        sa.Column("token", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("answer", sa.Text),
    )
    op.create_index("api_answers_at", "api_answers", ["at"])


def _notices() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "sent_notices",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("about", sa.String(320), primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("sent", sa.Float),
    )
    op.create_index("sent_notices_sent", "sent_notices", ["kind", "sent"])


def _addresses() -> None:
    key = sa.String(320).with_variant(sa.String(320, collation="C"), "postgresql")
    op.create_table(
        "redirect_addresses",
        sa.Column("address", key, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("starts", sa.Float, nullable=False),
        sa.Column("ends", sa.Float, nullable=False),
        sa.Column("moved_to", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("redirect_addresses_revision", "redirect_addresses", ["revision"])
    op.create_index("redirect_addresses_owner", "redirect_addresses", ["owner", "address"])
    op.create_index("redirect_addresses_ends", "redirect_addresses", ["ends"])
    op.create_table(
        "redirect_targets",
        sa.Column("address", key, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("target_key", key, nullable=False),
    )
    op.create_index("redirect_targets_target_key", "redirect_targets", ["target_key"])
    op.create_table(
        "redirect_revision",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.execute("INSERT INTO redirect_revision (id, revision) VALUES (1, 0)")
    op.create_table(
        "redirect_versions",
        sa.Column("address", key, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
    )
    op.create_index("redirect_versions_at", "redirect_versions", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        # With the barrier, who may only read the view cannot look at other rows through it.
        # Whole seconds: the last one of a last day counts to its end.
        for name, query in views("floor(extract(epoch from now()))").items():
            op.execute(f"CREATE VIEW {name} WITH (security_barrier) AS {query}")


def _consents() -> None:
    key = sa.String(320).with_variant(sa.String(320, collation="C"), "postgresql")
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", key, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("destination_key", key, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("question", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
    )
    source = ["kind", "name", "destination_key"]
    op.create_index("consents_source", "consents", source, unique=True)
    op.create_index("consents_pending", "consents", ["done", "at"])
    op.create_table(
        "consent_questions",
        sa.Column("consent", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("owner", key, nullable=False),
        sa.Column("destination_key", key, nullable=False),
    )
    op.create_index("consent_questions_owner", "consent_questions", ["owner", "at"])
    to = ["destination_key", "at"]
    op.create_index("consent_questions_destination", "consent_questions", to)
    op.create_table(
        "consent_wishes",
        sa.Column("login", sa.String(255), primary_key=True),
        sa.Column("wish", sa.Text, nullable=False),
    )


def _proofs() -> None:
    op.create_table(
        "proofs",
        sa.Column("mark", sa.String(32), primary_key=True),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Float, nullable=False),
        sa.Column("logins", sa.Text, nullable=False),
        sa.Column("clean", sa.Boolean, nullable=False),
    )
    op.create_index("proofs_actor", "proofs", ["actor", "sent_at"])
    op.create_index("proofs_clean", "proofs", ["clean", "sent_at"])
