"""Hands for Wagtail's page editor: titles, blocks, choosers, saving."""

import re

from playwright.sync_api import Page, TimeoutError, expect

__all__ = ["add_block", "choose_picture", "save_draft", "title", "write"]


def title(page: Page, words: str) -> None:
    """Type a page's title, key by key: the editor makes the address from what is typed."""
    page.locator("[name=title]").press_sequentially(words)
    expect(page.locator("[name=slug]")).to_have_value(re.sub(r"\W+", "-", words.lower()))


def add_block(page: Page, stream: str, label: str) -> str:
    """Add a block at the end of a stream.

    Args:
        stream: the stream's name in the form: ``body``, ``questions-0-value-prompt``.
        label: what the chooser of blocks calls it.

    Returns:
        What the names of the block's fields begin with.
    """
    count = page.locator(f'input[name="{stream}-count"]')
    place = int(count.input_value())
    container = page.locator(f'input[name="{stream}-count"] + [data-streamfield-stream-container]')
    shown = page.get_by_role("option").locator("visible=true")
    option = page.get_by_role("option", name=label, exact=True).locator("visible=true")
    for _try in range(5):
        expect(shown).to_have_count(0)  # the chooser of the block before fades away
        container.locator("> div > button.c-sf-add-button").last.click()
        # The chooser closes when the page scrolls or is saved by itself at that moment; a person opens it again.
        try:
            option.click(timeout=5_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
    expect(count).to_have_value(str(place + 1))
    return f"{stream}-{place}-value"


def write(page: Page, name: str, text: str) -> None:
    """Type into a rich-text field, by its name in the form."""
    area = page.locator(f'input[name="{name}"]').locator("xpath=..").locator("[contenteditable=true]")
    area.click()
    page.keyboard.insert_text(text)
    expect(area).to_contain_text(text)
    expect(page.locator(f'input[name="{name}"]')).to_have_value(re.compile(re.escape(text)))


def choose_picture(page: Page, name: str, picture: str) -> None:
    """Pick a picture of the library in an image field, by its name in the form."""
    field = page.locator(f'input[name="{name}"]')
    field.locator("xpath=ancestor::*[@data-chooser]|..").last.get_by_role("button").first.click()
    dialog = page.locator(".modal.in")
    dialog.get_by_role("link", name=picture).first.click()
    expect(field).to_have_value(re.compile(r"\d+"))
    expect(dialog).to_have_count(0)


def save_draft(page: Page) -> None:
    """Press “Save draft” and wait until the page says that it was saved."""
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messages .success")).to_be_visible()
