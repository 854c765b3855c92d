"""Everything a deployment may set, read from `DESK_*` environment variables.

What is *not* here: how to reach Temporal. Address, namespace, TLS and API key follow the
standard of all Temporal tools (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
`TEMPORAL_TLS_*`, or a profile in a TOML file), as
`temporalio.envconfig.ClientConfig.load_client_connect_config` reads them.

Secrets never show: tokens, the mail password, the key of the pager and the secret of the contract
directory are left out of every `repr`, and error messages say what is wrong with a value without
repeating it.
"""

import hmac
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from policies.schema.contract import OneLine
from policies.vocabulary import Role

PREFIX = "DESK_"
ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 16
LARGEST_PORT = 65535
TOKENS_SHAPE = '{"<token>": {"id": "ada", "role": "agent"}}'

# What RFC 6750 lets an Authorization header carry.
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_PRINTABLE = re.compile(r"[!-~]+")
# What Temporal takes, and shells and queries need not quote.
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_BUILD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


class MailTls(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


def _mail_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("not a plain mail address such as support@desk.example")
    return text


def _metrics_address(text: str) -> str:
    """`9464`, `0.0.0.0:9464` or `[::1]:9464`, with its host; without one it is loopback."""
    host, _, port = text.rpartition(":")
    host = "127.0.0.1" if host in ("", "localhost") else host
    try:
        number = int(port)
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        number = 0
    if not 1 <= number <= LARGEST_PORT:
        raise ValueError("not a port such as 9464, nor an IP address with one: 0.0.0.0:9464")
    return f"[{address}]:{number}" if address.version == 6 else f"{address}:{number}"


def _domain_of(given: Mapping[str, Any]) -> str:
    # Absent when the sender address itself was refused; that is reported on its own.
    return str(given.get("mail_from", "desk.example")).rpartition("@")[2]


def _deployment_name(text: str) -> str:
    if not _DEPLOYMENT.fullmatch(text):
        raise ValueError("has to be 1 to 100 letters, digits, - and _, such as desk")
    return text


def _build_id(text: str) -> str:
    if not _BUILD.fullmatch(text):
        raise ValueError("has to be 1 to 100 letters, digits and -_.+, such as 0.2.0 or a3f9c21")
    return text


DeploymentName = Annotated[str, AfterValidator(_deployment_name)]
BuildId = Annotated[str, AfterValidator(_build_id)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
MetricsAddress = Annotated[str, AfterValidator(_metrics_address)]
Port = Annotated[int, Field(ge=1, le=LARGEST_PORT)]


class TokenActor(BaseModel):
    """Who acts when a request carries a certain token."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: OneLine = Field(description="Stable identity of the actor.")
    role: Role = Field(description="What the actor is to the tickets it acts on.")
    name: OneLine | None = Field(default=None, description="How the actor is named to people.")
    account: str | None = Field(
        default=None, description="The only account it may see and act for; none means all."
    )

    @field_validator("role")
    @classmethod
    def _a_token_never_speaks_for_the_system(cls, role: Role) -> Role:
        if role is Role.SYSTEM:
            raise ValueError("'system' is the workflow itself and has no token")
        return role


class Settings(BaseSettings):
    """The settings of one process. Read once, at its composition root, and never changed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        # Compose files pass variables on that are not set as empty ones.
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    policies: Path = Field(
        default=ROOT / "policies" / "catalog",
        description="Directory of policy documents; the shipped catalogue unless set.",
    )
    contracts: Path = Field(
        default=ROOT / "examples" / "contracts",
        description="Directory of account contracts; the shipped examples unless set.",
    )
    contracts_url: AnyHttpUrl | None = Field(
        default=None,
        description="Address of a contract directory over HTTP, used instead of the files.",
    )
    contracts_secret: SecretStr | None = Field(
        default=None,
        description="Secret that the answers of that directory are signed with.",
    )
    contracts_timeout_seconds: float = Field(
        default=3.0,
        gt=0,
        le=60,
        description="How long that directory may take to answer, repeated attempts included.",
    )
    contracts_ttl_seconds: float = Field(
        default=60.0,
        ge=0,
        le=86_400,
        description="How long an answer of that directory is used without asking again.",
    )

    api_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address the API listens on. Outside loopback it needs configured tokens.",
    )
    api_port: Port = Field(default=8000, description="Port the API listens on.")
    openings_per_second: float = Field(
        default=5.0,
        ge=0,
        le=10_000,
        description="How many tickets one account may open in a second, at each API process; "
        "more wait, or are asked to come again. 0 takes as many as come.",
    )
    public_url: AnyHttpUrl | None = Field(
        default=None,
        description="Address at which callers reach the API, where that is not the one it "
        "listens on.",
    )
    tokens_file: Path | None = Field(
        default=None,
        description="File holding what DESK_TOKENS would hold, as container secrets are given.",
    )
    tokens: Annotated[Mapping[SecretStr, TokenActor], NoDecode] = Field(
        default_factory=dict,
        validate_default=True,
        repr=False,
        description=f"Bearer tokens and who they speak for, as JSON: {TOKENS_SHAPE}. "
        "Optional keys of an actor: name, account.",
    )

    mail_host: str | None = Field(
        default=None,
        description="Mail server that notices go through; `desk up` starts a catcher without one.",
    )
    mail_port: Port = Field(default=25, description="Port of the mail server.")
    mail_tls: MailTls = Field(
        default=MailTls.NONE, description="Protection of the connection: none, starttls or tls."
    )
    mail_username: str | None = Field(default=None, description="Login at the mail server.")
    mail_password: SecretStr | None = Field(
        default=None, description="Password of that login; refused over an unprotected connection."
    )
    mail_from: MailAddress = Field(
        default="support@desk.example", description="Sender address of notices."
    )
    mail_domain: str = Field(
        default_factory=_domain_of,
        description="Domain in Message-IDs of notices; that of the sender address unless set.",
    )

    pager_url: AnyHttpUrl | None = Field(
        default=None,
        description="Where pages go, to an address that takes events of PagerDuty's Events API "
        "v2: https://events.pagerduty.com/v2/enqueue is theirs. Without one they go by mail.",
    )
    pager_key: SecretStr | None = Field(
        default=None, description="Routing key there: the integration key of what is paged."
    )
    pager_timeout_seconds: float = Field(
        default=10.0, gt=0, le=30, description="How long one attempt to page may take."
    )

    state_dir: Path = Field(
        default=Path(".desk"), description="Where `desk up` keeps its database and caught mail."
    )
    ui_port: Port = Field(default=8233, description="Port of the Temporal UI of `desk up`.")
    temporal_port: Port = Field(
        default=7233, description="Port of the embedded Temporal server of `desk up`."
    )
    deployment: DeploymentName | None = Field(
        default=None,
        description="Worker Deployment that a worker belongs to; without one it is unversioned.",
    )
    build: BuildId | None = Field(
        default=None, description="Build of that deployment, another for each release."
    )
    grace_seconds: int = Field(
        default=10,
        ge=0,
        description="How long a stopping worker lets running activities finish.",
    )
    metrics_address: MetricsAddress | None = Field(
        default=None,
        description="Where Prometheus finds the metrics of this process: a port of loopback, or "
        "an IP address and a port. None are kept without it.",
    )
    log_format: LogFormat = Field(
        default=LogFormat.TEXT, description="How log lines are written: text or json."
    )

    @property
    def base_url(self) -> str:
        """The address of the API in links, without a trailing slash."""
        if self.public_url is not None:
            return str(self.public_url).rstrip("/")
        host = f"[{self.api_host}]" if ":" in self.api_host else self.api_host
        return f"http://{host}:{self.api_port}"

    @property
    def pages_go(self) -> str:
        """How pages go, and why, for people."""
        if self.pager_url is None:
            return f"by mail, because {PREFIX}PAGER_URL is not set"
        return f"to the pager at {self.pager_url.host}"

    def actor_for(self, token: str) -> TokenActor | None:
        """Who the token speaks for; compared in constant time, so timing reveals no token."""
        found = None
        for known, actor in self.tokens.items():
            if hmac.compare_digest(known.get_secret_value().encode(), token.encode()):
                found = actor
        return found

    @field_validator("tokens", mode="before")
    @classmethod
    def _read_tokens(cls, given: Any, info: ValidationInfo) -> Mapping[SecretStr, TokenActor]:
        file: Path | None = info.data.get("tokens_file")
        if file is not None:
            if given:
                raise ValueError(f"set either this or {PREFIX}TOKENS_FILE, not both")
            given = _text_of(file)
        return parse_tokens(given)

    @model_validator(mode="after")
    def _nobody_outside_without_a_token(self) -> Self:
        if not self.tokens and not is_loopback(self.api_host):
            raise ValueError(
                f"{PREFIX}API_HOST={self.api_host} can be reached from other machines: "
                f"configure {PREFIX}TOKENS or {PREFIX}TOKENS_FILE, or listen on 127.0.0.1"
            )
        return self

    @model_validator(mode="after")
    def _contracts_over_http_are_signed(self) -> Self:
        if (self.contracts_url is None) != (self.contracts_secret is None):
            raise ValueError(f"{PREFIX}CONTRACTS_URL and {PREFIX}CONTRACTS_SECRET belong together")
        secret = self.contracts_secret
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"{PREFIX}CONTRACTS_SECRET is short enough to be guessed: "
                f"use at least {SHORTEST_SECRET} characters"
            )
        return self

    @model_validator(mode="after")
    def _pages_go_out_whole_and_protected(self) -> Self:
        if (self.pager_url is None) != (self.pager_key is None):
            raise ValueError(f"{PREFIX}PAGER_URL and {PREFIX}PAGER_KEY belong together")
        if self.pager_key is not None and not _PRINTABLE.fullmatch(
            self.pager_key.get_secret_value()
        ):
            raise ValueError(
                f"{PREFIX}PAGER_KEY is no routing key: write it without spaces or line breaks"
            )
        url = self.pager_url
        if (
            url is not None
            and url.scheme != "https"
            and not is_loopback((url.host or "").strip("[]"))
        ):
            raise ValueError(
                f"{PREFIX}PAGER_KEY would cross the network in clear: "
                f"begin {PREFIX}PAGER_URL with https"
            )
        return self

    @model_validator(mode="after")
    def _a_build_is_of_a_deployment(self) -> Self:
        if (self.deployment is None) != (self.build is None):
            raise ValueError(
                f"{PREFIX}DEPLOYMENT and {PREFIX}BUILD (--deployment and --build) belong together"
            )
        return self

    @model_validator(mode="after")
    def _mail_login_is_whole_and_protected(self) -> Self:
        if (self.mail_username is None) != (self.mail_password is None):
            raise ValueError(f"{PREFIX}MAIL_USERNAME and {PREFIX}MAIL_PASSWORD belong together")
        in_clear = self.mail_tls is MailTls.NONE and not is_loopback(self.mail_host or "localhost")
        if self.mail_password is not None and in_clear:
            raise ValueError(
                f"{PREFIX}MAIL_PASSWORD would cross the network in clear: "
                f"set {PREFIX}MAIL_TLS to starttls or tls"
            )
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on the host."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # A name may resolve to anything, tomorrow to something else.
        return False


def parse_tokens(given: str | Mapping[Any, Any]) -> Mapping[SecretStr, TokenActor]:
    """Tokens as configured, every mistake reported by its position: a token is never quoted."""
    entries = _decoded(given) if isinstance(given, str) else given
    if not isinstance(entries, Mapping):
        raise ValueError(f"has to be a JSON object such as {TOKENS_SHAPE}")
    tokens: dict[SecretStr, TokenActor] = {}
    problems: list[str] = []
    for position, (token, actor) in enumerate(entries.items(), start=1):
        secret = token if isinstance(token, SecretStr) else SecretStr(str(token))
        if not _BEARER.fullmatch(secret.get_secret_value()):
            problems.append(f"token {position} cannot be sent: use letters, digits and -._~+/=")
        try:
            tokens[secret] = TokenActor.model_validate(actor)
        except ValidationError as error:
            problems += [f"token {position}: {problem}" for problem in _problems_in(error)]
    if problems:
        raise ValueError("; ".join(problems))
    return tokens


def explain_settings_error(error: ValidationError) -> str:
    """What is wrong with the environment, one line a variable, fit for a terminal."""
    lines = [f"  {line}" for line in _lines_of(error)]
    return "\n".join(["The settings are not usable:", *lines])


def _lines_of(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        if problem["type"] == "default_factory_not_called":
            continue
        message = problem["msg"].removeprefix("Value error, ")
        if problem["loc"]:
            yield f"{PREFIX}{str(problem['loc'][0]).upper()}: {message}"
        else:
            yield message


def _problems_in(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        if problem["type"] == "default_factory_not_called":
            continue
        message = problem["msg"].removeprefix("Value error, ")
        where = ".".join(str(part) for part in problem["loc"])
        yield f"{where}: {message}" if where else message


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        # The chained error would carry the document, tokens and all.
        raise ValueError(f"is not valid JSON ({error.msg} at {place})") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("has a key twice in one JSON object")
    return dict(pairs)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ValueError(f"cannot read {file}: {reason}") from None
