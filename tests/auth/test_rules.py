"""The table of limits: each has its name, and none is nonsense."""

from auth import rules
from auth.rules import RULES, Rule


def test_every_rule_is_in_the_table_under_its_name() -> None:
    written = {name.lower(): rule for name, rule in vars(rules).items() if isinstance(rule, Rule)}
    assert written == dict(RULES)
    assert len(RULES) >= 20
    assert all(rule.amount > 0 and rule.seconds > 0 for rule in RULES.values())


def test_a_hospital_fits_behind_one_address() -> None:
    assert (rules.SIGN_IN_ADDRESS.amount, rules.SIGN_IN_ADDRESS.seconds) == (300, 300)
    assert (rules.SIGN_IN_ACCOUNT.amount, rules.SIGN_IN_ACCOUNT.seconds) == (5, 900)
