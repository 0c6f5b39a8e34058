"""A picture in place of the drawing: dropped, pasted, chosen on a telephone, taken with the camera."""

import base64
import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import JSHandle, Locator, Page, expect

from tests.browser.charts import PATIENCE_MS, fits_the_screen
from tests.browser.server import FLAGS, chromium
from tests.browser.test_draw import FOUR, ONE, SEVEN, answer, button, draw

_CARRIED = """files => {
  const carried = new DataTransfer();
  for (const [name, type, data] of files) {
    carried.items.add(new File([Uint8Array.from(atob(data), each => each.charCodeAt(0))], name, { type }));
  }
  return carried;
}"""
_HUGE = """() => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(26_000_000)], "huge.png", { type: "image/png" }));
  return carried;
}"""
_PASTE = """(there, clipboardData) =>
  there.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))"""
_COPY = """async parts => {
  const blob = ([type, data]) => new Blob([Uint8Array.from(atob(data), each => each.charCodeAt(0))], { type });
  await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(parts.map(each => [each[0], blob(each)])))]);
}"""
NO_PICTURE = ("notes.txt", "text/plain", b"7 and some words")
NOTHING = "Nothing drawn yet"


def paper(strokes: list, side: int = 280, format: str = "PNG") -> bytes:
    """A file with a digit in thick strokes of black on white paper."""
    sheet = Image.new("RGB", (side, side), "white")
    for stroke in strokes:
        ImageDraw.Draw(sheet).line([(x * side, y * side) for x, y in stroke], "black", side // 12, joint="curve")
    file = io.BytesIO()
    sheet.save(file, format)
    return file.getvalue()


def png(name: str, strokes: list) -> tuple[str, str, bytes]:
    return name, "image/png", paper(strokes)


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def opened(page: Page, address: str = "/draw") -> None:
    """Open the page, and wait until it listens to what is dropped and pasted."""
    page.goto(address)
    expect(answer(page)).to_contain_text(NOTHING)
    expect(page.locator(".st-key-draw_picture_hand p:not([hidden])")).to_be_attached()


def carried(page: Page, *files: tuple[str, str, bytes]) -> JSHandle:
    return page.evaluate_handle(_CARRIED, [(name, kind, text(data)) for name, kind, data in files])


def drop(there: Locator, *files: tuple[str, str, bytes]) -> None:
    held = carried(there.page, *files)
    for name in ("dragenter", "dragover", "drop"):
        there.dispatch_event(name, {"dataTransfer": held})


def copy(page: Page, **parts: bytes) -> None:
    """Onto the clipboard. parts: image or text, or both as a spreadsheet does it"""
    kinds = {"image": "image/png", "text": "text/plain"}
    page.evaluate(_COPY, [(kinds[name], text(data)) for name, data in parts.items()])


def reads(page: Page, digit: str) -> None:
    expect(answer(page)).to_contain_text(re.compile(rf"^\s*{digit}\s*\d.*sure"))
    expect(button(page, "Back to the canvas")).to_be_visible()


def said(page: Page) -> Locator:
    """The line that says what becomes of what was dropped or pasted."""
    return page.locator(".st-key-draw_picture_hand").get_by_role("status")


def field(page: Page) -> Locator:
    return page.locator('[class*="st-key-draw_file_"] input[type="file"]')


@pytest.fixture
def clipboard(page: Page) -> Page:
    """A page that may write to the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


@pytest.fixture
def phone(browser, server, tmp_path) -> Iterator[Page]:
    """A telephone whose camera sees a seven."""
    film = tmp_path / "seven.mjpeg"
    film.write_bytes(paper(SEVEN, 480, "JPEG") * 2)
    camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    own = browser.browser_type.launch(executable_path=chromium(), args=[*FLAGS, *camera])
    context = own.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        base_url=server.url,
        permissions=["camera"],
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    own.close()


def test_a_picture_is_dropped_another_takes_its_place_and_there_is_a_way_back(page):
    opened(page)
    drop(page.locator("h1"), png("seven.png", SEVEN))
    reads(page, "7")
    for title in ("Its ink", "What the network sees"):
        expect(page.get_by_alt_text(re.compile(f"^{title}"))).to_be_visible()
    expect(said(page)).to_be_empty()
    drop(page.get_by_test_id("stSidebar"), png("one.png", ONE))
    reads(page, "1")
    button(page, "Back to the canvas").click()
    expect(answer(page)).to_contain_text(NOTHING)
    drop(page.locator("canvas.upper-canvas"), png("seven.png", SEVEN))
    reads(page, "7")


def test_a_file_that_is_dragged_in_from_outside_does_not_take_the_browser_away(page, tmp_path):
    opened(page)
    file = tmp_path / "seven.png"
    file.write_bytes(paper(SEVEN))
    devtools = page.context.new_cdp_session(page)
    for name in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
        devtools.send("Input.dispatchDragEvent", {"type": name, "x": 700, "y": 60, "data": data})
    reads(page, "7")
    expect(page).to_have_url(re.compile("/draw"))


def test_of_several_files_the_first_picture_is_read_and_the_page_says_so(page):
    opened(page)
    drop(page.locator("h1"), NO_PICTURE, png("seven.png", SEVEN), png("one.png", ONE))
    reads(page, "7")
    expect(said(page)).to_have_text("One picture at a time: of 3 files, this is seven.png.")
    button(page, "Back to the canvas").click()
    expect(said(page)).to_be_empty()


def test_of_two_that_come_in_a_hurry_the_last_one_stays(page):
    opened(page)
    drop(page.locator("h1"), png("seven.png", SEVEN))
    drop(page.locator("h1"), png("one.png", ONE))
    reads(page, "1")
    expect(said(page)).to_be_empty()
    with page.expect_response(lambda each: "upload_file" in each.url and each.request.method == "PUT"):
        drop(page.locator("h1"), png("four.png", FOUR))
    drop(page.locator("h1"), png("seven.png", SEVEN))
    reads(page, "7")
    expect(said(page)).to_be_empty()
    reads(page, "7")


def test_what_is_no_picture_is_one_sentence_until_one_goes_on(page):
    opened(page)
    drop(page.locator("h1"), NO_PICTURE)
    sentence = page.get_by_test_id("stAlert")
    expect(sentence).to_contain_text("This is not an image that can be read: use one of PNG, JPEG")
    expect(answer(page)).to_contain_text(NOTHING)
    draw(page, ONE)
    expect(answer(page)).to_contain_text("1")
    expect(sentence).to_have_count(0)
    drop(page.locator("h1"), NO_PICTURE)
    expect(sentence).to_be_visible()
    expect(answer(page)).to_contain_text("1")
    drop(page.locator("h1"), png("seven.png", SEVEN))
    reads(page, "7")
    expect(sentence).to_have_count(0)


def test_a_large_file_arrives_and_one_that_is_too_large_is_told_where_it_is_seen(page, tmp_path):
    opened(page)
    file = tmp_path / "seven.png"
    file.write_bytes(paper(SEVEN) + bytes(20_000_000))
    field(page).set_input_files(file)
    reads(page, "7")
    page.locator("h1").dispatch_event("drop", {"dataTransfer": page.evaluate_handle(_HUGE)})
    expect(said(page)).to_have_text("huge.png did not arrive. File must be 24.0MB or smaller.")
    expect(said(page)).to_be_visible()
    reads(page, "7")


def test_a_picture_is_pasted(page):
    opened(page)
    page.locator("h1").evaluate(_PASTE, carried(page, png("image.png", SEVEN)))
    reads(page, "7")


def test_keys_paste_the_picture_on_the_clipboard_and_leave_words_alone(clipboard):
    page = clipboard
    opened(page)
    copy(page, image=paper(SEVEN))
    page.keyboard.press("Control+V")
    reads(page, "7")
    copy(page, text=b"1")
    page.keyboard.press("Control+V")
    copy(page, image=paper(ONE))
    page.keyboard.press("Control+V")
    reads(page, "1")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_who_writes_keeps_what_is_pasted(clipboard):
    page = clipboard
    opened(page, "/draw?draw_section=teach&teach=symbols")
    words = page.get_by_role("textbox", name="What to tell apart")
    words.fill("")
    copy(page, text=b"heart, star", image=paper(SEVEN))
    page.keyboard.press("Control+V")
    expect(words).to_have_value("heart, star")
    copy(page, image=paper(SEVEN))
    page.keyboard.press("Control+V")
    words.press("Enter")
    expect(page.get_by_role("button", name="Add as star: 0")).to_be_visible()
    expect(words).to_have_value("heart, star")
    expect(said(page)).to_be_empty()
    expect(answer(page)).to_contain_text(NOTHING)
    words.blur()
    page.keyboard.press("Control+V")
    reads(page, "7")


def test_a_phone_chooses_a_picture_and_takes_one_with_the_camera(phone):
    opened(phone)
    phone.get_by_text("Bring a picture").tap()
    with phone.expect_file_chooser() as chooser:
        phone.get_by_test_id("stFileUploaderDropzone").get_by_text("Upload", exact=True).tap()
    assert not chooser.value.is_multiple()
    for attribute in ("accept", "capture"):  # so that the system offers camera, photographs and files
        expect(field(phone)).not_to_have_attribute(attribute, re.compile(".*"))
    chooser.value.set_files({"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": paper(ONE, 1600, "JPEG")})
    reads(phone, "1")
    fits_the_screen(phone)

    phone.get_by_text("Use the camera").tap()
    phone.get_by_role("button", name="Take Photo").tap()
    reads(phone, "7")
    fits_the_screen(phone)
