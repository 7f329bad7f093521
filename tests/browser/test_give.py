"""The path of a contributor on a phone: from the first page to the receipt and back with the code; axe on the way."""

from __future__ import annotations

from fastapi import FastAPI
from playwright.sync_api import Page, expect

from browser.pages import Opener
from browser.test_every_page import found_by_axe
from dgekg.inbox import FOLDER, Inbox


def looked_at(page: Page) -> None:
    assert not found_by_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_contributor_on_a_phone(app: FastAPI, open_page: Opener) -> None:
    inbox = Inbox(app.state.house.settings.private_root() / FOLDER)
    before = len(inbox.list())
    page = open_page("/contribute", width=390)
    page.get_by_role("link", name="Propose a practice").click()
    looked_at(page)
    expect(page.get_by_label("Keep a draft on this device")).not_to_be_checked()
    page.locator("[name='title.0']").fill("Captioning by Deaf reviewers")
    page.locator("[name='description.0']").fill("Deaf reviewers check captions.")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("[name='title.0']")).to_be_hidden()
    while page.get_by_role("button", name="Next").is_visible():
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send").click()
    faults = page.locator("#faults")
    expect(faults).to_be_focused()
    looked_at(page)
    faults.get_by_role("link", name="Lever").click()
    page.locator("[name='lever']").first.check()
    assert page.locator("[name='title.0']").input_value() == "Captioning by Deaf reviewers"
    assert page.evaluate("localStorage.length") == 0
    assert len(inbox.list()) == before


def test_feedback_and_its_receipt(app: FastAPI, open_page: Opener) -> None:
    page = open_page("/contribute/feedback?lang=fr", width=390)
    page.locator("[name=note]").fill("Merci.")
    page.locator("[name=adult]").check()
    page.get_by_role("button", name="Envoyer").click()
    looked_at(page)
    code = page.locator(".receipt").inner_text()
    page.get_by_role("button", name="Voir la suite").click()
    looked_at(page)
    assert "attend d'être lue" in page.content()
    inbox = Inbox(app.state.house.settings.private_root() / FOLDER)
    assert inbox.status(code).proposal.note == "Merci."
    page.goto(page.url)
    looked_at(page)


def test_the_quick_way_out_empties_the_page(open_page: Opener) -> None:
    page = open_page("/contribute/feedback", width=390)
    assert page.locator("[data-leave]").get_attribute("href") == "https://en.wikipedia.org/"
    page.evaluate("document.querySelector('[data-leave]').href = '/about'")  # nothing leaves this machine in a test
    page.locator("[name=note]").fill("something")
    page.get_by_role("link", name="Leave this page now").click()
    page.wait_for_url("**/about")
    page.go_back()
    assert "something" not in page.content()
