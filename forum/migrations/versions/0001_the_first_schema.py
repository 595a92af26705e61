"""The first schema."""

import secrets

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "epoch",
        sa.Column("id", sa.SmallInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_epoch_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.JSON(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("available_at", ground.columns.Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", ground.columns.Moment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_kind_available_at", ["kind", "available_at"], unique=False)

    op.create_table(
        "streams",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("authz_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("head >= 0", name=op.f("ck_streams_head_not_negative")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_streams")),
    )
    op.create_table(
        "events",
        sa.Column("stream", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=100), nullable=False),
        sa.Column("object_version", sa.Integer(), nullable=False),
        sa.Column("authz_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_events_seq_positive")),
        sa.ForeignKeyConstraint(["stream"], ["streams.name"], name=op.f("fk_events_stream")),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_events")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation", sa.Text(), server_default="", nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("verified_at", ground.columns.Moment(), nullable=True),
        sa.Column("closed_at", ground.columns.Moment(), nullable=True),
        sa.Column("suspended_at", ground.columns.Moment(), nullable=True),
        sa.Column("site_administrator", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("former_name_shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("password_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "closed_at IS NOT NULL OR (email IS NOT NULL AND email_key IS NOT NULL)",
            name=op.f("ck_accounts_open_has_email"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email_key", name=op.f("uq_accounts_email_key")),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("password_version", sa.Integer(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("expires_at", ground.columns.Moment(), nullable=False),
        sa.Column("used_at", ground.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_links_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("seen_at", ground.columns.Moment(), nullable=False),
        sa.Column("expires_at", ground.columns.Moment(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("expires_at", ground.columns.Moment(), nullable=False),
        sa.Column("last_used_at", ground.columns.Moment(), nullable=True),
        sa.Column("revoked_at", ground.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_account_id"), ["account_id"], unique=False)

    op.create_table(
        "networks",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("access", sa.String(length=10), nullable=False),
        sa.Column("accent", sa.String(length=10), server_default="teal", nullable=False),
        sa.Column("name_key", sa.String(length=200), server_default="", nullable=False),
        sa.Column("stream", sa.String(length=100), nullable=False),
        sa.Column("moderators_stream", sa.String(length=100), nullable=False),
        sa.Column("member_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("thread_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("members_only_until", sa.Integer(), server_default="0", nullable=False),
        sa.Column("requests_mail_at", ground.columns.Moment(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("created_by", ground.columns.Identifier(), nullable=False),
        sa.CheckConstraint("access IN ('open', 'closed', 'unlisted', 'secret')", name=op.f("ck_networks_access")),
        sa.CheckConstraint("stream = 'network:' || CAST(id AS VARCHAR(36))", name=op.f("ck_networks_own_stream")),
        sa.CheckConstraint(
            "moderators_stream = 'moderators:' || CAST(id AS VARCHAR(36))",
            name=op.f("ck_networks_own_moderators_stream"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_networks_created_by")),
        sa.ForeignKeyConstraint(["moderators_stream"], ["streams.name"], name=op.f("fk_networks_moderators_stream")),
        sa.ForeignKeyConstraint(["stream"], ["streams.name"], name=op.f("fk_networks_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("moderators_stream", name=op.f("uq_networks_moderators_stream")),
        sa.UniqueConstraint("slug", name=op.f("uq_networks_slug")),
        sa.UniqueConstraint("stream", name=op.f("uq_networks_stream")),
    )
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.create_index("ix_networks_name_key", ["name_key", "id"], unique=False)

    op.create_table(
        "requests",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_requests_account_id")),
        sa.PrimaryKeyConstraint("account_id", "path", "key", name=op.f("pk_requests")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_site_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "site_pages",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("updated_at", ground.columns.Moment(), nullable=False),
        sa.Column("updated_by", ground.columns.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["updated_by"], ["accounts.id"], name=op.f("fk_site_pages_updated_by")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_site_pages")),
    )
    op.create_table(
        "former_addresses",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_former_addresses_network_id")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_addresses")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("batch_id", ground.columns.Identifier(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=14), nullable=False),
        sa.Column("message", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("invited_by", ground.columns.Identifier(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("expires_at", ground.columns.Moment(), nullable=False),
        sa.Column("ended_at", ground.columns.Moment(), nullable=True),
        sa.CheckConstraint("role IN ('administrator', 'moderator', 'member')", name=op.f("ck_invitations_role")),
        sa.ForeignKeyConstraint(["invited_by"], ["accounts.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_invitations_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index("ix_invitations_email_key", ["email_key"], unique=False)
        batch_op.create_index(
            "uq_invitations_waiting",
            ["network_id", "email_key"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "memberships",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("role", sa.String(length=14), server_default="member", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("words", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("since", ground.columns.Moment(), nullable=True),
        sa.Column("decided_by", ground.columns.Identifier(), nullable=True),
        sa.Column("ended_at", ground.columns.Moment(), nullable=True),
        sa.Column("ended_by", ground.columns.Identifier(), nullable=True),
        sa.Column("baseline", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("visited_at", ground.columns.Moment(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("role IN ('administrator', 'moderator', 'member')", name=op.f("ck_memberships_role")),
        sa.CheckConstraint(
            "status IN ('requested', 'invited', 'active', 'refused', 'left', 'removed', 'banned')",
            name=op.f("ck_memberships_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_memberships_decided_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_memberships_ended_by")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_memberships_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index("ix_memberships_by_account", ["account_id", "network_id"], unique=False)
        batch_op.create_index("ix_memberships_by_role", ["network_id", "status", "role"], unique=False)
        batch_op.create_index("ix_memberships_by_since", ["network_id", "status", "since"], unique=False)
        batch_op.create_index(
            "uq_memberships_current",
            ["account_id", "network_id"],
            unique=True,
            postgresql_where=sa.text("current"),
            sqlite_where=sa.text("current"),
        )

    op.create_table(
        "threads",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("author_id", ground.columns.Identifier(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_post_at", ground.columns.Moment(), nullable=False),
        sa.Column("last_author_id", ground.columns.Identifier(), nullable=False),
        sa.Column("pinned_at", ground.columns.Moment(), nullable=True),
        sa.Column("locked_at", ground.columns.Moment(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_threads_author_id")),
        sa.ForeignKeyConstraint(["last_author_id"], ["accounts.id"], name=op.f("fk_threads_last_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_threads_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("network_id", "number", name=op.f("uq_threads_network_id_number")),
    )
    with op.batch_alter_table("threads", schema=None) as batch_op:
        batch_op.create_index(
            "ix_threads_by_activity",
            ["network_id", sa.literal_column("last_post_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index("ix_threads_by_author", ["network_id", "author_id"], unique=False)
        batch_op.create_index("ix_threads_by_last_position", ["network_id", "last_position"], unique=False)
        batch_op.create_index(
            "ix_threads_pinned",
            ["network_id"],
            unique=False,
            postgresql_where=sa.text("pinned_at IS NOT NULL"),
            sqlite_where=sa.text("pinned_at IS NOT NULL"),
        )

    op.create_table(
        "posts",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_id", ground.columns.Identifier(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("reply_to_id", ground.columns.Identifier(), nullable=True),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("edited_at", ground.columns.Moment(), nullable=True),
        sa.Column("removed_at", ground.columns.Moment(), nullable=True),
        sa.Column("removed_by", ground.columns.Identifier(), nullable=True),
        sa.Column("removal_reason", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("is_imported", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_posts_network_id")),
        sa.ForeignKeyConstraint(["removed_by"], ["accounts.id"], name=op.f("fk_posts_removed_by")),
        sa.ForeignKeyConstraint(["reply_to_id"], ["posts.id"], name=op.f("fk_posts_reply_to_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_posts_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_posts_thread_id_number")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index("ix_posts_by_author", ["author_id", "network_id"], unique=False)
        batch_op.create_index("ix_posts_by_position", ["thread_id", "position"], unique=False)
        batch_op.create_index("ix_posts_by_time", ["thread_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_posts_reply_to_id",
            ["reply_to_id"],
            unique=False,
            postgresql_where=sa.text("reply_to_id IS NOT NULL"),
            sqlite_where=sa.text("reply_to_id IS NOT NULL"),
        )

    op.create_table(
        "read_states",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("read_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_read_states_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_read_states_network_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_read_states_thread_id")),
        sa.PrimaryKeyConstraint("account_id", "thread_id", name=op.f("pk_read_states")),
    )
    with op.batch_alter_table("read_states", schema=None) as batch_op:
        batch_op.create_index("ix_read_states_account_id_network_id", ["account_id", "network_id"], unique=False)

    op.create_table(
        "watches",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("level", sa.String(length=6), nullable=False),
        sa.CheckConstraint("level IN ('watch', 'normal', 'mute')", name=op.f("ck_watches_level")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_watches_account_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_watches_thread_id")),
        sa.PrimaryKeyConstraint("account_id", "thread_id", name=op.f("pk_watches")),
    )
    op.create_table(
        "addressed_posts",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("post_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_addressed_posts_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_addressed_posts_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_addressed_posts_post_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_addressed_posts_thread_id")),
        sa.PrimaryKeyConstraint("account_id", "post_id", name=op.f("pk_addressed_posts")),
    )
    with op.batch_alter_table("addressed_posts", schema=None) as batch_op:
        batch_op.create_index("ix_addressed_posts_post_id", ["post_id"], unique=False)

    op.create_table(
        "imported_messages",
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("post_id", ground.columns.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_imported_messages_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_imported_messages_post_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_imported_messages_thread_id")),
        sa.PrimaryKeyConstraint("network_id", "message_id", name=op.f("pk_imported_messages")),
    )
    op.create_table(
        "mentions",
        sa.Column("post_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mentions_account_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_mentions_post_id")),
        sa.PrimaryKeyConstraint("post_id", "account_id", name=op.f("pk_mentions")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index("ix_mentions_account_id", ["account_id"], unique=False)

    op.create_table(
        "post_versions",
        sa.Column("post_id", ground.columns.Identifier(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("written_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_versions_post_id")),
        sa.PrimaryKeyConstraint("post_id", "version", name=op.f("pk_post_versions")),
    )
    begin()


def begin() -> None:
    """The rows that are there from the start: this incarnation of the database, and the site."""
    epoch = sa.table("epoch", sa.column("id"), sa.column("epoch"), sa.column("created_at", ground.columns.Moment()))
    op.bulk_insert(epoch, [{"id": 1, "epoch": secrets.token_hex(8), "created_at": ground.columns.now()}])
    op.bulk_insert(sa.table("site", sa.column("id")), [{"id": 1}])
