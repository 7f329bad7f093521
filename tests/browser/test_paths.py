"""What a person does: choose a theme, go by keyboard, without scripts, by phone, to the printer."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Page, expect

from browser.pages import Opener

MAIN = ("/", "/practices", "/coverage", "/gaps", "/questions", "/standards", "/actors", "/network", "/data", "/about")


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_theme_follows_the_device_and_a_choice_is_kept(open_page: Opener) -> None:
    page = open_page("/about")
    light = paper(page)
    page.emulate_media(color_scheme="dark")
    dark = paper(page)
    assert dark != light
    page.get_by_role("button", name="Light").click()
    assert paper(page) == light
    page.goto(page.url.replace("/about", "/data"))
    assert paper(page) == light
    page.get_by_role("button", name="Dark").click()
    assert paper(page) == dark
    assert page.evaluate("localStorage.getItem('theme')") is None  # as the device: nothing to keep
    page.emulate_media(color_scheme="light")
    assert paper(page) == light


def test_theme_follows_the_device_without_scripts(open_page: Opener) -> None:
    seen = set()
    for scheme in ("light", "dark"):
        page = open_page("/about", scheme=scheme, scripts=False)
        expect(page.locator("button.theme")).to_be_hidden()
        shot = page.screenshot(clip={"x": 2, "y": 2, "width": 2, "height": 2})
        seen.add(shot)
    assert len(seen) == 2


@pytest.mark.parametrize("path", MAIN)
def test_by_keyboard(path: str, open_page: Opener) -> None:
    """From the address bar: first the way past the navigation; every stop is seen, named, and in order of reading."""
    page = open_page(path)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    assert page.locator(":focus").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    last = -1
    for _ in range(12):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None:
            break
        assert stop["name"], stop
        assert stop["ring"], stop
        assert stop["order"] > last, stop
        last = stop["order"]
    assert last >= 0


_STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const named = e.getAttribute('aria-label') || document.getElementById(e.getAttribute('aria-labelledby'))?.textContent
    || e.labels?.[0]?.textContent || e.textContent || e.value;
  return {html: e.outerHTML.slice(0, 200), name: (named || '').trim(),
    order: [...document.querySelectorAll('*')].indexOf(e),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2};
}"""


@pytest.mark.parametrize("path", MAIN)
def test_without_scripts_every_page_says_the_same(path: str, open_page: Opener) -> None:
    page = open_page(path, scripts=False)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("nav.main a").first).to_be_visible()
    said = page.locator("h1").inner_text()
    assert open_page(path).locator("h1").inner_text() == said


@pytest.mark.parametrize("scripts", [True, False])
def test_menu_on_a_phone(scripts: bool, open_page: Opener) -> None:
    page = open_page("/", width=390, language="es", scripts=scripts)
    expect(page.locator("nav.main")).to_be_hidden()
    link = page.locator("nav.menu").get_by_role("link", name="Prácticas")
    expect(link).to_be_hidden()
    page.get_by_text("Menú", exact=True).click()
    link.click()
    expect(page).to_have_url(re.compile("/practices"))
    expect(page.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("path", ["/", "/coverage", "/id/practice/bias-audit-b.html"])
def test_on_paper(path: str, open_page: Opener) -> None:
    """Black on white whatever the theme; address, version and date; no controls."""
    page = open_page(path, scheme="dark", width=390)
    page.emulate_media(media="print", color_scheme="dark")
    assert paper(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    for control in page.locator("nav, form, .skip, button").all():
        expect(control).to_be_hidden()
    foot = page.locator("footer")
    expect(foot).to_contain_text(page.url)
    expect(foot).to_contain_text("2026-11-21")
    expect(foot).to_contain_text("test")  # the version
    assert io.BytesIO(page.pdf(format="A4")).read(4) == b"%PDF"


def test_the_font_is_ours_and_figures_line_up(open_page: Opener) -> None:
    page = open_page("/about")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Source Serif 4\"'))")
    widths = page.evaluate(_WIDTHS)
    assert len(widths) == 1, widths


_WIDTHS = """() => {
  const e = document.createElement('span'); document.body.append(e);
  const wide = c => { e.textContent = c.repeat(50); return Math.round(e.getBoundingClientRect().width) };
  return [...new Set([...'0123456789'].map(wide))];
}"""


def test_a_page_stays_small(open_page: Opener) -> None:
    """Under 150 kB as sent, fonts and all, at a first visit."""
    page = open_page("/practices", fresh=True)
    page.wait_for_load_state("networkidle")
    sent = page.evaluate(
        "performance.getEntries().filter(e => 'encodedBodySize' in e).map(e => [e.name, e.encodedBodySize])"
    )
    assert sum(size for _, size in sent) < 150_000, sent


def test_reduced_motion(open_page: Opener) -> None:
    page = open_page("/practices", reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    )
    assert moving == 0
