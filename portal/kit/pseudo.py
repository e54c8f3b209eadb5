"""The pseudo-locale: English that is accented, a third longer and set right-to-left, so that tests see what a language does to a page."""

import re

_ACCENTED = str.maketrans("ACDEGHIJKLNORSTUYZacdeghijklnorstuyz", "ÅÇÐÉĜĤÎĴĶĻÑÖŔŠŢÛÝŽåçðéĝĥîĵķļñöŕšţûýž")
_LONGER = re.compile(r"([aeiouåéîöû])(?=[a-zà-ž])")
_PLACE = re.compile(r"(\{[a-z_]+\})")


def pseudo(sentence: str) -> str:
    """The sentence as the pseudo-locale says it; {places} stay as they are."""
    return "".join(part if _PLACE.fullmatch(part) else _LONGER.sub(r"\1\1", part.translate(_ACCENTED)) for part in _PLACE.split(sentence))
