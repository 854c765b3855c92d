"""Values by request as tables: one table if they depend on one dimension, else a part for each."""

from collections.abc import Iterable, Iterator, Sequence

from policies.page.model import Block, Cell, Grid, Paragraph, Part, Row, Text
from policies.page.sections.branches import Axis, Branch, Leaf, Tree, ValueOf, Values
from policies.page.sections.requests import name_of, names_of
from policies.page.wording.words import Words

DEEPEST_HEADING = 4


def parts_of(
    words: Words, tree: Tree, columns: Sequence[str], caption: str, level: int = 3
) -> Iterator[Part]:
    """The parts that show a tree: its tables, under a heading for each outer name."""
    all_columns = columns
    if isinstance(tree, Leaf):
        yield Part((_single(words, tree.values, columns, caption),))
        return
    if flat_only := _uniform(tree):
        columns = (words.plain("promises"),) if len(columns) > 1 else columns
        tree = flat_only
    flat = [(names, each.values) for names, each in tree.entries if isinstance(each, Leaf)]
    if flat:
        rows = [(names_of(words, tree.dimension, names), values) for names, values in flat]
        yield Part((grid(caption, columns, rows),))
    for names, each in tree.entries:
        if isinstance(each, Branch):
            who = names_of(words, tree.dimension, names)
            below = parts_of(words, each, all_columns, f"{caption}: {who}", level + 1)
            yield from _under(words, who, below, level)


def _uniform(tree: Branch) -> Branch | None:
    """The tree with one value a row, if none of its rows has two."""
    leaves = [(names, each) for names, each in tree.entries if isinstance(each, Leaf)]
    if not leaves or any(len(set(leaf.values)) > 1 for _, leaf in leaves):
        return None
    entries = tuple(
        (names, Leaf(each.values[:1]) if isinstance(each, Leaf) else each)
        for names, each in tree.entries
    )
    return Branch(tree.dimension, entries)


def _under(words: Words, heading: str, parts: Iterable[Part], level: int) -> Iterator[Part]:
    """The parts under a heading. Below the deepest one, headings are joined: `Issue: Cloud`."""
    first, *rest = parts
    if level >= DEEPEST_HEADING:
        for part in (first, *rest):
            joined = f"{heading}{words.colon} {part.heading}" if part.heading else heading
            yield Part(part.blocks, Text(joined), DEEPEST_HEADING)
        return
    if first.heading is None:
        yield Part(first.blocks, Text(heading), level)
    else:
        yield Part((), Text(heading), level)
        yield first
    yield from rest


def _single(words: Words, values: Values, columns: Sequence[str], caption: str) -> Block:
    if len(set(values)) == 1:
        return Paragraph(Text(values[0]))
    return grid(caption, columns, [(words.plain("all_requests"), values)])


def grid(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    quiet: bool = True,
) -> Grid:
    """A table of texts; equal sentences next to each other become one cell."""
    made = tuple(Row(Text(header), tuple(_cells(values))) for header, values in rows)
    return Grid(Text(caption), tuple(Text(column) for column in columns), made, quiet)


def _cells(values: Sequence[str]) -> Iterator[Cell]:
    start = 0
    for at in range(1, len(values) + 1):
        text = values[start]
        is_time = text[:1].isdigit()
        if at == len(values) or values[at] != text or is_time:
            yield Cell(Text(text), at - start, is_time)
            start = at


def matrix(words: Words, caption: str, rows: Axis, columns: Axis, value_of: ValueOf) -> Grid:
    """A table of one value by two dimensions."""
    titles = [_capital(name_of(words, columns.dimension, name)) for name in columns.names]
    lines = []
    for row in rows.names:
        pairs = ({rows.dimension: row, columns.dimension: name} for name in columns.names)
        values = [value_of(pair)[0] for pair in pairs]
        lines.append((_capital(name_of(words, rows.dimension, row)), values))
    return grid(caption, titles, lines, quiet=False)


def flat_rows(words: Words, tree: Tree) -> list[tuple[str, Values]]:
    """A tree as rows of one table: `Enterprise, critical`."""
    if isinstance(tree, Leaf):
        return [(words.plain("all_requests"), tree.values)]
    rows: list[tuple[str, Values]] = []
    for names, each in tree.entries:
        who = names_of(words, tree.dimension, names)
        if isinstance(each, Leaf):
            rows.append((who, each.values))
        else:
            rows += [(f"{who}{words.colon} {below}", v) for below, v in flat_rows(words, each)]
    return rows


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
