"""Three versions of a text made one: what two people changed at the same time, joined word by word."""

import difflib
import re
from dataclasses import dataclass

_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]", re.UNICODE)
# Beyond this many comparisons what differs counts as one piece: joining must never hold up who is typing.
_MOST_COMPARED = 250_000


@dataclass(frozen=True)
class Splice:
    """At `at` (in characters of the older text) `gone` characters were replaced by `new`."""

    at: int
    gone: int
    new: str

    @property
    def end(self) -> int:
        """Where the replaced part ended."""
        return self.at + self.gone


def splices(old: str, new: str) -> list[Splice]:
    """What makes `new` out of `old`, word by word, in order and without overlaps; nothing for equal texts."""
    if old == new:
        return []
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    begin = sum(map(len, before[:head]))
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    if not before or not after or len(before) * len(after) > _MOST_COMPARED:
        return [Splice(begin, sum(map(len, before)), "".join(after))]
    starts = [begin]
    for word in before:
        starts.append(starts[-1] + len(word))
    return [
        Splice(starts[a], starts[b] - starts[a], "".join(after[c:d]))
        for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def spliced(text: str, changes: list[Splice]) -> str:
    """The text with all the changes made; each names its place in `text` as it is."""
    for change in reversed(changes):
        text = text[: change.at] + change.new + text[change.end :]
    return text


def merged(origin: str, mine: str, theirs: str) -> str:
    """Both changes of `origin` in one text. Where they met in the same words, those of `mine` stand."""
    if theirs in (origin, mine):
        return mine
    if mine == origin:
        return theirs
    ours = splices(origin, mine)
    others = [change for change in splices(origin, theirs) if not any(_meet(change, own) for own in ours)]
    # Of two insertions at one place, and before a replacement that begins there, mine comes first.
    ordered = sorted([(one.at, one.end, 0, one) for one in ours] + [(one.at, one.end, 1, one) for one in others], key=lambda one: one[:3])
    return spliced(origin, [change for *_, change in ordered])


def _meet(one: Splice, other: Splice) -> bool:
    if not one.gone and not other.gone:
        return one == other
    return (one.at < other.end and other.at < one.end) or (one.at, one.gone) == (other.at, other.gone)
