"""Files of a desk with an upcoming revision, and the settings that name them."""

from datetime import date
from pathlib import Path

from policies.loading.policy_catalog import SHIPPED

OLD_TEXT = "Customers hear of important changes to the policy before they hold."
NEW_TEXT = "Customers hear of all changes to the policy a month before they hold."
NORDIC = """\
account: nordic
name: Nordic
policy: cention
plan: enterprise
contacts:
  account_manager: {name: Saga, email: saga@cention.example}
designated: [nils@nordic.example, SAGA@cention.example, "*@it.nordic.example"]
"""
OTHER = """\
account: harbour
name: Harbour
policy: contently
contacts: {owner: {name: Mia, email: mia@harbour.example}}
"""
READING = "readings:\n  - {clause: hotline, reading: It is outside the desk.}\n"


def upcoming(text: str, day: date) -> str:
    """A later revision of a policy: one clause changes, and one is added."""
    (line,) = [line for line in text.splitlines() if line.startswith("revision:")]
    text = text.replace(line, f"revision: {day}").replace(OLD_TEXT, NEW_TEXT)
    added = "clauses:\n  hotline: {says: There is a hotline., at: New}\n"
    return text.replace("clauses:\n", added, 1).replace("readings:\n", READING, 1)


def write_desk(directory: Path, day: date) -> dict[str, str]:
    """Cention's policy and a revision of it from a day on, with two accounts."""
    policies, contracts = directory / "policies", directory / "contracts"
    policies.mkdir()
    contracts.mkdir()
    current = (SHIPPED / "cention.yaml").read_text()
    assert OLD_TEXT in current
    (policies / "cention.yaml").write_text(current)
    (policies / "cention-next.yaml").write_text(upcoming(current, day))
    (contracts / "nordic.yaml").write_text(NORDIC)
    (contracts / "harbour.yaml").write_text(OTHER)
    return {
        "DESK_POLICIES": str(policies),
        "DESK_CONTRACTS": str(contracts),
        "TERMINAL_WIDTH": "200",
    }
