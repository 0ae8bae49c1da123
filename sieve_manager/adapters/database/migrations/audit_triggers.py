"""The triggers that let the audit log only grow, in the words of each database."""

_HEAD = "SELECT number FROM audit_marks WHERE name = 'head'"
_PRUNED = "SELECT number FROM audit_marks WHERE name = 'pruned'"
_MOVE = "UPDATE audit_marks SET number = NEW.number, digest = NEW.digest WHERE name = 'head'"
_SAYS = "the audit log only grows"

SQLITE = tuple(
    f"CREATE TRIGGER {name} {when} BEGIN {what}; END"
    for name, when, what in (
        (
            "audit_entries_follow",
            f"BEFORE INSERT ON audit_entries WHEN NEW.number <> ({_HEAD}) + 1",
            f"SELECT RAISE(ABORT, '{_SAYS}')",
        ),
        ("audit_entries_head", "AFTER INSERT ON audit_entries", _MOVE),
        ("audit_entries_stay", "BEFORE UPDATE ON audit_entries", f"SELECT RAISE(ABORT, '{_SAYS}')"),
        (
            "audit_entries_kept",
            f"BEFORE DELETE ON audit_entries WHEN OLD.number > ({_PRUNED})",
            f"SELECT RAISE(ABORT, '{_SAYS}')",
        ),
        (
            "audit_marks_forward",
            "BEFORE UPDATE ON audit_marks WHEN NEW.number < OLD.number OR NEW.name <> OLD.name",
            f"SELECT RAISE(ABORT, '{_SAYS}')",
        ),
        ("audit_marks_kept", "BEFORE DELETE ON audit_marks", f"SELECT RAISE(ABORT, '{_SAYS}')"),
    )
)

_REFUSE = f"RAISE EXCEPTION '{_SAYS}'"


def _function(name: str, body: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$"
    )


POSTGRESQL = (
    _function("audit_refuse", _REFUSE),
    _function("audit_move_head", _MOVE),
    _function(
        "audit_follow",
        f"IF NEW.number <> ({_HEAD}) + 1 THEN {_REFUSE}; END IF; RETURN NEW",
    ),
    _function(
        "audit_keep",
        f"IF OLD.number > ({_PRUNED}) THEN {_REFUSE}; END IF; RETURN OLD",
    ),
    _function(
        "audit_go_forward",
        f"IF NEW.number < OLD.number OR NEW.name <> OLD.name THEN {_REFUSE}; END IF; RETURN NEW",
    ),
    *(
        f"CREATE TRIGGER {name} {when} FOR EACH {each} EXECUTE FUNCTION {function}()"
        for name, when, each, function in (
            ("audit_entries_follow", "BEFORE INSERT ON audit_entries", "ROW", "audit_follow"),
            ("audit_entries_head", "AFTER INSERT ON audit_entries", "ROW", "audit_move_head"),
            ("audit_entries_stay", "BEFORE UPDATE ON audit_entries", "ROW", "audit_refuse"),
            ("audit_entries_kept", "BEFORE DELETE ON audit_entries", "ROW", "audit_keep"),
            (
                "audit_entries_whole",
                "BEFORE TRUNCATE ON audit_entries",
                "STATEMENT",
                "audit_refuse",
            ),
            ("audit_marks_forward", "BEFORE UPDATE ON audit_marks", "ROW", "audit_go_forward"),
            (
                "audit_marks_kept",
                "BEFORE DELETE OR TRUNCATE ON audit_marks",
                "STATEMENT",
                "audit_refuse",
            ),
        )
    ),
)
