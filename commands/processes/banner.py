"""The banner of `desk up`: addresses, directories, tokens and first requests to try."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from api.identity.static_tokens import is_clear
from commands.console.terminal import Terminal
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
class Banner:
    """The banner of a running deployment."""

    settings: Settings
    state: StateDir
    ui: str
    ephemeral: bool
    tokens_are_generated: bool

    def show(self, console: Console | None = None) -> None:
        """Prints the banner."""
        console = console or Terminal(highlight=False)
        console.print(Panel(self._table(), title="Durable Desk is running", expand=False))
        if self.tokens_are_generated:
            for line in self._first_requests():
                # Not wrapped, so that the commands can be copied.
                console.print(line, markup=False, soft_wrap=True)
        console.print("Ctrl-C stops everything.", style="dim")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for row in self._rows():
            table.add_row(*row)
        return table

    def _rows(self) -> Iterator[tuple[str, str]]:
        settings = self.settings
        yield "API", settings.base_url
        yield "", f"Reference: {settings.base_url}/docs"
        yield "", f"OpenAPI document: {settings.base_url}/openapi.json"
        yield "Temporal UI", self.ui
        yield "Tickets", self._tickets()
        if settings.encrypts:
            yield "", f"Encrypted; data keys stored in {settings.encryption_store}"
        yield "E-mails", self._emails()
        yield "On-call pages", f"sent {settings.paging_route}"
        if self.tokens_are_generated:
            yield "Tokens", f"listed below; stored in {self.state.tokens}"
        else:
            yield "Tokens", f"{len(settings.tokens)} configured"

    def _tickets(self) -> str:
        if self.ephemeral:
            return "in memory only, lost on exit (--ephemeral)"
        return f"stored in {self.state.database}"

    def _emails(self) -> str:
        if self.settings.mail_host is None:
            return f"caught, because DESK_MAIL_HOST is not set; stored in {self.state.mail}"
        return f"sent through {self.settings.mail_host}:{self.settings.mail_port}"

    def _first_requests(self) -> Iterator[str]:
        url = f"{self.settings.base_url}/tickets"
        yield "Tokens, by role. Paste these lines into a shell:"
        yield ""
        for token, actor in self.settings.tokens.items():
            if is_clear(token):
                yield f"  {actor.role.upper()}={token.get_secret_value()}"
        yield ""
        yield "Open, list, answer and follow a ticket; set NUMBER to the number of the ticket:"
        yield ""
        yield f"  {curl(Role.SERVICE, url, FIRST_REQUEST)}"
        yield f"  {curl(Role.AGENT, url)}"
        yield f"  {curl(Role.AGENT, f'{url}/$NUMBER/respond', FIRST_RESPONSE)}"
        yield f"  {curl(Role.AGENT, f'{url}/$NUMBER/timeline')}"
        yield ""


def curl(role: Role, url: str, body: object = None) -> str:
    """A shell command that takes the token of the role from a variable."""
    words = ["curl -s", url, f'-H "Authorization: Bearer ${role.upper()}"']
    if body is not None:
        words += ["-H 'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body))]
    return " ".join(words)
