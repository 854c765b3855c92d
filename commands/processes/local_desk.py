"""A complete deployment on this machine: worker, API and mail catcher in this process, and the
Temporal server as a child process.

They are nested so that they stop in order: first the API, which takes no more requests, then the
worker, which finishes running tasks, then the mail catcher, and last the server that all of them
need. The server starts first and boots while the rest is imported.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

from bootstrap.audit import STANDARD_OUTPUT
from bootstrap.encryption import client_options
from bootstrap.tcp_ports import Port, require_free
from bootstrap.telemetry import Telemetry, telemetry
from commands.processes.api_process import check_files, serve_api
from commands.processes.banner import Banner
from commands.processes.dev_server import LOOPBACK, DevServer
from commands.processes.shutdown_signals import ShutdownSignals
from commands.processes.state_dir import StateDir, note_holder
from commands.processes.task_group import run_until_first_exit
from commands.processes.tokens import load_or_generate
from settings import Settings

if TYPE_CHECKING:
    from activities.ports import Mailer

LOG = logging.getLogger("desk")


async def run_until_stopped(settings: Settings, ephemeral: bool) -> int:
    """Runs until a signal arrives; returns the exit code."""
    signals = ShutdownSignals()
    try:
        await LocalDesk(settings, ephemeral).run(signals)
    except asyncio.CancelledError:
        if signals.received is None:
            raise
    return signals.exit_code


class LocalDesk:
    """The processes of `desk up`; `ephemeral` keeps tickets in memory only."""

    def __init__(self, settings: Settings, ephemeral: bool) -> None:
        self._settings = settings
        self._ephemeral = ephemeral
        self._state = StateDir(settings.state_dir)
        self._generates_tokens = not settings.tokens

    async def run(self, signals: ShutdownSignals) -> None:
        """Runs until cancelled, or until one of the parts stops."""
        check_files(self._settings)
        self._state.make()
        # Without a database file, several can share the directory.
        with nullcontext() if self._ephemeral else self._state.locked() as lock:
            require_free(ports_of(self._settings))
            if self._generates_tokens:
                tokens = load_or_generate(self._state.tokens)
                generated = {"tokens": tokens, "tokens_file": self._state.tokens}
                self._settings = self._settings.model_copy(update=generated)
            if self._settings.proof_key is None:
                from commands.processes.proof_key import load_or_generate_key

                key = load_or_generate_key(self._state.proof_key)
                self._settings = self._settings.model_copy(update={"proof_key": key})
            if str(self._settings.audit_log) == STANDARD_OUTPUT:
                # The terminal is for people.
                own = {"audit_log": self._state.audit_log}
                self._settings = self._settings.model_copy(update=own)
            with telemetry(self._settings, "desk") as started:
                async with self._server(lock, started) as server:
                    signals.before_exit = server.kill
                    await run_until_first_exit(server.watch(), self._serve(server, started))

    @asynccontextmanager
    async def _server(self, lock: int | None, started: Telemetry) -> AsyncIterator[DevServer]:
        server = DevServer(
            self._settings.temporal_port,
            log=self._state.server_log(self._ephemeral),
            database=None if self._ephemeral else self._state.database,
            client_options=await client_options(self._settings, started),
        )
        try:
            process = await server.start(lock)
            if lock is not None:
                note_holder(lock, "its server", process)
            yield server
        finally:
            await server.stop()

    async def _serve(self, server: DevServer, started: Telemetry) -> None:
        # Imported here, while the server boots.
        from api.server.server import serve
        from bootstrap.contracts import contract_directory
        from bootstrap.own_templates import own_templates
        from bootstrap.senders import configured_senders, connections
        from commands.processes.ui_front import UiFront
        from commands.temporal.search_attributes import register
        from policies.loading.policy_catalog import PolicyCatalog
        from worker import make_worker

        settings = self._settings
        catalog = PolicyCatalog.load(settings.policies)
        own = own_templates(settings.policies, catalog)
        async with AsyncExitStack() as stack:
            mailer = await self._mailer(stack)
            client = await server.ready()
            await register(client)
            worker = make_worker(
                client,
                senders=configured_senders(settings, own, mailer),
                contracts=contract_directory(settings),
                catalog=catalog,
                grace=timedelta(seconds=settings.grace_seconds),
                mailbox=settings.mail_from,
                at_once=connections(settings),
                task_queue=settings.task_queue,
            )
            await stack.enter_async_context(worker)
            api = serve_api(settings, client, catalog, started)
            front = serve(UiFront(server.hidden_ui), LOOPBACK, settings.ui_port, quietly=True)
            await run_until_first_exit(api, front, self._greet())

    async def _mailer(self, stack: AsyncExitStack) -> "Mailer":
        from activities.adapters.mail_catcher import MailCatcher
        from activities.adapters.smtp import SmtpMailer, Tls
        from bootstrap.mail import smtp_mailer

        if self._settings.mail_host is not None:
            return smtp_mailer(self._settings)
        catcher = MailCatcher(directory=self._state.mail, on_message=LOG.info)
        await stack.enter_async_context(catcher)
        return SmtpMailer(LOOPBACK, catcher.port, tls=Tls.NONE)

    async def _greet(self) -> None:
        """Prints the banner once the API listens, then waits to be cancelled."""
        await until_listening(self._settings.api_host, self._settings.api_port)
        ui = f"http://{LOOPBACK}:{self._settings.ui_port}"
        Banner(self._settings, self._state, ui, self._ephemeral, self._generates_tokens).show()
        await asyncio.Event().wait()


def ports_of(settings: Settings) -> tuple[Port, ...]:
    """The ports that `desk up` listens on, each with its purpose and settings."""
    return (
        Port(settings.api_port, settings.api_host, "the API", "--port", "DESK_API_PORT"),
        Port(settings.ui_port, LOOPBACK, "the Temporal UI", "--ui-port", "DESK_UI_PORT"),
        Port(
            settings.temporal_port,
            LOOPBACK,
            "the Temporal server",
            "--temporal-port",
            "DESK_TEMPORAL_PORT",
        ),
    )


async def until_listening(host: str, port: int) -> None:
    """Returns as soon as a connection succeeds."""
    while True:
        try:
            _, connection = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            connection.close()
            return
