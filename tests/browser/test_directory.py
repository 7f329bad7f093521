"""The directory in a real browser: as one types, without scripts, on a phone, by keyboard, and the way back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.pages import Opener


def test_the_list_follows_what_is_typed(open_page: Opener) -> None:
    page = open_page("/practices")
    expect(page.locator("#count")).to_contain_text("12 practices")
    page.locator("#q").press_sequentially("biass audit", delay=20)  # mistyped
    expect(page.locator(".results .card h2").first).to_have_text("Bias audit B")
    expect(page.locator("#count")).not_to_contain_text("12")
    expect(page).to_have_url(re.compile(r"q=biass\+audit(&|$)"))
    expect(page.locator("#said")).to_have_text(page.locator("#count").inner_text())
    assert page.evaluate("document.activeElement.id") == "q"
    page.locator("#q").fill("")
    expect(page.locator("#count")).to_contain_text("12 practices")


def test_facets_narrow_down_in_place_and_the_way_back_leads_back(open_page: Opener) -> None:
    page = open_page("/practices")
    page.evaluate("window.still = true")
    page.locator("#facet-kind > summary").click()
    page.locator("#facet-kind a", has_text="Audit").click()
    expect(page.locator("#count")).to_have_text("1 practice")
    assert "kind%3Daudit" in page.url
    expect(page.locator(".chips a").first).to_contain_text("Audit")
    page.locator(".faces a", has_text="Table").click()
    expect(page.locator("table.practices tbody tr")).to_have_count(1)
    page.locator(".chips a").first.click()
    expect(page.locator("table.practices tbody tr")).to_have_count(12)
    page.go_back()
    page.go_back()
    expect(page.locator(".results .card")).to_have_count(1)
    page.go_back()
    expect(page.locator("#count")).to_contain_text("12 practices")
    assert page.evaluate("window.still")


def test_without_scripts_on_a_phone(open_page: Opener) -> None:
    page = open_page("/practices", width=390, scripts=False)
    facet = page.locator("#facet-kind > summary")
    expect(facet).not_to_be_visible()
    page.locator("#filters > summary").click()
    facet.click()
    page.locator("#facet-kind a", has_text="Audit").click()
    expect(page.locator("#count")).to_have_text("1 practice")
    page.locator("#q").fill("nothing-has-this-name")
    page.locator("form button").click()
    assert "kind%3Daudit" in page.url
    expect(page.locator(".results .empty")).to_be_visible()


def test_on_a_wide_screen_the_facets_stand_open(open_page: Opener) -> None:
    page = open_page("/practices", scripts=False)
    expect(page.locator("#facet-group > summary")).to_be_visible()
    expect(page.locator("#facet-group li").first).to_be_visible()


def test_a_snippet_is_copied(open_page: Opener) -> None:
    page = open_page("/practices?where=group=women", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#copy-curl > summary").click()
    page.locator("#copy-curl button").click()
    expect(page.locator("#copy-curl button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -L -o practices.csv 'http://127.0.0.1")


def test_a_practice_leads_from_a_word_to_its_evidence(open_page: Opener) -> None:
    page = open_page("/id/practice/bias-audit-b.html", width=390, language="es")
    page.locator("a[href='#criteria']").click()
    page.locator("table.criteria a[href='#e1']").first.click()
    expect(page.locator("#e1")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
