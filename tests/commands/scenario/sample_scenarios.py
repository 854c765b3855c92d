"""A sound scenario, and how one is played."""

from datetime import UTC, datetime

import typer
from typer.testing import CliRunner, Result

from commands.simulate import simulate
from policies.loading.policy_catalog import PolicyCatalog

CATALOG = PolicyCatalog.shipped()
NOW = datetime(2027, 1, 1, tzinfo=UTC)
app = typer.Typer(rich_markup_mode="rich")
app.command()(simulate)
SOUND = """\
title: A question
story: Mia asks, Ada answers.
policy: contently
contract:
  account: harbour-media
  name: Harbour Media
  policy: contently
  publications: [{name: tide}]
zone: America/New_York
people: {ada: {role: agent, name: Ada Agent}}
ticket:
  received_at: 2031-03-04 10:00
  requester: {name: Mia Harbour, email: mia@harbour.example}
  channel: email
steps:
  - at: 2031-03-05 10:00
    by: ada
    do: respond
    message: It is here.
    outcomes: [resolution]
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "300"})
