"""The page in a real browser: Debian's Chromium, without a window."""

import asyncio
import json
import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from phototags.serve.access import Access
from phototags.serve.feedback import FILE
from tests.serve.browser import CHROMIUM, Browser

INSTALLED = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
AXE = os.environ.get("PHOTOTAGS_AXE") or (str(INSTALLED) if INSTALLED.is_file() else "")
STATIC = files("phototags.serve") / "static"
in_browser = pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt install chromium")
TILES = "document.querySelectorAll('.grid .open img').length"
SIZES = (390, 820, 1440)


@pytest.fixture
def browse(start, tmp_path):
    """Run a coroutine function of a browser and the page's address."""
    address = start()

    def run(visit):
        async def go():
            async with Browser(tmp_path / "profile") as browser:
                await visit(browser, address)
                assert not browser.problems
                outside = [
                    one for one in browser.requested if not one.startswith((address, "blob:"))
                ]
                assert outside in ([], ["about:blank"]), "the page asks others"

        asyncio.run(go())

    return run


def click(selector):
    return f"document.querySelector({selector!r}).click()"


@in_browser
def test_words_are_typed_and_photos_found(browse):
    async def visit(browser, address):
        await browser.open(address, "document.querySelectorAll('.mosaic img').length === 2")
        await browser.press("k", modifiers=2)
        await browser.type("red")
        await browser.wait(f"{TILES} === 2")
        assert "2 photos of 3" in await browser.run("document.querySelector('#status').textContent")
        await browser.run("document.querySelector('#without').value = 'blue'")
        change = "document.querySelector('#refine').dispatchEvent(new Event('change'))"
        await browser.run(change)
        await browser.wait(f"{TILES} === 1")
        assert "without=blue" in await browser.run("location.search")
        await browser.run("history.back()")
        await browser.wait(f"{TILES} === 2")
        await browser.run("document.querySelector('#above').value = 95")
        await browser.run(change)
        await browser.wait("document.querySelector('#above-value').textContent === '95 %'")
        await browser.run(click(".mark"))
        await browser.wait("document.querySelectorAll('.mosaic img').length === 2")

    browse(visit)


@in_browser
def test_a_photo_is_opened_judged_and_left_by_keys(browse, served):
    async def visit(browser, address):
        await browser.open(f"{address}?q=red", f"{TILES} === 2")
        await browser.run("document.querySelector('.open').focus()")
        await browser.press("ArrowRight")
        await browser.press("ArrowLeft")
        await browser.press("Enter", text="\r")
        await browser.wait(
            "document.querySelector('#photo').open && document.querySelector('.judge')"
        )
        await browser.run(click(".judge.yes"))
        await browser.wait("document.querySelector('.judge.yes[aria-pressed=true]')")
        first = await browser.run("document.querySelector('#photo-title').textContent")
        await browser.press("ArrowRight")
        changed = f"!['…', {json.dumps(first)}].includes("
        await browser.wait(f"{changed}document.querySelector('#photo-title').textContent)")
        await browser.press("Escape")
        await browser.wait("!document.querySelector('#photo').open")
        assert await browser.run("document.activeElement.className") == "open"

    browse(visit)
    line = json.loads((served.index / FILE).read_text())
    assert line["accepted"] is True and line["photo"] == served.id_of("plum.png")


@in_browser
def test_a_photo_that_is_chosen_gets_its_tags_and_a_broken_one_says_why(browse, served, tmp_path):
    async def visit(browser, address):
        await browser.open(address, "document.querySelector('.mosaic img')")
        await browser.choose_file("#file", served.photos / "sky.png")
        await browser.wait("document.querySelector('.judged .word')")
        assert await browser.run("document.querySelector('.judged .word').textContent") == "blue"
        await browser.run(click(".judged .word"))
        await browser.wait(f"{TILES} === 2 && !document.querySelector('#photo').open")
        (tmp_path / "notes.png").write_text("no picture")
        await browser.choose_file("#file", tmp_path / "notes.png")
        await browser.wait("document.querySelector('#photo-facts [role=alert]')")
        said = await browser.run("document.querySelector('#photo-facts').textContent")
        assert "no picture of a kind that is read" in said
        browser.problems = [one for one in browser.problems if "415" not in one]

    browse(visit)


@in_browser
@pytest.mark.parametrize("width", SIZES)
def test_every_state_fits_the_window_and_every_control_has_a_name(browse, served, width):
    photo = served.id_of("plum.png")

    async def visit(browser, address):
        await browser.resize(width)
        for place, ready in list_states(photo):
            await browser.open(address + place, ready)
            wide = await browser.run("document.documentElement.scrollWidth")
            assert wide <= width, place
            nameless = [role for role, name in await browser.list_controls() if not name.strip()]
            assert not nameless, (place, nameless)

    browse(visit)


def list_states(photo):
    """Addresses of the page's states, and when each is there."""
    return [
        ("", "document.querySelector('.mosaic img')"),
        ("?q=red", f"{TILES} === 2"),
        (f"?q=red&photo={photo}", "document.querySelector('.judge')"),
        (f"?like={photo}", f"{TILES} === 2"),
        ("?q=zebra", "document.querySelector('.state')"),
    ]


@in_browser
@pytest.mark.skipif(not AXE, reason="no axe-core here: npm install axe-core, or PHOTOTAGS_AXE")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_of_wcag_aa(browse, served, scheme):
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = json.dumps({"runOnly": {"type": "tag", "values": rules}})
    photo = served.id_of("plum.png")

    async def visit(browser, address):
        await browser.prefer(color_scheme=scheme, reduced_motion="reduce")
        for width in SIZES:
            await browser.resize(width)
            for place, ready in list_states(photo):
                await browser.open(address + place, ready)
                await browser.run(Path(AXE).read_text() + "; 0")
                found = await browser.run(f"axe.run(document, {options}).then((r) => r.violations)")
                said = [(one["id"], one["nodes"][0]["html"]) for one in found]
                assert not said, (place, width, said)

    browse(visit)


@in_browser
def test_who_wants_less_motion_gets_none(browse):
    async def visit(browser, address):
        await browser.prefer(reduced_motion="reduce")
        await browser.open(f"{address}?q=red", f"{TILES} === 2")
        moving = "[...document.querySelectorAll('*')].map((one) => getComputedStyle(one))"
        moving += ".filter((s) => s.animationName !== 'none' || s.transitionDuration !== '0s')"
        assert await browser.run(f"{moving}.length") == 0

    browse(visit)


@in_browser
def test_the_address_with_the_token_lets_the_page_in_and_forgets_it(start, tmp_path):
    token = "a-token-of-some-length"
    place = start(Access(token=token))

    async def go():
        async with Browser(tmp_path / "profile") as browser:
            await browser.open(f"{place}#token={token}", "document.querySelector('.mosaic img')")
            assert token not in await browser.run("location.href")
            await browser.send("Network.clearBrowserCookies")
            await browser.open(f"{place}?q=red", "document.querySelector('#login').open")
            await browser.run(f"document.querySelector('#token').value = {token!r}")
            await browser.run("document.querySelector('#login-form').requestSubmit()")
            await browser.wait(f"{TILES} === 2")

    asyncio.run(go())


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [("ink", "paper"), ("ink", "card"), ("quiet", "paper"), ("quiet", "card"), ("hit", "paper"),
        ("hit", "card"), ("hit", "hit-soft"), ("hit-ink", "hit"), ("no", "paper"), ("no", "card"),
        ("no", "no-soft"), ("ink", "hit-soft"), ("card", "no")]  # fmt: skip
EDGES = [("edge", "paper"), ("edge", "card"), ("hit", "rule")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_the_contrast_of_wcag_aa(scheme):
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "page.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", blocks[scheme == "dark"]))
    colours = {name: of if len(of) == 7 else "#" + "".join(2 * c for c in of[1:])
               for name, of in colours.items()}  # fmt: skip
    for one, other in TEXT:
        assert contrast(colours[one], colours[other]) >= 4.5, (one, other)
    for one, other in EDGES:
        assert contrast(colours[one], colours[other]) >= 3, (one, other)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_page_names_no_other_host_and_holds_no_inline_code():
    for file in STATIC.iterdir():
        text = file.read_text()
        outside = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
        assert not outside, file.name
        assert not re.search(r"\bon\w+=|style=|innerHTML|eval\(|javascript:", text), file.name
