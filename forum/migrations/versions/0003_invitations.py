"""Invitations with their states, joining links, reports of mails that came back."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
