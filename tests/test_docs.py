"""The documents hold: their commands are run, samples compared, tables and links checked.

A `bash` block is sent to one shell, block after block; a `json` block after it is part of what the
shell answered. In a `console` block a line with `$ ` is a command and the rest its output, where
`...` leaves something out. Ticket numbers and instants in samples stand for any other.
"""

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self

import holidays
import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from temporalio.client import Client

from api.actions import shape_of
from api.filters import TicketFilters
from api.models import OpenTicket
from api.problems import KINDS, ProblemDocument
from commands.failure import ExitCode
from commands.simulation import account_expectation, expectation, scenario, steps
from commands.simulation.consistency import CLOSED
from policies import consistency, linting, vocabulary
from policies.contract import Contact, Contract, Publication
from policies.documents import Document
from policies.durations import Duration
from policies.loading import load_policy, read_contract, read_policy
from policies.overrides import errors_of_overrides, surprises_of_overrides
from policies.rules.contracts import contract_under
from policies.rules.survey import declared
from policies.schema.document import SupportPolicy
from policies.schema.parts import Part
from policies.vocabulary import Outcome, Role, Stage
from settings import PREFIX, ROOT, TOKENS_SHAPE, Settings
from tests.commands.desk_process import RunningDesk, environment
from tests.tools import tool
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.connection import SEARCH_ATTRIBUTES
from workflows.ticket.contents import CONTENTS
from workflows.ticket.lifecycle import TRANSITIONS
from workflows.ticket.refusals import REFUSALS

README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
API, POLICIES, OPERATIONS, SCENARIOS, YOUR_OWN = (
    ROOT / "docs" / f"{name}.md"
    for name in ("api", "policies", "operations", "scenarios", "your-own-policy")
)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PATIENCE = 10.0
NOT_RUN_HERE = {"make run", "make test", "docker compose up -d --build"}
SAME_AS = {"make demo": "desk demo"}
VARIES = "<!-- dates and numbers vary -->"
STANDS_FOR_ANY = (
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}",
)

Rows = list[tuple[str, ...]]


class Block(NamedTuple):
    """A fenced block, and the line before it."""

    before: str
    language: str
    text: str


def blocks(path: Path, *languages: str) -> list[Block]:
    found = re.findall(r"([^\n]*)\n+```(\w*)\n(.*?)```", path.read_text(), re.DOTALL)
    return [block for block in map(Block._make, found) if block.language in languages]


def prose(path: Path) -> str:
    """The text without fenced blocks."""
    return re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)


# --- the shell ------------------------------------------------------------------------------------


class Answer(NamedTuple):
    """What a command said, and its exit code."""

    text: str
    code: int


class Shell:
    """One bash for a whole document, so that what it sets stays set."""

    _END = "-- end of the answer --"

    def __init__(self, directory: Path, variables: dict[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash"],
            cwd=directory,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bash.communicate()

    def run(self, command: str) -> Answer:
        """What the command says, errors and all, and how it ended."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{command}\nprintf '\\n%s %s\\n' '{self._END}' $?\n")
        self._bash.stdin.flush()
        said = ""
        for line in iter(self._bash.stdout.readline, ""):
            if line.startswith(self._END):
                return Answer(said, int(line.split()[-1]))
            said += line
        raise AssertionError(f"the shell ended: {said}")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with RunningDesk(tmp_path_factory.mktemp("docs"), "--ephemeral") as desk:
        yield desk


@pytest.fixture
def shell(running: RunningDesk, tmp_path: Path) -> Iterator[Shell]:
    """A shell in a checkout, as it were: with `desk`, and with what `make run` leaves there."""
    tool("curl", "curl")
    command = tmp_path / "bin" / "desk"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "desk.py"}" "$@"\n')
    command.chmod(stat.S_IRWXU)
    for name in ("policies", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".desk").symlink_to(running.state)
    path = f"{command.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    with Shell(tmp_path, environment(PATH=path, no_proxy="*")) as shell:
        yield shell


def eventually(command: str, shell: Shell, complaint: Callable[[Answer], str | None]) -> None:
    """Runs a command; one that changes nothing is run again until its answer is right."""
    until = time.monotonic() + (0 if " -d " in command else PATIENCE)
    while (wrong := complaint(answer := shell.run(command))) is not None:
        assert time.monotonic() < until, f"{command}\n{wrong}\n{answer.text}"
        time.sleep(0.05)


def test_the_readme_can_be_typed_in(shell: Shell, running: RunningDesk) -> None:
    told = blocks(README, "bash", "console", "json")
    for block, after in zip(told, [*told[1:], Block("", "", "")], strict=True):
        if block.language == "console":
            run_console(block, shell)
        elif block.language == "bash":
            command = block.text.replace(":8000", f":{running.port}")
            is_shown = after.language == "json"
            eventually(command, shell, partial(lacks, after.text) if is_shown else fails)


@pytest.mark.parametrize(
    "path", [API, POLICIES, OPERATIONS, CONTRIBUTING, SCENARIOS, YOUR_OWN], ids=lambda p: p.stem
)
def test_commands_of_other_documents_can_be_run(path: Path, shell: Shell) -> None:
    for block in blocks(path, "console"):
        run_console(block, shell)


def run_console(block: Block, shell: Shell) -> None:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, sample = part.partition("\n")
        command = SAME_AS.get(command, command)
        if command not in NOT_RUN_HERE:
            assert command.split()[0] in {"desk", "sed", "ls"}, command
            says = partial(omits, sample, varies=block.before == VARIES)
            eventually(command, shell, says if sample.strip() else fails)


def fails(answer: Answer) -> str | None:
    """What is wrong with an answer that nothing is shown of."""
    return f"exit code {answer.code}" if answer.code else None


def lacks(sample: str, answer: Answer) -> str | None:
    """What the sample has and the last JSON document of the answer has not."""
    found: Any = None
    rest = answer.text.strip()
    while rest:
        found, end = json.JSONDecoder().raw_decode(rest)
        rest = rest[end:].strip()
    return None if holds(json.loads(sample), found) else f"does not hold {sample}"


def omits(sample: str, answer: Answer, *, varies: bool) -> str | None:
    """The first stretch of the sample that the answer does not have, after those before it."""
    words = normal(answer.text, varies=varies)
    for stretch in re.split(r"^\.\.\.$", sample.strip(), flags=re.MULTILINE):
        wanted = normal(stretch, varies=varies)
        if wanted and wanted not in words:
            return f"does not say: {wanted}"
        words = words[words.find(wanted) + len(wanted) :]
    return None


def holds(sample: Any, found: Any) -> bool:
    """Whether all of the sample is in what was found."""
    if isinstance(sample, dict):
        return isinstance(found, dict) and all(
            key in found and holds(value, found[key]) for key, value in sample.items()
        )
    if isinstance(sample, list):
        return isinstance(found, list) and all(any(holds(s, f) for f in found) for s in sample)
    if isinstance(sample, str) and isinstance(found, str):
        for pattern in STANDS_FOR_ANY:
            sample, found = (re.sub(pattern, "any", text) for text in (sample, found))
    return bool(sample == found)


def normal(text: str, *, varies: bool) -> str:
    """Words with one space between them, without the lines of tables."""
    text = " ".join(re.sub(r"[\u2500-\u257f]", " ", text).split())
    if varies:
        for holiday in holidays.country_holidays("US", years=range(2026, 2032)).values():
            text = text.replace(holiday, "HOLIDAY")
        text = re.sub(r"\d+", "0", text)
        text = re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)([a-z]*day)?\b", "DAY", text)
        months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
        text = re.sub(rf"\b({months})(uary|ruary|ch|il|e|y|ust|t?ember|ober)?\b", "MONTH", text)
    return text


async def test_the_queries_for_operations_are_understood(running: RunningDesk) -> None:
    client = await Client.connect(f"127.0.0.1:{running.temporal_port}")
    [block] = blocks(README, "sql")
    queries = [line for line in block.text.splitlines() if not line.startswith("--")]
    assert queries
    for query in queries:
        assert (await client.count_workflows(query)).count >= 0


# --- tables ---------------------------------------------------------------------------------------


def rows_of(path: Path, heading: str) -> Rows:
    """The rows of the first table under a heading."""
    section = path.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]


def codes(words: Iterator[str] | list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def action_rows() -> Rows:
    rows: Rows = []
    for action in CONTENTS:
        fields = shape_of(action).model_fields.items()
        body = codes([f"{n}{'' if field.is_required() else '?'}" for n, field in fields])
        by = ", ".join(role for role in TRANSITIONS[action].by if role is not Role.SYSTEM)
        rows.append((f"`{action.replace('_', '-')}`", by, body))
    return rows


def problem_rows() -> Rows:
    kinds = sorted(KINDS.values(), key=lambda kind: kind.status)
    return [(str(int(kind.status)), f"`{kind.slug}`", kind.means) for kind in kinds]


def setting_rows() -> Rows:
    shape = f"`{TOKENS_SHAPE}`"  # a tag, to Markdown, without the marks
    return [
        (
            f"`{PREFIX}{name.upper()}`",
            default(field.default),
            (field.description or "").replace(TOKENS_SHAPE, shape),
        )
        for name, field in Settings.model_fields.items()
    ]


def default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return ""
    is_ours = isinstance(value, Path) and value.is_relative_to(ROOT)
    return f"`{value.relative_to(ROOT) if is_ours else value}`"


@pytest.mark.parametrize(
    ("path", "heading", "rows"),
    [
        (API, "Acting", action_rows()),
        (API, "Problems", problem_rows()),
        (OPERATIONS, "Settings", setting_rows()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tables_say_what_the_code_says(path: Path, heading: str, rows: Rows) -> None:
    right = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    assert rows_of(path, heading) == rows, f"the rows of the table have to be:\n{right}"


def test_every_filter_of_lists_is_documented() -> None:
    assert [row[0].strip("`") for row in rows_of(API, "Listing")] == [*TicketFilters.model_fields]


def test_every_exit_code_is_documented() -> None:
    assert [int(row[0]) for row in rows_of(OPERATIONS, "Exit codes")] == sorted(ExitCode)


def test_every_search_attribute_is_documented_with_its_type() -> None:
    known = [(f"`{k.name}`", k.indexed_value_type.name) for k in SEARCH_ATTRIBUTES]
    told = [(name, kind) for name, kind, _ in rows_of(README, "Watching in the Temporal UI")]
    assert told == [(name, kind.title().replace("_", "")) for name, kind in known]


def test_every_outcome_is_documented() -> None:
    assert codes([*Outcome]) in API.read_text()


# --- samples --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_samples_are_well_formed(path: Path) -> None:
    for block in blocks(path, "json"):
        json.loads(block.text)
    for block in blocks(path, "yaml"):
        assert not Document.read(block.text, str(path)).problems


def test_the_bodies_of_the_api_document_are_of_their_models() -> None:
    opening, problem = (json.loads(block.text) for block in blocks(API, "json"))
    assert OpenTicket.model_validate(opening).model_fields_set == OpenTicket.model_fields.keys()
    assert ProblemDocument.model_validate(problem).model_fields_set == problem.keys()


def the_policy_of_the_page() -> tuple[SupportPolicy, Contract]:
    fragments = [Document.read(block.text, POLICIES.name) for block in blocks(POLICIES, "yaml")]
    whole: dict[str, Any] = {}
    for fragment in fragments:
        for key, value in fragment.data.items() if not fragment.is_contract else ():
            whole[key] = whole[key] | value if key in whole else value
    [contract] = [json.dumps(f.data) for f in fragments if f.is_contract]
    return read_policy(json.dumps(whole)), read_contract(contract)


def test_the_examples_of_the_policies_page_are_one_sound_policy() -> None:
    policy, contract = the_policy_of_the_page()
    assert [finding.wrong for finding in linting.surprises(policy)] == []
    assert [finding.wrong for finding in contract_under(contract, {policy.policy: policy})] == []
    assert [finding.wrong for finding in errors_of_overrides(contract, policy)] == []
    assert [finding.wrong for finding in surprises_of_overrides(contract, policy)] == []
    assert policy.model_fields_set == SupportPolicy.model_fields.keys()


def test_the_pieces_of_your_own_policy_are_the_example_and_need_no_python() -> None:
    example = ROOT / "examples" / "policies" / "nightjar.yaml"
    whole: dict[str, Any] = {}
    for block in blocks(YOUR_OWN, "yaml"):
        assert block.text in example.read_text()
        whole |= Document.read(block.text, YOUR_OWN.name).data
    assert whole == Document.read(example.read_text(), example.name).data
    policy = load_policy(example)
    assert [*linting.surprises(policy)] == []
    folders = ("activities", "api", "commands", "policies", "workflows")
    code = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in code if policy.policy in path.read_text()] == []


def described_models() -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = [Part]
    for model in found:
        found += model.__subclasses__()
    return [*found, Contract, Contact, Publication]


def test_every_key_of_a_policy_is_described() -> None:
    words = set(re.findall(r"\w+", POLICIES.read_text()))
    keys = {name for model in described_models() for name in model.model_fields}
    assert keys - words == set()


@pytest.mark.parametrize(
    "values", [vocabulary.Guarantee, vocabulary.Reopening, vocabulary.PauseReason]
)
def test_every_value_of_a_policy_is_described(values: type[StrEnum]) -> None:
    assert [value for value in values if f"`{value}`" not in POLICIES.read_text()] == []


def test_every_dimension_of_tables_is_described() -> None:
    policy, _ = the_policy_of_the_page()
    assert codes([str(dimension) for dimension in declared(policy)]) in POLICIES.read_text()


def test_the_durations_described_are_durations() -> None:
    texts = [text for row in rows_of(POLICIES, "Durations") for text in row[0].split("`, `")]
    assert len(texts) > 5
    for text in texts:
        assert str(Duration.parse(text.strip("`"))) == text.strip("`")


def test_the_scenario_of_its_page_is_one_that_ships() -> None:
    shipped = ROOT / "examples" / "scenarios" / "contently" / "answered-over-a-long-weekend.yaml"
    assert shipped.read_text() in [block.text for block in blocks(SCENARIOS, "yaml")]


PARTS = (account_expectation, expectation, scenario, steps)


def parts_of_scenarios() -> list[type[BaseModel]]:
    values = [v for m in PARTS for v in vars(m).values()]
    models = [v for v in values if isinstance(v, type) and issubclass(v, BaseModel)]
    return [model for model in models if model.__module__.startswith("commands.simulation")]


def test_every_key_of_a_scenario_is_described() -> None:
    words = set(re.findall(r"\w+", SCENARIOS.read_text()))
    keys = {name for model in parts_of_scenarios() for name in model.model_fields}
    assert len(keys) > 30
    assert keys - words == set()


def test_every_refusal_a_scenario_can_expect_is_listed() -> None:
    listed = " ".join(SCENARIOS.read_text().split())
    assert codes([*REFUSALS, CLOSED]) in listed
    assert codes(list(ACCOUNT_REFUSALS)) in listed


def test_what_check_refuses_and_warns_about_is_listed() -> None:
    rules = (*consistency.POLICY_RULES, *consistency.CONTRACT_RULES, *linting.RULES)
    listed = " ".join(POLICIES.read_text().lower().split())
    sentences = [rule.__name__.replace("_", " ") for rule in rules]
    assert [sentence for sentence in sentences if sentence not in listed] == []


# --- references -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if not target.startswith(("http:", "https:")):
            name, _, anchor = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            assert file.exists(), target
            assert not anchor or anchor in anchors(file), target


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_files_that_are_named_exist(path: Path) -> None:
    folders = "|".join(sorted(p.name for p in ROOT.iterdir() if p.is_dir() and p.name[0] != "."))
    for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", prose(path)):
        assert (ROOT / name).exists(), name


def make_targets() -> set[str]:
    return set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_make_targets_that_are_named_exist(path: Path) -> None:
    assert set(re.findall(r"(?:`|\$ )make (\w+)", path.read_text())) <= make_targets()


def test_every_make_target_is_documented() -> None:
    named = set(re.findall(r"`make (\w+)", CONTRIBUTING.read_text()))
    assert named >= make_targets() - {"help"}


def test_the_picture_has_stages_that_exist() -> None:
    [block] = blocks(README, "mermaid")
    named = set(re.findall(r"(\w+) -->|--> (\w+)", block.text))
    assert {stage for pair in named for stage in pair if stage} <= set(Stage)
