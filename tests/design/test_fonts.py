"""The typefaces: at our own address, named by their content, light, and with their licence beside them."""

import hashlib
import re

from portal.design.frame import app_options
from tests.architecture.modules import ROOT

FONTS = ROOT / "assets" / "fonts"
FACES = (ROOT / "assets" / "css" / "fonts.css").read_text("utf-8")


def test_every_font_that_is_named_is_there_and_every_font_that_is_there_is_named() -> None:
    assert set(re.findall(r'url\("/fonts/([^"]+)"\)', FACES)) == {path.name for path in FONTS.glob("*.woff2")}


def test_the_name_of_a_font_carries_its_content() -> None:
    for path in FONTS.glob("*.woff2"):
        assert path.name.split(".")[1] == hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def test_no_font_comes_from_elsewhere() -> None:
    assert "http" not in FACES


def test_licences_lie_beside_the_fonts() -> None:
    assert all("SIL OPEN FONT LICENSE" in path.read_text("utf-8") for path in FONTS.glob("OFL-*.txt"))
    assert len(list(FONTS.glob("OFL-*.txt"))) == 2


def test_the_first_page_asks_for_two_fonts_of_sixty_kilobytes() -> None:
    early = re.findall(r"/fonts/([\w.-]+\.woff2)", str(app_options()["head_components"]))
    assert len(early) == 2
    assert sum((FONTS / name).stat().st_size for name in early) < 60_000


def test_files_of_one_style_state_one_range_of_weights() -> None:
    ranges: dict[tuple[str, str], set[str]] = {}
    for block in FACES.split("@font-face")[1:]:
        family, style, weight = (re.search(rf"font-{what}: ([^;]+);", block)[1] for what in ("family", "style", "weight"))  # type: ignore[index]
        ranges.setdefault((family, style), set()).add(weight)
    assert all(len(weights) == 1 for weights in ranges.values())
