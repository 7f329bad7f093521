"""Rows of a view that open in their place: by script without leaving the page, by a link without, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.pages import Opener

GRID = "/coverage?rows=group&cols=stage&depth=group=1"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_row_opens_and_closes(scripts: bool, open_page: Opener) -> None:
    page = open_page(GRID, scripts=scripts)
    rows = page.locator("table.grid tbody tr")
    before = rows.count()
    opener = page.locator("table.grid a.opener").first
    code = str(opener.get_attribute("href")).rpartition("#row-")[2]
    if scripts:
        page.evaluate("window.same = true")
    opener.focus()
    page.keyboard.press("Enter")
    mine = page.locator(f"table.grid a.opener[href$='#row-{code}']")
    expect(mine).to_have_attribute("aria-expanded", "true")
    expect(rows).not_to_have_count(before)
    expect(page).to_have_url(re.compile(f"open={code}"))
    if scripts:
        assert page.evaluate("window.same")  # the page is still the one that was opened
        expect(mine).to_be_focused()
    mine.click()
    expect(mine).to_have_attribute("aria-expanded", "false")
    expect(rows).to_have_count(before)


def test_on_a_phone_rows_open_to_lists(open_page: Opener) -> None:
    page = open_page(GRID, width=390)
    expect(page.locator("table.grid")).to_be_hidden()
    row = page.locator(".sheet-list details.row").nth(1)
    row.locator("summary").click()
    first = row.locator("ul.cells a").first
    expect(first).to_be_visible()
    count = page.locator(".sheet-list details.row").count()
    row.locator("a.opener").click()
    expect(page.locator(".sheet-list details.row")).not_to_have_count(count)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_picture_follows_the_theme(open_page: Opener) -> None:
    page = open_page("/coverage?rows=region")
    fills = "[...document.querySelectorAll('svg.drawn path')].map((one) => getComputedStyle(one).fill)"
    light = page.evaluate(fills)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(fills)
    assert len(light) == len(dark) > 170
    assert [one for one, other in zip(light, dark, strict=True) if one == other and not one.startswith("url")] == []
