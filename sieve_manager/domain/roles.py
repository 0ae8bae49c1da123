"""What a person is here: the owner of a mailbox, or somebody who may act for others."""

from enum import StrEnum


class Role(StrEnum):
    """The role in which somebody acts; one person may have another one for the own mailbox."""

    OWNER = "owner"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    @property
    def is_staff(self) -> bool:
        """Whether this role acts for other people's mailboxes."""
        return self is not Role.OWNER
