"""What people type, made safe to store without changing what they said."""

import unicodedata

from portal.kit.refusal import BadInput

# Format controls that text in other scripts and emoji needs: joiners, direction marks and isolates.
_NEEDED_CONTROLS = frozenset("\n\t\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")


def clean(text: str, *, field: str, most: int, least: int = 0, lines: bool = True) -> str:
    """`text` in NFC, without outer white space, with line ends as one newline.

    `least` and `most` count characters after cleaning. Raises BadInput for a NUL, another control
    character, a lone surrogate, and for a text that is too short or too long.
    """
    if not isinstance(text, str):
        raise BadInput(field=field)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not lines:
        text = " ".join(text.split())
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in _NEEDED_CONTROLS:
            raise BadInput(
                "This text has a character that cannot be stored. Please type it again.", field=field
            )
    if len(text) < least:
        raise BadInput("Please write a few words here.", field=field)
    if len(text) > most:
        raise BadInput(
            "This is too long: {count} of at most {most} characters. Your text is kept here.",
            field=field,
            count=len(text),
            most=most,
        )
    return text
