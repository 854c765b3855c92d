"""The types of single settings: choices, addresses, names of builds."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field

LARGEST_PORT = 65535

# Accepted by Temporal, and safe without quotes in shells and queries.
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_BUILD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_ORIGIN = re.compile(r"https?://[^\s/,@?#*]+")
_EMAIL_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


class MailTls(StrEnum):
    """Encryption of the connection to the mail server."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    STARTTLS = "starttls"
    TLS = "tls"


class ActionTime(StrEnum):
    """The clock by which an action stands in the timeline of its ticket."""

    RECEIPT = "receipt"
    TEMPORAL = "temporal"


class LogFormat(StrEnum):
    """The format of log lines."""

    TEXT = "text"
    JSON = "json"


def _email_address(text: str) -> str:
    if not _EMAIL_ADDRESS.fullmatch(text) or not text.isascii():
        raise ValueError("must be a plain e-mail address such as support@desk.example")
    return text


def _metrics_address(text: str) -> str:
    """Normalizes `9464`, `0.0.0.0:9464` or `[::1]:9464`; a port alone means loopback."""
    host, _, port = text.rpartition(":")
    host = "127.0.0.1" if host in ("", "localhost") else host
    try:
        number = int(port)
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        number = 0
    if not 1 <= number <= LARGEST_PORT:
        raise ValueError("must be a port such as 9464, or an IP address with a port: 0.0.0.0:9464")
    return f"[{address}]:{number}" if address.version == 6 else f"{address}:{number}"


def _deployment_name(text: str) -> str:
    if not _DEPLOYMENT.fullmatch(text):
        raise ValueError("must be 1 to 100 letters, digits, - and _, such as desk")
    return text


def _build_id(text: str) -> str:
    if not _BUILD.fullmatch(text):
        raise ValueError("must be 1 to 100 letters, digits and -_.+, such as 0.2.0 or a3f9c21")
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError("must be IP addresses or networks such as 10.0.0.0/8") from None


def _origin(text: str) -> str:
    if not _ORIGIN.fullmatch(text.strip()):
        raise ValueError("must be origins such as https://temporal.desk.example, without a path")
    return text.strip().lower()


def _key_store(text: str) -> str:
    """A file, or a PostgreSQL URL without a password that reaches the database in secret."""
    if not is_postgres(text):
        if "://" in text:
            raise ValueError("must be a file, or a URL such as postgresql://desk@db.example/desk")
        return text
    parts = urlsplit(text)
    query = parse_qs(parts.query)
    credentials, _, hosts = parts.netloc.rpartition("@")
    if ":" in credentials or "password" in query:
        raise ValueError("must not contain a password: add ?passfile=<file>, or set PGPASSFILE")
    named = [*hosts.split(","), *query.get("host", [])]
    remote = [host for host in named if host and not _is_local(host)]
    if remote and query.get("sslmode") != ["verify-full"]:
        raise ValueError(f"{remote[0]} is another machine: add ?sslmode=verify-full")
    return text


def _is_local(host: str) -> bool:
    """Whether a host of a PostgreSQL URL is this machine; a path is a socket."""
    return host.startswith("/") or is_loopback(urlsplit(f"//{host}").hostname or "")


KeyStoreAddress = Annotated[str, Field(min_length=1), AfterValidator(_key_store)]
Origin = Annotated[str, AfterValidator(_origin)]
Network = Annotated[str, AfterValidator(_network)]
DeploymentName = Annotated[str, AfterValidator(_deployment_name)]
BuildId = Annotated[str, AfterValidator(_build_id)]
TaskQueueName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
EmailAddress = Annotated[str, AfterValidator(_email_address)]
MetricsAddress = Annotated[str, AfterValidator(_metrics_address)]
Port = Annotated[int, Field(ge=1, le=LARGEST_PORT)]


def is_postgres(key_store: str) -> bool:
    """Whether the data keys are in a PostgreSQL database, not in a file."""
    return key_store.startswith(("postgresql://", "postgres://"))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a listener on the host."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # A name can resolve to any address, and to another one later.
        return False
