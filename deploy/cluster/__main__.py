"""`make cluster`: Temporal on PostgreSQL, each service a process, with workers, APIs and a proxy.

    python -m deploy.cluster [--ephemeral] [--state-dir DIR] [--first-port PORT] [--build-only]

docs/cluster.md explains it.
"""

import argparse
import asyncio
import logging
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from activities.adapters.mail_catcher import MailCatcher
from bootstrap.logs import log_to_terminal
from commands.console.error_reporting import exit_code_of, flush_and_exit
from commands.processes.shutdown_signals import ShutdownSignals
from deploy.cluster.addresses import FIRST_PORT, Addresses
from deploy.cluster.cluster import Cluster
from deploy.cluster.processes import Processes
from deploy.cluster.programs import require
from deploy.cluster.state import DEFAULT, State
from deploy.cluster.temporal_programs import TemporalPrograms

CONSOLE = Console(highlight=False)
LOG = logging.getLogger("desk")


def main() -> NoReturn:
    """Runs until Ctrl-C or SIGTERM."""
    log_to_terminal()
    try:
        code = _main(_arguments())
    except BaseException as error:
        code = exit_code_of(error)
    flush_and_exit(code)


def _main(options: argparse.Namespace) -> int:
    require("openssl", "initdb", "caddy")
    temporary = tempfile.TemporaryDirectory(prefix="desk-cluster-") if options.ephemeral else None
    with temporary or nullcontext() as folder:
        if folder:
            # Those of this module are for their owner only, and PostgreSQL has to enter it.
            Path(folder).chmod(0o711)
        state = State(Path(folder) if folder else options.state_dir)
        return asyncio.run(_run(state, Addresses(options.first_port), options.build_only))


async def _run(state: State, addresses: Addresses, build_only: bool) -> int:
    signals = ShutdownSignals()
    try:
        state.make()
        processes = Processes(state, addresses)
        programs = TemporalPrograms(processes.temporal_version)
        if not programs.are_built:
            _say(f"Building Temporal {programs.version} from its Go module, once: some minutes ...")
        await asyncio.to_thread(programs.build)
        if build_only:
            return 0
        with state.locked():
            addresses.require_free()
            async with (
                MailCatcher(addresses.mail, state.mail, LOG.info),
                Cluster.running(processes, programs, _say) as cluster,
            ):
                _greet(cluster)
                await asyncio.Event().wait()
    except asyncio.CancelledError:
        if signals.received is None:
            raise
    return signals.exit_code


def _greet(cluster: Cluster) -> None:
    processes = cluster.processes
    state, ports = processes.state, processes.addresses
    client = processes.client_settings()
    rows = {
        "API": cluster.url,
        "its authority": _short(processes.proxy_authority),
        "tokens": _short(state.secrets.tokens),
        "Temporal": f"{client['TEMPORAL_ADDRESS']}; for its CLI: "
        f". {_short(processes.write_environment())}",
        "PostgreSQL": f"port {ports.postgres}, user temporal, its password in "
        f"{_short(state.secrets.directory / 'postgres-password')}",
        "e-mails": _short(state.mail),
        "logs": _short(state.logs),
    }
    _say("")
    for name, value in rows.items():
        _say(f"  {name:14} {value}")
    _say("\nReady. Ctrl-C stops everything.")


def _short(path: Path) -> str:
    """A path below the present folder without it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _say(line: str) -> None:
    CONSOLE.print(line, markup=False, soft_wrap=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make cluster",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--state-dir", type=Path, default=DEFAULT, help="keeps the state (default: .cluster)"
    )
    parser.add_argument(
        "--ephemeral", action="store_true", help="starts anew, and deletes the state at the end"
    )
    parser.add_argument(
        "--first-port", type=int, default=FIRST_PORT, help=f"of 400 (default: {FIRST_PORT})"
    )
    parser.add_argument(
        "--build-only", action="store_true", help="builds Temporal, and starts nothing"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
