"""Facts that callers state about a request: which ones a policy takes, and with which values.

A ticket pins its facts (`FactTerms`). So the same check, in the same words, judges the facts of an
opening and those of every later action, without a look at the policy.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from policies.coverage.fact_types import LONGEST_TEXT, is_of_type
from policies.i18n.locales import with_name
from policies.i18n.request_texts import phrase
from policies.schema.coverage import FactRule

_LONGEST_QUOTE = 80
"""Characters of a wrong value that an objection repeats."""


@dataclass(frozen=True)
class Objection:
    """One reason why the policy does not accept a request: the field, and what is right for it."""

    field: str
    reason: str


class FactTerms(BaseModel):
    """A fact of the policy: its type, and the names of its choices.

    With `allow_other`, a text that is not among the choices is accepted as well.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = "string"
    choices: tuple[str, ...] = ()
    allow_other: bool = False
    given_by: Literal["request", "contract"] = "request"

    @classmethod
    def of(cls, rule: FactRule) -> "FactTerms":
        """The terms of a fact of a policy."""
        return cls(
            type=rule.type,
            choices=tuple(rule.choices),
            allow_other=rule.allow_other,
            given_by=rule.given_by,
        )

    def accepts(self, value: JsonValue) -> bool:
        """Whether the fact can have this value."""
        if not is_of_type(value, self.type):
            return False
        return self.allow_other or not self.choices or value in self.choices

    @model_serializer(mode="wrap")
    def _omit_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Every ticket holds all facts of its policy, most of which have only a type.
        fields: dict[str, Any] = handler(self)
        usual = {name: f.default for name, f in type(self).model_fields.items()}
        return {n: v for n, v in fields.items() if getattr(self, n) != usual[n]}


@dataclass(frozen=True)
class KnownFacts:
    """The facts of a policy with their texts: the questions, and the labels of choices.

    `title` is the policy's, and all texts are in `locale`. A fact that this kind of request is not
    asked for has neither question nor labels.
    """

    title: str
    locale: str
    facts: Mapping[str, FactTerms]
    asks: Mapping[str, str]
    labels: Mapping[str, tuple[str, ...]]

    def objections(self, stated: Mapping[str, JsonValue]) -> Iterator[Objection]:
        """An objection to each stated fact that is unknown, has a wrong value, or is not for a
        request to state.
        """
        for name, value in stated.items():
            if reason := self._reason(name, value):
                yield Objection(f"facts.{name}", reason)

    def accepts(self, name: str, value: JsonValue) -> bool:
        """Whether there is such a fact, and it can have this value."""
        return name in self.facts and self.facts[name].accepts(value)

    def _reason(self, name: str, value: JsonValue) -> str | None:
        fact, locale = self.facts.get(name), self.locale
        if fact is None:
            known = tuple(name for name, fact in self.facts.items() if fact.given_by == "request")
            choices = known or phrase(locale, "none")
            return phrase(locale, "fact_unknown", name=name, title=self.title, choices=choices)
        if fact.given_by == "contract":
            return phrase(locale, "contracts_own", name=name)
        if fact.accepts(value):
            return None
        wrong = self._wrong(fact, value, self.choices(name))
        ask = self.asks.get(name)
        return phrase(locale, "with_question", wrong=wrong, ask=ask) if ask else wrong

    def _wrong(self, fact: FactTerms, value: JsonValue, choices: tuple[str, ...]) -> str:
        if choices and isinstance(value, str):
            return phrase(self.locale, "no_choice", value=_shortened(value), choices=choices)
        type_name = f"type.{'choice' if choices else fact.type}"
        return phrase(
            self.locale,
            "wrong_type",
            value=_shortened(json.dumps(value, ensure_ascii=False)),
            type=phrase(self.locale, type_name, choices=choices, longest=LONGEST_TEXT),
        )

    def choices(self, name: str) -> tuple[str, ...]:
        """The choices of a fact, each as `Google Chrome (chrome)`."""
        names = self.facts[name].choices
        labels = self.labels.get(name, ())
        texts = labels if len(labels) == len(names) else (None,) * len(names)
        return tuple(with_name(text, choice) for text, choice in zip(texts, names, strict=True))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
