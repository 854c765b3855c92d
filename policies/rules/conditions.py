"""Conditions of coverage: CEL over facts somebody declared, comparing like with like."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import celpy
from celpy.celparser import CELParseError
from lark import Token, Tree

from policies.problems import Finding
from policies.rules.survey import declared
from policies.schema import CoverageRule, SupportPolicy
from policies.suggestions import one_of, quoted
from policies.tables import Dimension

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
        "while",
    )
)
_LOOPS = frozenset({"all", "exists", "exists_one", "map", "filter"})
_COMPARED = {f"relation_{operator}" for operator in ("eq", "ne", "lt", "le", "gt", "ge")}
_NOT_ALONE = ("list_lit", "map_lit", "ident_arg", "dot_ident")
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


class Comparison(NamedTuple):
    """A fact compared with a literal: `cause == "third_party"`."""

    fact: str
    literal_type: str
    literal: str


def conditions_are_cel(policy: SupportPolicy) -> Iterator[Finding]:
    for i, rule in enumerate(policy.coverage):
        try:
            _parsed(rule.when)
        except ValueError as error:
            right = 'write for example cause == "third_party" && !active'
            yield Finding(("coverage", i, "when"), str(error), right, rule.clause)


def facts_can_be_named_in_conditions(policy: SupportPolicy) -> Iterator[Finding]:
    for name in policy.facts:
        if not _IDENTIFIER.fullmatch(name) or name in _RESERVED:
            wrong = f'a condition cannot name the fact "{name}"'
            right = f'call it "{re.sub("[^a-z0-9_]", "_", "_" * name[0].isdigit() + name)}"'
            if name in _RESERVED:
                right = f'call it "{name}_" or another word that CEL does not reserve'
            yield Finding(("facts", name), wrong, right, about_key=True)
        elif name in _BUILT_IN:
            wrong = f'"{name}" is known of every ticket and cannot be declared as a fact'
            yield Finding(("facts", name), wrong, "remove it", about_key=True)


def conditions_name_declared_facts(policy: SupportPolicy) -> Iterator[Finding]:
    known = (*policy.facts, *_BUILT_IN)
    for i, rule, tree in _conditions(policy):
        for name in _names(tree):
            if name not in known:
                wrong = f'the fact "{name}" is not declared'
                yield Finding(("coverage", i, "when"), wrong, one_of(name, known), rule.clause)


def comparisons_are_of_one_type(policy: SupportPolicy) -> Iterator[Finding]:
    for i, rule, tree in _conditions(policy):
        for fact, literal_type, literal in _comparisons(tree):
            type_of = policy.facts[fact].type if fact in policy.facts else None
            if type_of and not _comparable(type_of, literal_type, literal):
                wrong = f'"{fact}" is declared as {type_of} and compared with {literal}'
                right = _WRITTEN[type_of]
                yield Finding(("coverage", i, "when"), wrong, right, rule.clause)


def built_in_facts_are_compared_with_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    known = {str(d): values for d, values in declared(policy).items() if d in _BUILT_IN}
    for i, rule, tree in _conditions(policy):
        for fact, literal_type, literal in _comparisons(tree):
            value = literal.strip("\"'")
            if fact in known and (literal_type != "string" or value not in known[fact]):
                wrong = f"{literal} is not a {fact} of this policy"
                right = one_of(value, known[fact])
                yield Finding(("coverage", i, "when"), wrong, right, rule.clause)


def a_condition_is_yes_or_no(policy: SupportPolicy) -> Iterator[Finding]:
    for i, rule, tree in _conditions(policy):
        leaf = _leaf(tree)
        if leaf is None:
            continue
        type_of = _LITERALS.get(leaf.type)
        if leaf.type == "IDENT":
            type_of = policy.facts[leaf].type if leaf in policy.facts else "string"
        if type_of != "bool":
            wrong = f"{quoted(rule.when)} is neither true nor false"
            yield Finding(("coverage", i, "when"), wrong, "compare it with something", rule.clause)


_WRITTEN = {
    "bool": "compare it with true or false, or write it alone",
    "int": "compare it with a number without a point",
    "double": "compare it with a number",
    "string": 'compare it with a text in quotes, such as "other"',
    "date": 'compare it with a date in quotes, such as "2026-12-24"',
}


def _comparable(type_of: str, literal_type: str, literal: str) -> bool:
    if type_of == "date":
        is_date = re.fullmatch(r"\d{4}-\d{2}-\d{2}", literal.strip("\"'"))
        return literal_type == "string" and is_date is not None
    if type_of == "double":
        return literal_type in ("int", "double")
    return type_of == literal_type


@lru_cache(maxsize=1024)
def _parsed(condition: str) -> Tree[Token]:
    try:
        tree: Tree[Token] = celpy.Environment().compile(condition)
    except CELParseError as error:
        at = f" from column {error.column} on" if error.column else ""
        raise ValueError(f"{quoted(condition)} is not a CEL condition{at}") from error
    return tree


def _conditions(policy: SupportPolicy) -> Iterator[tuple[int, CoverageRule, Tree[Token]]]:
    for i, rule in enumerate(policy.coverage):
        try:
            yield i, rule, _parsed(rule.when)
        except ValueError:
            continue


def _names(tree: Tree[Token]) -> list[str]:
    """The names a condition uses, without the variables of its own loops."""
    used = [str(node.children[0]) for node in tree.find_data("ident")]
    own = {
        str(leaf)
        for call in tree.find_data("member_dot_arg")
        if len(call.children) > 2 and str(call.children[1]) in _LOOPS
        if (leaf := _leaf(_first_argument(call.children[2]))) is not None
    }
    return sorted({*used} - own)


def _first_argument(arguments: Any) -> Tree[Token]:
    first: Tree[Token] = arguments.children[0]
    return first


def _comparisons(tree: Tree[Token]) -> Iterator[Comparison]:
    for node in tree.find_data("relation"):
        operator = node.children[0]
        if len(node.children) != 2 or not isinstance(operator, Tree):
            continue
        if operator.data not in _COMPARED:
            continue
        sides = [_leaf(side) for side in (operator.children[0], node.children[1])]
        for fact, literal in (sides, sides[::-1]):
            if fact is None or literal is None or fact.type != "IDENT":
                continue
            if literal.type in _LITERALS:
                yield Comparison(str(fact), _LITERALS[literal.type], str(literal))


def _leaf(node: Tree[Token] | Token) -> Token | None:
    """The one name or literal that an expression consists of; None when it is more than that."""
    while isinstance(node, Tree):
        if len(node.children) != 1 or node.data in _NOT_ALONE:
            return None
        node = node.children[0]
    return node


RULES = (
    conditions_are_cel,
    facts_can_be_named_in_conditions,
    conditions_name_declared_facts,
    comparisons_are_of_one_type,
    built_in_facts_are_compared_with_declared_values,
    a_condition_is_yes_or_no,
)
