"""A sandbox that limits the work of a template, whatever loops and calls it is made of.

Each round of a loop, call, filter, joined text and included file is a step, and so is every
`SIZE_OF_STEP` characters that they read or return. A template that takes more than `MOST_STEPS`
fails. Counting steps instead of seconds fails the same template on every machine.

Steps bound the time only if each is short. Operations that make a long text of a short one are
therefore refused: arithmetic on texts, wide padding, and replacements that multiply two lengths.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from jinja2 import Template, nodes, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 20_000
"""For one part of a message; the longest of ours takes a few hundred."""
SIZE_OF_STEP = 500
_LARGEST = 1_000_000
_LONGEST_RANGE = 1000
_WIDEST = 1000
_MULTIPLYING = frozenset({"join", "replace", "translate"})
_PADDING = frozenset(
    {"batch", "center", "expandtabs", "indent", "ljust", "rjust", "slice", "wordwrap", "zfill"}
)
_FORMATTING = frozenset({"format", "format_map"})
_WIDE_FORMAT = re.compile(r"\d{5}|%[^a-zA-Z%]*\*|\{[^{}]+\{")
_SIZE_OF_ITEM = 50
_SLOW = frozenset(
    {"indent", "join", "max", "min", "pprint", "sort", "striptags", "title", "unique", "urlencode"}
    | {"urlize", "wordcount", "wordwrap"}
)
"""Filters that take many times as long as others for a text of the same length."""
_SLOWNESS = 60


class TooManySteps(SecurityError):
    """A template does more than it may. Other facts would hardly help."""


class _Budget:
    """The steps that are left."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooManySteps(
                f"it takes more than {MOST_STEPS} steps; use fewer or shorter loops and calls"
            )


_BUDGET: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def limited_work() -> Iterator[None]:
    """Rendering in this context fails with TooManySteps when it takes too many steps."""
    token = _BUDGET.set(_Budget())
    try:
        yield
    finally:
        _BUDGET.reset(token)


class LimitedSandbox(ImmutableSandboxedEnvironment):
    """A sandbox whose templates count their steps while they run in `limited_work`."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, finalize=_written, **kwargs)
        self.globals["range"] = _short_range
        # It writes paragraphs of any number, which nobody sends to a customer.
        del self.globals["lipsum"]
        self.add_filters(dict(self.filters))
        tests: dict[str, Any] = dict(self.tests)
        self.tests.update({name: _counted(name, test) for name, test in tests.items()})

    def add_filters(self, filters: dict[str, Callable[..., Any]]) -> None:
        """Adds filters whose calls are counted."""
        self.filters.update({name: _counted(name, f) for name, f in filters.items()})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Raises SecurityError for arithmetic on texts, and on large numbers."""
        if operator == "+":
            _spend(left, right)
            return left + right
        if not all(isinstance(n, int | float) and abs(n) <= _LARGEST for n in (left, right)):
            raise SecurityError(f"{operator} is for numbers up to {_LARGEST}")
        if operator == "**":
            raise SecurityError("** is not possible here")
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Calls a macro, a method or a function, which is a step."""
        # `format` of a text is wrapped by the sandbox.
        method = getattr(__obj, "__wrapped__", __obj)
        values = (getattr(method, "__self__", None), *args, *kwargs.values())
        _check_call(getattr(method, "__name__", ""), values)
        if isinstance(__obj, LoopContext):
            # A loop that calls itself: its next level is counted like the first.
            args = (__self.rounds(args[0]), *args[1:]) if args else args
        _spend(*values)
        result = super().call(__context, __obj, *args, **kwargs)
        _spend(result)
        return result

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """A template that another one includes, imports or extends, which is a step."""
        _spend()
        return super().get_template(*args, **kwargs)

    def rounds(self, items: Iterable[Any]) -> Iterator[Any]:
        """What a loop goes through; each round is a step."""
        for item in items:
            _spend()
            yield item

    @pass_eval_context
    def joined(self, eval_ctx: EvalContext, *texts: Any) -> str:
        """Texts that are joined by `~`."""
        return (markup_join if eval_ctx.autoescape else str_join)(texts)

    def read(self, value: Any) -> Any:
        """A value that an operator reads as a whole."""
        return value

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """The Python code of a template, whose loops, joined texts and blocks are counted.

        They are replaced here, so that an error in a template is never about their counting.
        """
        for loop in source.find_all(nodes.For):
            loop.iter = _calling(self, "rounds", [loop.iter], loop)
        for block in source.find_all(nodes.AssignBlock):
            if block.filter is None:
                block.filter = nodes.Filter(None, "string", [], [], None, None)
                block.filter.set_lineno(block.lineno).set_environment(self)
        _count_operators(source, self)
        return super()._generate(source, *args, **kwargs)


def _calling(environment: LimitedSandbox, name: str, args: list[Any], at: nodes.Node) -> nodes.Call:
    """A call of a method of the environment."""
    call = nodes.Call(nodes.EnvironmentAttribute(name), args, [], None, None)
    call.set_lineno(at.lineno).set_environment(environment)
    return call


def _count_operators(node: nodes.Node, environment: LimitedSandbox) -> None:
    """Puts counted calls in the place of operators that read or write whole texts."""
    for name, value in node.iter_fields():
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, nodes.Node):
                _count_operators(child, environment)
        counted = [_counting(child, environment) for child in children]
        setattr(node, name, counted if isinstance(value, list) else counted[0])


def _counting(node: Any, environment: LimitedSandbox) -> Any:
    match node:
        case nodes.Concat():
            return _calling(environment, "joined", node.nodes, node)
        case nodes.Getitem(arg=nodes.Slice()):
            return _calling(environment, "read", [node], node)
        case nodes.Operand(op="in" | "notin"):
            node.expr = _calling(environment, "read", [node.expr], node)
    return node


def _counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    times = _SLOWNESS if name in _SLOW else 1

    @wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        _check_call(name, (*args, *kwargs.values()))
        _spend(*args, *kwargs.values(), times=times)
        result = function(*args, **kwargs)
        _spend(result)
        return result

    return counted


def _written(value: Any) -> Any:
    """A value that a template writes. A list of lists can be far longer than it looks."""
    if isinstance(value, list | tuple | dict):
        _spend(value)
    return value


def _spend(*values: Any, times: int = 1) -> None:
    """Counts a step that handles these values."""
    budget = _BUDGET.get()
    if budget is None:
        return
    size = sum(map(_size, values))
    if size > _LARGEST:
        raise TooManySteps(f"it handles more than {_LARGEST} characters at once")
    budget.spend(1 + size * times // SIZE_OF_STEP)


def _size(value: Any) -> int:
    """About the characters of a value. A list is counted with all that is in it, until that is
    more than _LARGEST.
    """
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, list | tuple | dict):
        return 0
    size = 0
    for part in value.items() if isinstance(value, dict) else value:
        size += _SIZE_OF_ITEM + _size(part)
        if size > _LARGEST:
            break
    return size


def _check_call(name: str, values: tuple[Any, ...]) -> None:
    """Raises SecurityError for a call that makes a long text of short ones."""
    if name in _PADDING and any(isinstance(n, int) and abs(n) > _WIDEST for n in values):
        raise SecurityError(f"{name} is for widths up to {_WIDEST}")
    if name in _FORMATTING and any(isinstance(v, str) and _WIDE_FORMAT.search(v) for v in values):
        raise SecurityError(f"{name} is for widths that are written in it, below 10000")
    if name in _MULTIPLYING:
        *_, second, longest = (1, 1, *sorted(map(_length, values)))
        if second * longest > _LARGEST:
            raise SecurityError(f"{name} could write more than {_LARGEST} characters")


def _length(value: Any) -> int:
    """The characters or items of a value; the most that there can be of what is not counted yet."""
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    if isinstance(value, str | list | tuple):
        return len(value)
    return _LONGEST_RANGE if isinstance(value, Iterator | range) else 1


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _LONGEST_RANGE:
        raise SecurityError(f"range has at most {_LONGEST_RANGE} numbers")
    return numbers
