"""The tables of the helpdesk: people, the audit log, cases, jobs, the register."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    role = sa.Column("role", sa.String(16), nullable=False, server_default="owner")
    op.add_column("versions", role)
