"""The templates of a company's own, beside its policy.

They are in `templates/<policy>/<language>/` next to the policy files, in the layout of this folder:
`escalated.subject.j2`, `escalated.txt.j2`, `escalated.html.j2`, parts that several share, and
`words.yaml`. Each file replaces ours of the same name, or adds to ours, for that policy only.

They are read once, so a process keeps what it started with, and no template can reach a file that
was not read.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from activities.templates.manifest import PARTS, TEMPLATES, WORDS, languages
from policies.documents.problems import PolicyErrors, Problem
from policies.documents.suggestions import one_of

FOLDER = "templates"
ENDING = ".j2"
MAX_BYTES = 64 * 1024
"""The size of one file."""
MAX_FILES = 500
"""How many files one policy may have."""
NEUTRAL = ("frame.html.j2", "parts.html.j2", "parts.txt.j2")
"""Our files without words of any language. A language that we do not ship has only these."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(_([A-Z][a-z]{3}|[A-Z]{2}|\d{3})){0,2}")


@dataclass(frozen=True)
class Source:
    """The text of one file."""

    file: str
    text: str

    def problem(self, line: int, wrong: str, right: str = "") -> Problem:
        """A problem in a line of the file."""
        return Problem(self.file, line, 1, "", wrong, right)


Sources = Mapping[str, Source]
"""Sources by the name of their file."""


@dataclass(frozen=True)
class PolicyTemplates:
    """All templates for one policy: its own ahead of ours, by language."""

    own: Mapping[str, Sources] = field(default_factory=dict)
    directory: Path = TEMPLATES
    """The directory of ours."""

    @property
    def languages(self) -> set[str]:
        """The languages with a template."""
        return languages(self.directory) | self.own.keys()

    def own_sources(self, language: str) -> Sources:
        """The policy's own files for a language; `fr_CA` has those of `fr` as well."""
        return {**self.own.get(_base(language), {}), **self.own.get(language, {})}

    def names(self, language: str) -> set[str]:
        """The files that a template of the language can use: its own and ours."""
        return {*self.own_sources(language), *_shipped(self.directory, language)}

    def shipped_files(self, language: str) -> Mapping[str, Path]:
        """Our files for the language, by name."""
        return _shipped(self.directory, language)

    def complete(self, language: str) -> set[str]:
        """The templates that have all parts in exactly this language."""
        if language not in self.languages:
            return set()
        names = self.names(language)
        by_part = [
            {n.removesuffix(f".{part}{ENDING}") for n in names if n.endswith(f".{part}{ENDING}")}
            for part in PARTS
        ]
        return set.intersection(*by_part)

    def spoken(self, locale: str) -> set[str]:
        """The templates for a reader with this locale, without those that fall back to English."""
        exact = locale.replace("-", "_")
        return self.complete(exact) | self.complete(_base(exact))


OwnTemplates = Mapping[str, Mapping[str, Sources]]
"""Own sources by policy and language."""


def read_own_templates(directory: Path, policies: Collection[str]) -> OwnTemplates:
    """All own templates in a directory of policies; PolicyErrors lists all problems of all files.

    `policies` are the policies there can be.
    """
    problems: list[Problem] = []
    found: dict[str, Mapping[str, Sources]] = {}
    for folder in _entries(directory / FOLDER):
        if folder.name not in policies:
            right = one_of(folder.name, policies)
            wrong = f'there is no policy "{folder.name}"'
            problems.append(Problem(str(folder), 1, 1, "", wrong, right))
            continue
        try:
            found[folder.name] = read_policy_templates(directory, folder.name)
        except PolicyErrors as errors:
            problems += errors.problems
    if problems:
        raise PolicyErrors(problems)
    return found


def read_policy_templates(directory: Path, policy: str) -> Mapping[str, Sources]:
    """The own templates of one policy by language; PolicyErrors lists all problems."""
    root = directory / FOLDER / policy
    problems: list[Problem] = []
    files: list[Path] = []
    found: dict[str, dict[str, Source]] = {}
    for folder in _entries(root):
        if not folder.is_dir() or not _LANGUAGE.fullmatch(folder.name):
            right = "the folders here are languages, such as en, fr or pt_BR"
            wrong = f'"{folder.name}" is not a folder of a language'
            problems.append(Problem(str(folder), 1, 1, "", wrong, right))
            continue
        files += _entries(folder)
    if len(files) > MAX_FILES:
        wrong = f"there are {len(files)} files, and {MAX_FILES} are allowed"
        problems.append(Problem(str(root), 1, 1, "", wrong, "remove what is not needed"))
        files = []
    for path in files:
        try:
            found.setdefault(path.parent.name, {})[path.name] = _read(path, directory)
        except ValueError as error:
            problems.append(Problem(str(path), 1, 1, "", str(error)))
    if problems:
        raise PolicyErrors(problems)
    return found


def _read(path: Path, directory: Path) -> Source:
    """Raises ValueError if it is not a template that may be here."""
    if path.name != WORDS and not path.name.endswith(ENDING):
        raise ValueError(f"this is not a template: name it ...{ENDING}, or {WORDS}")
    if not path.resolve().is_relative_to(directory.resolve()):
        raise ValueError("this is a link to a file outside the directory of policies; copy it here")
    if not path.is_file():
        raise ValueError("this is not a file")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"this cannot be read: {error.strerror or error}") from None
    if len(content) > MAX_BYTES:
        raise ValueError(f"this is larger than {MAX_BYTES // 1024} KiB; use shorter templates")
    try:
        return Source(str(path), content.decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _entries(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        return ()
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


@cache
def _shipped(directory: Path, language: str) -> Mapping[str, Path]:
    """Our files for a language: those of its folders, or the neutral ones."""
    known = languages(directory)
    folders = [each for each in (_base(language), language) if each in known]
    if not folders:
        neutral = (directory / "en" / name for name in NEUTRAL)
        return {path.name: path for path in neutral if path.is_file()}
    return dict(_files_in(directory, folders))


def _files_in(directory: Path, folders: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        for path in (directory / folder).glob(f"*{ENDING}"):
            yield path.name, path


def _base(language: str) -> str:
    return language.partition("_")[0]
