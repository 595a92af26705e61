"""What the tables of the forum are made of."""

from sqlalchemy import Column, ForeignKey, MetaData

from auth.tables import accounts
from ground.columns import NAMING_CONVENTION, Identifier

metadata = MetaData(naming_convention=NAMING_CONVENTION)


def own_id() -> Column[str]:
    """The primary key of most tables."""
    return Column("id", Identifier, primary_key=True)


def account(name: str, *, nullable: bool = False) -> Column[str]:
    """A column that names an account."""
    return Column(name, Identifier, ForeignKey(accounts.c.id), nullable=nullable)
