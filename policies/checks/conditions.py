"""Coverage conditions: CEL over declared facts, with comparisons between equal types."""

# ruff: noqa: D103 - the name of a check states what must be true

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lark import Token, Tree

from policies.checks.references import declared
from policies.coverage.condition_cost import LOOPS, TooCostlyError
from policies.coverage.expressions import DAYS_BETWEEN, KNOWN_FUNCTIONS, RECEIVED_ON, parsed
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of, quoted
from policies.schema.coverage import RequiredFor
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
        "while",
    )
)
_COMPARED = {f"relation_{operator}" for operator in ("eq", "ne", "lt", "le", "gt", "ge")}
_COMPOUND = ("list_lit", "map_lit", "ident_arg", "dot_ident")
_LITERALS = {
    "BOOL_LIT": "bool",
    "INT_LIT": "int",
    "UINT_LIT": "int",
    "FLOAT_LIT": "double",
    "STRING_LIT": "string",
    "MLSTRING_LIT": "string",
}
_BUILT_IN = (
    Dimension.PLAN,
    Dimension.PRIORITY,
    Dimension.KIND,
    Dimension.REGION,
    Dimension.CHANNEL,
)


class Condition(NamedTuple):
    """A condition, its path, and the clause of its rule."""

    path: Path
    text: str
    clause: str = ""


class Comparison(NamedTuple):
    """A fact compared with a literal: `cause == "third_party"`."""

    fact: str
    literal_type: str
    literal: str


def conditions_are_cel(policy: SupportPolicy) -> Iterator[Finding]:
    for condition in _conditions(policy):
        try:
            parsed(condition.text)
        except TooCostlyError as error:
            yield Finding(condition.path, str(error), error.right, condition.clause)
        except ValueError as error:
            right = 'write for example cause == "third_party" && !active'
            yield Finding(condition.path, str(error), right, condition.clause)


def fact_names_are_valid_in_conditions(policy: SupportPolicy) -> Iterator[Finding]:
    for name in policy.facts:
        if not _IDENTIFIER.fullmatch(name) or name in _RESERVED:
            wrong = f'a condition cannot use the name "{name}"'
            right = f'rename it to "{re.sub("[^a-z0-9_]", "_", "_" * name[0].isdigit() + name)}"'
            if name in _RESERVED:
                right = f'rename it to "{name}_", because CEL reserves the word'
            yield Finding(("facts", name), wrong, right, about_key=True)
        elif name in (*_BUILT_IN, RECEIVED_ON):
            wrong = f'"{name}" is a built-in fact and cannot be declared'
            yield Finding(("facts", name), wrong, "remove it", about_key=True)


def conditions_use_declared_facts(policy: SupportPolicy) -> Iterator[Finding]:
    known = (*policy.facts, *_BUILT_IN, RECEIVED_ON)
    for condition, tree in _trees(policy):
        for name in _names(tree):
            if name not in known:
                wrong = f'the fact "{name}" is not declared'
                yield Finding(condition.path, wrong, one_of(name, known), condition.clause)


def conditions_call_existing_functions(policy: SupportPolicy) -> Iterator[Finding]:
    for condition, tree in _trees(policy):
        for call in tree.find_data("ident_arg"):
            name = str(call.children[0])
            if name not in KNOWN_FUNCTIONS:
                wrong = f'the function "{name}" does not exist'
                right = one_of(name, sorted(KNOWN_FUNCTIONS))
                yield Finding(condition.path, wrong, right, condition.clause)


def days_between_has_two_dates(policy: SupportPolicy) -> Iterator[Finding]:
    dates = [name for name, fact in policy.facts.items() if fact.type == "date"]
    for condition, tree in _trees(policy):
        for call in tree.find_data("ident_arg"):
            if str(call.children[0]) != DAYS_BETWEEN:
                continue
            leaves = [_leaf(argument) for argument in _arguments(call)]
            names = [str(leaf) if leaf is not None else "" for leaf in leaves]
            if len(names) != 2 or any(name not in (*dates, RECEIVED_ON) for name in names):
                wrong = f"{DAYS_BETWEEN} needs two facts that are dates"
                right = f"write for example {DAYS_BETWEEN}(signed_off, {RECEIVED_ON})"
                yield Finding(condition.path, wrong, right, condition.clause)


def comparisons_have_one_type(policy: SupportPolicy) -> Iterator[Finding]:
    types = {name: fact.type for name, fact in policy.facts.items()} | {RECEIVED_ON: "date"}
    for condition, tree in _trees(policy):
        for fact, literal_type, literal in _comparisons(tree):
            type_of = types.get(fact)
            if type_of and not _is_comparable(type_of, literal_type, literal):
                wrong = f'"{fact}" is declared as {type_of} and compared with {literal}'
                yield Finding(condition.path, wrong, _LITERALS_OF[type_of], condition.clause)
        for one, other in _compared_facts(tree):
            if {one, other} <= types.keys() and types[one] != types[other]:
                wrong = f'"{one}" is declared as {types[one]} and "{other}" as {types[other]}'
                right = "compare facts of the same type"
                yield Finding(condition.path, wrong, right, condition.clause)


def facts_are_compared_with_their_choices(policy: SupportPolicy) -> Iterator[Finding]:
    for condition, tree in _trees(policy):
        for fact, literal_type, literal in _comparisons(tree):
            rule = policy.facts.get(fact)
            choices = rule.choices if rule and not rule.allow_other else {}
            value = literal.strip("\"'")
            if choices and literal_type == "string" and value not in choices:
                wrong = f'{literal} is not a choice of "{fact}"'
                yield Finding(condition.path, wrong, one_of(value, choices), condition.clause)


def only_string_facts_have_choices(policy: SupportPolicy) -> Iterator[Finding]:
    for name, fact in policy.facts.items():
        if (fact.choices or fact.allow_other) and fact.type != "string":
            wrong = f'"{name}" is declared as {fact.type}, and only a string has choices'
            key = "choices" if fact.choices else "allow_other"
            yield Finding(("facts", name, key), wrong, "write `type: string`")


def facts_compared_with_texts(policy: SupportPolicy) -> Iterator[tuple[str, Condition]]:
    """The declared facts that a condition compares with a text, and the condition."""
    for condition, tree in _trees(policy):
        for fact, literal_type, _ in _comparisons(tree):
            if fact in policy.facts and literal_type == "string":
                yield fact, condition


def built_in_facts_are_compared_with_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    known = {str(d): values for d, values in declared(policy).items() if d in _BUILT_IN}
    for condition, tree in _trees(policy):
        for fact, literal_type, literal in _comparisons(tree):
            value = literal.strip("\"'")
            if fact in known and (literal_type != "string" or value not in known[fact]):
                wrong = f"{literal} is not a {fact} of this policy"
                right = one_of(value, known[fact])
                yield Finding(condition.path, wrong, right, condition.clause)


def conditions_are_true_or_false(policy: SupportPolicy) -> Iterator[Finding]:
    for condition, tree in _trees(policy):
        leaf = _leaf(tree)
        if leaf is None:
            continue
        type_of = _LITERALS.get(leaf.type)
        if leaf.type == "IDENT":
            type_of = policy.facts[leaf].type if leaf in policy.facts else "string"
        if type_of != "bool":
            wrong = f"{quoted(condition.text)} is neither true nor false"
            yield Finding(condition.path, wrong, "compare it with a value", condition.clause)


_LITERALS_OF = {
    "bool": "compare it with true or false, or write it alone",
    "int": "compare it with a whole number",
    "double": "compare it with a number",
    "string": 'compare it with a text in quotes, such as "other"',
    "date": 'compare it with a date in quotes, such as "2026-12-24"',
}


def _is_comparable(type_of: str, literal_type: str, literal: str) -> bool:
    if type_of == "date":
        is_date = re.fullmatch(r"\d{4}-\d{2}-\d{2}", literal.strip("\"'"))
        return literal_type == "string" and is_date is not None
    if type_of == "double":
        return literal_type in ("int", "double")
    return type_of == literal_type


def _conditions(policy: SupportPolicy) -> Iterator[Condition]:
    for i, rule in enumerate(policy.coverage):
        yield Condition(("coverage", i, "when"), rule.when, rule.clause)
    for name, fact in policy.facts.items():
        if isinstance(fact.required, RequiredFor) and fact.required.when:
            yield Condition(("facts", name, "required", "when"), fact.required.when)


def _trees(policy: SupportPolicy) -> Iterator[tuple[Condition, Tree[Token]]]:
    for condition in _conditions(policy):
        try:
            yield condition, parsed(condition.text)
        except ValueError:
            continue


def _names(tree: Tree[Token]) -> list[str]:
    """The names in a condition, without the variables of its loops."""
    used = [str(node.children[0]) for node in tree.find_data("ident")]
    variables = {
        str(leaf)
        for call in tree.find_data("member_dot_arg")
        if len(call.children) > 2 and str(call.children[1]) in LOOPS
        if (leaf := _leaf(_first_argument(call.children[2]))) is not None
    }
    return sorted({*used} - variables)


def _first_argument(arguments: Any) -> Tree[Token]:
    first: Tree[Token] = arguments.children[0]
    return first


def _arguments(call: Tree[Token]) -> list[Tree[Token]]:
    if len(call.children) < 2 or not isinstance(call.children[1], Tree):
        return []
    return [child for child in call.children[1].children if isinstance(child, Tree)]


def _comparisons(tree: Tree[Token]) -> Iterator[Comparison]:
    for sides in _compared(tree):
        for fact, literal in (sides, sides[::-1]):
            if fact.type == "IDENT" and literal.type in _LITERALS:
                yield Comparison(str(fact), _LITERALS[literal.type], str(literal))


def _compared_facts(tree: Tree[Token]) -> Iterator[tuple[str, str]]:
    for one, other in _compared(tree):
        if one.type == other.type == "IDENT":
            yield str(one), str(other)


def _compared(tree: Tree[Token]) -> Iterator[tuple[Token, Token]]:
    """Both sides of each comparison, if each is a single name or literal."""
    for node in tree.find_data("relation"):
        operator = node.children[0]
        if len(node.children) != 2 or not isinstance(operator, Tree):
            continue
        if operator.data not in _COMPARED:
            continue
        one, other = (_leaf(side) for side in (operator.children[0], node.children[1]))
        if one is not None and other is not None:
            yield one, other


def _leaf(node: Tree[Token] | Token) -> Token | None:
    """The single name or literal of an expression; None if it consists of more."""
    while isinstance(node, Tree):
        if len(node.children) != 1 or node.data in _COMPOUND:
            return None
        node = node.children[0]
    return node


CHECKS = (
    conditions_are_cel,
    fact_names_are_valid_in_conditions,
    conditions_use_declared_facts,
    conditions_call_existing_functions,
    days_between_has_two_dates,
    comparisons_have_one_type,
    facts_are_compared_with_their_choices,
    only_string_facts_have_choices,
    built_in_facts_are_compared_with_declared_values,
    conditions_are_true_or_false,
)
