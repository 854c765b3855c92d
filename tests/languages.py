"""Detects English words in French texts."""

import re

from policies.vocabulary import Stage

ENGLISH = re.compile(
    r"(?<![-\w])(about|already|and|answer|are|asked|been|before|by|closed|deadline|first|for|from|has|have"
    r"|hello|is|it|its|late|later|name|need|needs|no|nobody|not|of|one|our|please|policy|raised"
    r"|request|requested|say|sorry|that|the|their|them|there|these|they|this|to|us|was|we|were"
    r"|what|when|will|with|within|you|your)(?![-\w])",
    re.IGNORECASE,
)
"""English words that are not French words; parts of names such as `first-response` do not count."""
STAGES = re.compile(rf"\b({'|'.join(Stage)})\b")


def is_english(text: str) -> bool:
    """Whether a text has an English word, apart from names of stages."""
    return ENGLISH.search(STAGES.sub("", text)) is not None
