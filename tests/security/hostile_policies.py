"""Policies written to cost time or memory. Run as a program: reads each, and prints what it cost.

The cost is measured in a process of its own, since a process does not give memory back.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from policies.documents.problems import PolicyErrors
from policies.loading.loader import read_policy
from tests.policies.sample_documents import POLICY, broken

FIRST_RULE = 'when: cause == "plugin" && users < 3 && load > 0.5'


def condition(text: str) -> str:
    """The sample with this condition."""
    return broken(FIRST_RULE, f"when: '{text}'")


def below(key: str, count: int, line: Callable[[int], str]) -> str:
    """The sample with many more lines below a key."""
    return broken(f"\n{key}:\n", f"\n{key}:\n" + "".join(f"  {line(n)}\n" for n in range(count)))


def nested(levels: int) -> str:
    """A condition that maps a list for each value of another, and so on."""
    opened = "".join(f"[1,2,3,4,5,6,7,8,9].map(a{level}, " for level in range(levels))
    return f"size({opened}1{')' * levels}) > 0"


def billion_laughs() -> str:
    """Aliases that would expand into 10^9 values."""
    names = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    return "\n".join(lines)


def rule(when: str) -> str:
    return f"- {{when: '{when}', verdict: not_covered, clause: scope, says: No.}}"


OFFICE = '{zone: Europe/Stockholm, hours: {mon-fri: "09:00-17:00"}, holidays: {country: SE}}'
HOSTILE: dict[str, str] = {
    "nested loops": condition(nested(8)),
    "a long loop": condition(f"[{','.join(['1'] * 400)}].all(x, x > 0 && x < 9)"),
    "a loop over the text of a requester": condition('cause.all(x, x == "b")'),
    "an exponential regular expression": condition('cause.matches("(a+)+$")'),
    "a regular expression as a function": condition('matches(cause, "(a+)+$")'),
    "parentheses": condition("(" * 400 + "beta" + ")" * 400),
    "a sum": condition(f"{'+'.join(['1'] * 400)} > 0"),
    "many long conditions": below("coverage", 450, lambda _: rule(" || ".join(["beta"] * 150))),
    "many rules": below("coverage", 1_500, lambda n: rule(f'cause == "{n}"')),
    "many facts": below("facts", 3_000, lambda n: f"f{n}: {{type: string, ask: A?}}"),
    "many calendars": below("calendars", 1_500, lambda n: f"k{n}: {OFFICE}"),
    "many clauses": below("clauses", 6_000, lambda n: f"c{n}: {{says: A, at: B}}"),
    "many unknown keys": POLICY + "".join(f"unknown{n}: 1\n" for n in range(6_000)),
    "aliases": billion_laughs(),
    "lists in lists": "[" * 500_000,
    "mappings in mappings": "{a: " * 100_000,
    "a key of a megabyte": "a" * 900_000 + ": 1",
    "a text of a megabyte": broken("Weekdays.", "x" * 900_000),
    "tags": "!!python/object:os.system x\n" * 30_000,
    "a revision in the last year": broken("2026-01-31", "9999-12-31"),
    "a closed day in the last year": broken("{2026-12-31:", "{9998-12-31:"),
    "a number of 1,500 digits": broken("2 days", "1" + "0" * 1_500 + " days"),
    "a duration of 10^18 days": broken("2 days", "9" * 18 + " days"),
}
"""Texts of policies, by what is hostile about them. None is valid."""


def main() -> None:
    """Prints the outcome of each: `refused`, and its seconds of processor time."""
    sys.setrecursionlimit(500)  # less than usual, since an API calls from further down
    outcomes = {}
    for name, text in HOSTILE.items():
        started = time.process_time()
        try:
            read_policy(text)
        except PolicyErrors:
            outcomes[name] = ("refused", time.process_time() - started)
        else:
            outcomes[name] = ("accepted", time.process_time() - started)
    print(json.dumps({"outcomes": outcomes, "megabytes": most_memory()}))


def most_memory() -> int:
    """The most memory of this process, in megabytes. `getrusage` would tell the parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) // 1024


if __name__ == "__main__":
    main()
