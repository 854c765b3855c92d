"""What `desk up` shows when everything runs: where things are, and what to try first."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from commands.processes.state_dir import StateDir
from policies.vocabulary import Role
from settings import Settings

FIRST_REQUEST = {
    "account": "harbour-media",
    "requester": {"name": "Kim Harbour", "email": "kim@harbour-media.example"},
    "channel": "email",
    "subject": "The editor stays blank",
    "description": "Since this morning the editor opens without any text.",
}
FIRST_RESPONSE = {
    "message": "Thank you, we are looking into it.",
    "outcomes": ["escalation"],
}


@dataclass(frozen=True)
class Welcome:
    """The facts of a desk that runs."""

    settings: Settings
    state: StateDir
    ui: str
    ephemeral: bool
    tokens_are_ours: bool

    def show(self, console: Console | None = None) -> None:
        """Prints it."""
        console = console or Console(highlight=False)
        console.print(Panel(self._places(), title="Durable Desk is running", expand=False))
        if self.tokens_are_ours:
            for line in self._try_it():
                # Lines to copy are not wrapped, whatever the width.
                console.print(line, markup=False, soft_wrap=True)
        console.print("Ctrl-C stops everything.", style="dim")

    def _places(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for row in self._rows():
            table.add_row(*row)
        return table

    def _rows(self) -> Iterator[tuple[str, str]]:
        settings = self.settings
        yield "API", settings.base_url
        yield "", f"described at {settings.base_url}/openapi.json"
        yield "Temporal UI", self.ui
        yield "Tickets", self._tickets()
        yield "Mails", self._mails()
        yield "Pages", f"go {settings.pages_go}"
        if self.tokens_are_ours:
            yield "Tokens", f"below; kept in {self.state.tokens}"
        else:
            yield "Tokens", f"the {len(settings.tokens)} that are configured"

    def _tickets(self) -> str:
        if self.ephemeral:
            return "in memory, forgotten at the end (--ephemeral)"
        return f"kept in {self.state.database}"

    def _mails(self) -> str:
        if self.settings.mail_host is None:
            return f"caught, because DESK_MAIL_HOST is not set; kept in {self.state.mail}"
        return f"sent through {self.settings.mail_host}:{self.settings.mail_port}"

    def _try_it(self) -> Iterator[str]:
        url = f"{self.settings.base_url}/tickets"
        yield "Everybody in the process has a token. Paste this to play them:"
        yield ""
        for token, actor in self.settings.tokens.items():
            yield f"  {actor.role.upper()}={token.get_secret_value()}"
        yield ""
        yield "Open a ticket, find it, answer it, follow it, with NUMBER=<the number it was given>:"
        yield ""
        yield f"  {curl(Role.SERVICE, url, FIRST_REQUEST)}"
        yield f"  {curl(Role.AGENT, url)}"
        yield f"  {curl(Role.AGENT, f'{url}/$NUMBER/respond', FIRST_RESPONSE)}"
        yield f"  {curl(Role.AGENT, f'{url}/$NUMBER/timeline')}"
        yield ""


def curl(role: Role, url: str, body: object = None) -> str:
    """A line for a shell in which the token of the role is a variable."""
    words = ["curl -s", url, f'-H "Authorization: Bearer ${role.upper()}"']
    if body is not None:
        words += ["-H 'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body))]
    return " ".join(words)
