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


def test_what_is_needed_said_in_spanish_on_a_phone(app: FastAPI, open_page: Opener) -> None:
    page = open_page("/contribute?lang=es", width=390)
    page.get_by_role("link", name="Decir qué hace falta").click()
    looked_at(page)
    follow = page.get_by_role("button", name="Siguiente")
    page.locator("[name=respondentSector]").first.check()
    while follow.is_visible():
        follow.click()
    page.get_by_role("button", name="Enviar", exact=True).click()
    faults = page.locator("#faults")
    expect(faults).to_be_focused()
    looked_at(page)
    faults.get_by_role("link").first.click()
    page.locator("[name='need.0']").fill("Tiempo para participar")
    page.locator("[name='consentClass.0']").select_option(index=1)
    follow.click()
    page.get_by_label("Tengo 18 años").check()
    page.get_by_role("button", name="Enviar", exact=True).click()
    looked_at(page)
    inbox = Inbox(app.state.house.settings.private_root() / FOLDER)
    proposal = inbox.status(page.locator(".receipt").inner_text()).proposal
    inbox.delete(proposal.id)  # others count on an empty one
    assert (proposal.act, proposal.language) == ("consultation", "es")
    assert proposal.answers["fields"]["need"] == [{"value": "Tiempo para participar", "language": "es"}]


def until(page: Page, what: str) -> None:
    """Wait until a function of the page that takes its time says yes."""
    for _ in range(200):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(what)


def kept(page: Page) -> list[str]:
    """Return the addresses of all that the browser keeps for this site."""
    told = page.evaluate("""async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const keys = await Promise.all(caches_.map((one) => one.keys()));
      return keys.flat().map((one) => new URL(one.url).pathname);
    }""")
    return sorted(told)


def test_without_a_connection_nothing_is_lost_and_nothing_goes_by_itself(app: FastAPI, open_page: Opener) -> None:
    inbox = Inbox(app.state.house.settings.private_root() / FOLDER)
    before = len(inbox.list())
    page = open_page("/contribute/feedback", width=390, service_workers="allow")
    until(
        page,
        """async () => Boolean(navigator.serviceWorker.controller
      && await caches.match("/contribute/practice") && await caches.match("/contribute/feedback"))""",
    )
    context = page.context
    context.set_offline(True)
    page.goto(page.url.replace("feedback", "practice"))  # never opened before
    assert page.locator("[name='title.0']").evaluate("e => getComputedStyle(e).fontFamily").startswith('"Source')
    assert page.locator("[name=key]").input_value() == "", "two who open it are not one"
    expect(page.locator("[data-offline]")).to_be_visible()
    page.goto(page.url.replace("practice", "feedback"))
    page.locator("[name=note]").fill("Typed without a line.")
    page.locator("[name=adult]").check()
    page.get_by_role("button", name="Send", exact=True).click()
    assert page.locator("[name=note]").input_value() == "Typed without a line."
    looked_at(page)
    assert page.evaluate("localStorage.length") == 0, "no draft unless it is wanted"
    page.get_by_label("Keep a draft on this device").check()
    page.reload()
    page.get_by_role("button", name="Take it up").click()
    assert page.locator("[name=note]").input_value() == "Typed without a line."
    page.get_by_label("Keep a draft on this device").uncheck()

    context.set_offline(False)
    expect(page.locator("[data-online]")).to_be_visible()
    looked_at(page)
    assert len(inbox.list()) == before, "nothing goes by itself"
    held = kept(page)
    assert all(path.startswith(("/contribute", "/static/")) for path in held)
    texts = page.evaluate("""async () => {
      const all = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const key of await cache.keys()) {
          const answer = await cache.match(key);
          if (answer.headers.get("Content-Type").startsWith("text/html")) all.push(await answer.text());
        }
      }
      return all.join();
    }""")
    assert "do not describe violence" in texts
    assert "Typed" not in texts
    page.get_by_role("button", name="Send it now").click()
    code = page.locator(".receipt").inner_text()
    proposal = inbox.status(code).proposal
    assert proposal.note == "Typed without a line."
    inbox.delete(proposal.id)

    page.goto(page.url.replace("lang=", "") if "?" in page.url else page.url)
    page.evaluate("document.querySelector('[data-leave]').href = '/about'")
    page.get_by_role("link", name="Leave this page now").click()
    page.wait_for_url("**/about")
    until(page, "async () => !(await caches.keys()).length")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


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


def test_without_script_nothing_promises_a_draft(open_page: Opener) -> None:
    page = open_page("/contribute/feedback", scripts=False)
    expect(page.get_by_label("Keep a draft on this device")).to_be_hidden()
