"""The settings of a deployment, read from `DESK_*` environment variables.

The connection to Temporal is configured by the standard variables of all Temporal tools
(`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, or a profile in a
TOML file), which `temporalio.envconfig.ClientConfig.load_client_connect_config` reads.

Secrets (tokens, the mail password, the pager key, the key of proofs, the secret of the contract
directory) appear in no `repr`, and error messages never quote a value.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AnyHttpUrl,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.identity.static_tokens import TOKENS_EXAMPLE, Tokens, parse_tokens
from bootstrap.setting_types import (
    ActionTime,
    BuildId,
    DeploymentName,
    EmailAddress,
    KeyStoreAddress,
    LogFormat,
    MailTls,
    MetricsAddress,
    Network,
    Origin,
    Port,
    TaskQueueName,
    is_loopback,
)

PREFIX = "DESK_"
ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 16

KMS_KEY = re.compile(r"^https?://[^\s?#@]+/keys/[A-Za-z0-9_.-]{1,64}$")
_KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
"""32 bytes in base64."""
_PRINTABLE = re.compile(r"[!-~]+")


def _sender_domain(values: Mapping[str, Any]) -> str:
    # Absent if the sender address is invalid, which is reported on its own.
    return str(values.get("mail_from", "desk.example")).rpartition("@")[2]


_PAIRS = (
    ("contracts_url", "contracts_secret", ""),
    ("encryption_kms_url", "encryption_kms_token_file", ""),
    ("pager_url", "pager_key", ""),
    ("deployment", "build", " (--deployment and --build)"),
    ("mail_username", "mail_password", ""),
)
"""Settings that are useless without each other, and the options that set them."""


class Settings(BaseSettings):
    """The settings of one process, read once in its composition root."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        # Docker Compose passes unset variables as empty ones.
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    policies: Path = Field(
        default=ROOT / "policies" / "catalog",
        description="Directory of policies. Default: the catalog that ships.",
    )
    contracts: Path = Field(
        default=ROOT / "examples" / "contracts",
        description="Directory of account contracts. Default: the examples that ship.",
    )
    contracts_url: AnyHttpUrl | None = Field(
        default=None,
        description="URL of an HTTP contract directory, which replaces the contract files: https, "
        "or loopback.",
    )
    contracts_secret: SecretStr | None = Field(
        default=None,
        description="Secret with which the directory signs its responses.",
    )
    contracts_timeout_seconds: float = Field(
        default=3.0,
        gt=0,
        le=60,
        description="Timeout of one lookup in the directory, retries included.",
    )
    contracts_ttl_seconds: float = Field(
        default=60.0,
        ge=0,
        le=86_400,
        description="How long a contract from the directory is cached.",
    )

    api_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address the API listens on. Other than loopback requires tokens, API keys or "
        "an OpenID Connect provider.",
    )
    api_port: Port = Field(default=8000, description="Port the API listens on.")
    openings_per_second: float = Field(
        default=5.0,
        ge=0,
        le=10_000,
        description="Tickets per second that one account may open at one API process. Excess "
        "requests wait, then get 429. 0 disables the limit.",
    )
    requests_per_second: float = Field(
        default=100.0,
        ge=0,
        le=100_000,
        description="Requests per second that one token may send to one API process. Excess "
        "requests get 429. 0 disables the limit.",
    )
    requests_per_second_per_address: float = Field(
        default=200.0,
        ge=0,
        le=100_000,
        description="The same for one IPv4 address or IPv6 /64 network.",
    )
    max_connections: int = Field(
        default=512,
        ge=1,
        le=100_000,
        description="Connections that one API process keeps, as far as it has file descriptors.",
    )
    max_connections_per_address: int = Field(
        default=64,
        ge=0,
        le=100_000,
        description="The same for one IPv4 address or IPv6 /64 network. 0 disables the limit.",
    )
    trusted_proxies: Annotated[tuple[Network, ...] | None, NoDecode] = Field(
        default=None,
        description="Addresses or networks of proxies in front of the API, separated by commas: "
        "their `X-Forwarded-For` is believed, and limits count by the addresses in it.",
    )
    action_time: ActionTime = Field(
        default=ActionTime.RECEIPT,
        description="When an action takes effect: at its `receipt` by the API, or when the "
        "workflow takes it, by the clock of `temporal`. Choose `temporal` where the clocks of both "
        "cannot be kept equal, or where tests skip time.",
    )
    public_url: AnyHttpUrl | None = Field(
        default=None,
        description="URL at which callers reach the API, if it differs from the listening address.",
    )
    tokens_file: Path | None = Field(
        default=None,
        description="File with the JSON of DESK_TOKENS, for container secrets. It is read again "
        "while the API runs.",
    )
    tokens: Annotated[Tokens, NoDecode] = Field(
        default_factory=dict,
        validate_default=True,
        repr=False,
        description=f"Bearer tokens and their actors, as JSON: {TOKENS_EXAMPLE}. "
        "Optional keys of an actor: name, email, account, accounts, scope, expires_at. A token can "
        "be its hash, of `desk keys hash-token`.",
    )
    keys_file: Path | None = Field(
        default=None,
        description="File of API keys, which `desk keys` writes. It is created if it does not "
        "exist.",
    )
    oidc_file: Path | None = Field(
        default=None,
        description="File with the trusted OpenID Connect issuers and the meaning of their claims.",
    )

    agents_file: Path | None = Field(
        default=None,
        description="File with the agents that tickets can be assigned to, besides those of static "
        "tokens. It is read again while the API runs.",
    )

    encryption_keys_file: Path | None = Field(
        default=None,
        description="File with the master keys that encrypt histories. Without it, histories are "
        "in clear.",
    )
    encryption_kms_url: AnyHttpUrl | None = Field(
        default=None,
        description="URL of a key of Vault's transit engine that encrypts histories instead, such "
        "as https://vault.example:8200/v1/transit/keys/desk: https, or loopback. The file then "
        "only decrypts.",
    )
    encryption_kms_token_file: Path | None = Field(
        default=None,
        description="File with the token for that key, read for each request.",
    )
    encryption_store: KeyStoreAddress = Field(
        default=".desk/data-keys.db",
        description="Data keys of tickets and accounts, wrapped by a master key: an SQLite file, "
        "or a PostgreSQL URL such as postgresql://desk@db.example/desk?sslmode=verify-full. All "
        "processes use the same one.",
    )
    codec_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address `desk codec` listens on. Other than loopback requires tokens.",
    )
    codec_port: Port = Field(default=8234, description="Port `desk codec` listens on.")
    codec_origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        default=(),
        description="Origins of Temporal UIs whose pages may use `desk codec`, separated by "
        "commas, such as https://temporal.desk.example.",
    )

    proof_key: SecretStr | None = Field(
        default=None,
        description="Key that signs proofs of tickets: 32 random bytes in base64, such as those of "
        "`openssl rand -base64 32`. Without it, there are no proofs.",
    )

    mail_host: str | None = Field(
        default=None,
        description="Mail server for notices. Without it, `desk up` starts a mail catcher.",
    )
    mail_port: Port = Field(default=25, description="Port of the mail server.")
    mail_tls: MailTls = Field(
        default=MailTls.OPPORTUNISTIC,
        description="Encryption of the connection: none, opportunistic (STARTTLS if the server "
        "offers it, else a warning), starttls or tls.",
    )
    mail_username: str | None = Field(default=None, description="User name at the mail server.")
    mail_password: SecretStr | None = Field(
        default=None, description="Password of that user; refused over an unencrypted connection."
    )
    mail_from: EmailAddress = Field(
        default="support@desk.example", description="Sender address of notices."
    )
    mail_domain: str = Field(
        default_factory=_sender_domain,
        description="Domain in the Message-IDs of notices. Default: the domain of DESK_MAIL_FROM.",
    )
    mail_connections: int = Field(
        default=100,
        ge=1,
        le=1_000,
        description="E-mails that one worker sends at the same time, each over its own connection.",
    )

    pager_url: AnyHttpUrl | None = Field(
        default=None,
        description="URL for on-call pages: PagerDuty's Events API v2 "
        "(https://events.pagerduty.com/v2/enqueue) or a compatible service. Without it, pages go "
        "out by e-mail.",
    )
    pager_key: SecretStr | None = Field(
        default=None, description="Integration key (routing key) of the paged service."
    )
    pager_timeout_seconds: float = Field(
        default=10.0, gt=0, le=30, description="Timeout of one attempt to page."
    )
    pager_connections: int = Field(
        default=20,
        ge=1,
        le=1_000,
        description="Pages that one worker sends at the same time. E-mails do not count.",
    )

    state_dir: Path = Field(
        default=Path(".desk"),
        description="Where `desk up` stores its database, tokens and caught mail.",
    )
    ui_port: Port = Field(default=8233, description="Port of the Temporal UI of `desk up`.")
    temporal_port: Port = Field(
        default=7233, description="Port of the embedded Temporal server of `desk up`."
    )
    task_queue: TaskQueueName = Field(
        default="desk",
        description="Task queue of tickets and accounts; others begin with its name. The same for "
        "workers and APIs.",
    )
    deployment: DeploymentName | None = Field(
        default=None,
        description="Worker Deployment of a worker. Without it, the worker is unversioned.",
    )
    build: BuildId | None = Field(
        default=None, description="Build ID of the worker in that deployment, unique per release."
    )
    grace_seconds: int = Field(
        default=10,
        ge=0,
        description="How long a stopping worker waits for running activities.",
    )
    metrics_address: MetricsAddress | None = Field(
        default=None,
        description="Where this process serves Prometheus metrics: a port on loopback, or an IP "
        "address with a port. Without it, no metrics are collected.",
    )
    audit_log: Path = Field(
        default=Path("-"),
        description="File that the API appends its audit log to; - is standard output.",
    )
    log_format: LogFormat = Field(
        default=LogFormat.TEXT, description="Format of log lines: text or json."
    )

    @property
    def base_url(self) -> str:
        """The URL of the API in links, without a trailing slash."""
        if self.public_url is not None:
            return str(self.public_url).rstrip("/")
        host = f"[{self.api_host}]" if ":" in self.api_host else self.api_host
        return f"http://{host}:{self.api_port}"

    @property
    def paging_route(self) -> str:
        """How on-call pages are sent, as the end of a sentence."""
        if self.pager_url is None:
            return f"by e-mail, because {PREFIX}PAGER_URL is not set"
        return f"to the pager at {self.pager_url.host}"

    @property
    def has_credentials(self) -> bool:
        """Whether any kind of credential is configured."""
        return bool(self.tokens) or self.keys_file is not None or self.oidc_file is not None

    @property
    def encrypts(self) -> bool:
        """Whether histories are encrypted."""
        return self.encryption_keys_file is not None or self.encryption_kms_url is not None

    @property
    def stamps_actions(self) -> bool:
        """Whether actions take effect at their receipt by the API."""
        return self.action_time is ActionTime.RECEIPT

    @field_validator("trusted_proxies", "codec_origins", mode="before")
    @classmethod
    def _split(cls, listed: Any) -> Any:
        return tuple(listed.split(",")) if isinstance(listed, str) else listed

    @field_validator("tokens", mode="before")
    @classmethod
    def _read_tokens(cls, tokens: Any, info: ValidationInfo) -> Tokens:
        file: Path | None = info.data.get("tokens_file")
        if file is None:
            return parse_tokens(tokens)
        if tokens:
            raise ValueError(f"set either this or {PREFIX}TOKENS_FILE, not both")
        text = _text_of(file)
        try:
            return parse_tokens(text)
        except ValueError as error:
            raise ValueError(f"in {file}: {error}") from None

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        if problems := [*self._conflicts()]:
            raise ValueError("; ".join(problems))
        return self

    def _conflicts(self) -> Iterator[str]:
        for one, other, options in _PAIRS:
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                yield f"set both {_variable(one)} and {_variable(other)}, or neither{options}"
        for host in ("api_host", "codec_host"):
            address = getattr(self, host)
            if not self.has_credentials and not is_loopback(address):
                yield (
                    f"{_variable(host)}={address} is reachable from other machines: "
                    f"set {PREFIX}TOKENS, {PREFIX}TOKENS_FILE, {PREFIX}KEYS_FILE or "
                    f"{PREFIX}OIDC_FILE, or listen on 127.0.0.1"
                )
        yield from self._invalid_secrets()
        yield from self._unencrypted_secrets()

    def _invalid_secrets(self) -> Iterator[str]:
        secret, key = self.contracts_secret, self.pager_key
        kms = self.encryption_kms_url
        if kms is not None and not KMS_KEY.search(str(kms)):
            yield f"{PREFIX}ENCRYPTION_KMS_URL is not the URL of a key: it must end in /keys/<name>"
        signs = self.proof_key
        if signs is not None and not _KEY.fullmatch(signs.get_secret_value()):
            yield f"{PREFIX}PROOF_KEY is not a key: use 32 random bytes in base64"
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            yield (
                f"{PREFIX}CONTRACTS_SECRET is too short: use at least {SHORTEST_SECRET} characters"
            )
        if key is not None and not _PRINTABLE.fullmatch(key.get_secret_value()):
            yield f"{PREFIX}PAGER_KEY is not a routing key: use printable ASCII without spaces"

    def _unencrypted_secrets(self) -> Iterator[str]:
        url = self.pager_url
        pager_host = (url.host or "").strip("[]") if url else ""
        if url is not None and url.scheme != "https" and not is_loopback(pager_host):
            yield (
                f"{PREFIX}PAGER_KEY would cross the network unencrypted: "
                f"use https in {PREFIX}PAGER_URL"
            )
        kms = self.encryption_kms_url
        if (
            kms is not None
            and kms.scheme != "https"
            and not is_loopback((kms.host or "").strip("[]"))
        ):
            yield (
                f"data keys would cross the network unencrypted: "
                f"use https in {PREFIX}ENCRYPTION_KMS_URL"
            )
        directory = self.contracts_url
        contracts_host = (directory.host or "").strip("[]") if directory else ""
        if (
            directory is not None
            and directory.scheme != "https"
            and not is_loopback(contracts_host)
        ):
            yield (
                f"contracts would cross the network unencrypted: use https in {PREFIX}CONTRACTS_URL"
            )
        may_be_clear = self.mail_tls in (MailTls.NONE, MailTls.OPPORTUNISTIC)
        is_clear = may_be_clear and not is_loopback(self.mail_host or "localhost")
        if self.mail_password is not None and is_clear:
            yield (
                f"{PREFIX}MAIL_PASSWORD would cross the network unencrypted: "
                f"set {PREFIX}MAIL_TLS to starttls or tls"
            )


def _variable(setting: str) -> str:
    return f"{PREFIX}{setting.upper()}"


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ValueError(f"cannot read {file}: {reason}") from None
