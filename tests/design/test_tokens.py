"""The tokens: every text can be read on every ground it stands on, and colours are named in one file only."""

import re

import pytest

from tests.architecture.modules import ROOT

CSS = ROOT / "assets" / "css"
TOKENS = (CSS / "tokens.css").read_text("utf-8")
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}

PAPER = ("paper", "sheet", "sunken")
READ_ON = {
    "ink": (*PAPER, "accent-soft", "client-soft", "therapist-soft", "notice-soft", "good-soft"),
    "ink-2": (*PAPER, "accent-soft", "notice-soft"),
    "ink-3": PAPER,
    "accent": (*PAPER, "accent-soft"),
    "client": PAPER,
    "therapist": PAPER,
    "good": ("paper", "sheet", "good-soft"),
    "notice": (*PAPER, "notice-soft"),
    "on-accent": ("accent", "accent-deep"),
    "paper": ("ink",),
}
SEEN_ON = {"edge": PAPER, "accent": PAPER, "client": PAPER, "therapist": PAPER, "good": PAPER}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [(text, ground) for text, grounds in READ_ON.items() for ground in grounds])
def test_text_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    assert _contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), [(shape, ground) for shape, grounds in SEEN_ON.items() for ground in grounds])
def test_edges_and_marks_stand_out_from_their_ground(shape: str, ground: str, theme: int) -> None:
    assert _contrast(COLOURS[shape][theme], COLOURS[ground][theme]) >= 3


def test_client_and_therapist_are_never_told_apart_by_colour_alone() -> None:
    controls = (CSS / "controls.css").read_text("utf-8")
    assert re.search(r"\.mark\.client \{[^}]*border-radius: 50%", controls)
    assert re.search(r"\.mark\.therapist \{[^}]*rotate: 45deg", controls)


def test_colours_are_named_in_the_tokens_only() -> None:
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            found = re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text("utf-8"))
            assert not found, f"{sheet.name}: {found}"


def test_no_style_knows_left_from_right() -> None:
    physical = re.compile(r"(?<![\w-])(?:left|right)(?![\w])|-(?:left|right)\b|(?<![\w-])(?:margin|padding|inset)-(?:top|bottom)\b")
    for path in [*CSS.glob("*.css"), *(ROOT / "portal").rglob("*.jsx"), *(ROOT / "portal").rglob("components.py")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if "knows no direction" in line:
                continue  # the pointer's own coordinates
            code = re.sub(r"//.*|/\*.*?\*/|#.*|\"[^\"]* [^\"]*\"", "", line)
            if "getBoundingClientRect" in code or "from.right" in code:
                continue  # coordinates of the page
            assert not physical.search(code), f"{path.name}:{number}: {line.strip()}"


def test_motion_is_short_and_can_be_switched_off() -> None:
    every = "".join(sheet.read_text("utf-8") for sheet in CSS.glob("*.css"))
    assert all(int(ms) <= 200 for ms in re.findall(r"\b(\d+)ms\b", every))
    assert "prefers-reduced-motion: reduce" in every
    assert "forced-colors: active" in every
