"""The path of a reviewer and coder on a phone; axe finds nothing on the way, and no page is wider than the phone."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import Page

from browser.pages import Opener
from browser.test_every_page import found_by_axe
from dgekg import forms, reviewers
from dgekg.identifiers import record
from dgekg.inbox import FOLDER, Draft, Inbox
from dgekg.reviewers import accounts as accounts_module

GOOD = "four plain words here"
WORLD = Path(__file__).parents[1] / "world" / "data" / "practices" / "bias-audit-b.ttl"


def looked_at(page: Page) -> None:
    assert not found_by_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_reviewer_and_coder_on_a_phone(app: FastAPI, open_page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_module, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts_module._nobody.cache_clear()
    house = app.state.house
    private = house.settings.private_root()
    reviewers.Accounts(private / reviewers.FOLDER).add("eve", GOOD, ["review", "assess"], "ombuds-d")
    answers = forms.of(house.now().observatory.project).from_document(WORLD.read_bytes())
    answers["fields"].pop("description")
    inbox = Inbox(private / FOLDER)
    id_ = inbox.submit(Draft("correct", answers, record("practice", "bias-audit-b")), "k" * 20).id

    page = open_page("/review", width=390)
    page.get_by_label("Account").fill("eve")
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Log in").click()
    page.locator("main li.card a").first.click()
    looked_at(page)
    page.get_by_label("Return: the contributor").check()
    page.get_by_label("Why, for the contributor").fill("What does it do?")
    page.get_by_role("button", name="Decide").click()
    assert page.get_by_role("status").inner_text() == "You returned it."
    assert inbox.get(id_).reason == "What does it do?"

    page.get_by_role("link", name="Rate practices").click()
    page.get_by_label("What you bring").fill("audits")
    page.get_by_label("Who pays").fill("nobody")
    page.get_by_label("What you have to do").fill("none")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Or this one").fill("bias-audit-b")
    page.get_by_role("button", name="Take on practices").click()
    looked_at(page)
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("Yes").first.check()
    page.get_by_role("button", name="Keep and go on").click()
    assert "rest on evidence" in page.get_by_role("alert").inner_text()  # the browser let it go: we say what is missing
    looked_at(page)
    page.locator("input[name=evidence]").first.check()
    page.get_by_role("button", name="Keep and go on").click()
    assert "Criterion 2 of" in page.locator("main .kind").inner_text()
    page.get_by_role("link", name="Account: eve").click()
    page.get_by_role("link", name="Set up a second factor").click()
    looked_at(page)
    seen = page.locator(".qr svg path").last.bounding_box()
    whole = page.locator(".qr svg").bounding_box()
    assert seen is not None
    assert whole is not None
    assert seen["width"] < whole["width"] <= 390, "no part of the picture is cut off"
    secret = page.locator(".steps .code").inner_text().replace(" ", "")
    page.get_by_label("Current password").fill(GOOD)
    page.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Codes for recovery", exact=True).wait_for()
    assert page.locator(".recovery li").count() == 10
    looked_at(page)
    page.get_by_role("button", name="Log out").click()
    page.goto(page.url.replace("/review/login", "/review"))
    assert page.get_by_role("heading", level=1).inner_text() == "Log in to review"
