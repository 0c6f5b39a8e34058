"""The canvas under a hand: palms, lost touches, slow networks, narrow screens, and drawings that come back."""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Page, WebSocketRoute, expect

from pages.shared import canvas_text
from pages.shared.examples import UNITS
from tests.browser import charts
from tests.browser.charts import PATIENCE_MS, fits_the_screen
from tests.browser.test_draw import BAR, SEVEN, answer, draw, your_drawing

TOP, MIDDLE, BOTTOM = [(0.2, 0.2), (0.8, 0.2)], [(0.2, 0.5), (0.8, 0.5)], [(0.2, 0.8), (0.8, 0.8)]
CORNER = [(0.05, 0.1), (0.05, 0.95), (0.9, 0.95)]
_INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const alpha = [];
  for (let at = 3; at < data.length; at += 4) alpha.push(data[at]);
  return alpha;
}"""

_WHOLE = """canvas => {
  const { left, right, width, height } = canvas.getBoundingClientRect();
  return left >= 0 && right <= innerWidth && Math.abs(width - height) <= 1;
}"""


def on_screen(page: Page) -> np.ndarray:
    """The ink that the canvas shows: uint8 (side, side)."""
    alpha = np.array(page.locator("canvas.dc-canvas.lower-canvas").evaluate(_INK), np.uint8)
    return alpha.reshape(2 * (round(len(alpha) ** 0.5),))


def at_the_server(page: Page) -> np.ndarray:
    """The ink that the server has: uint8 (side, side); all paper if the sheet is blank."""
    if "Nothing drawn yet" in (answer(page).text_content() or ""):
        return np.zeros((28, 28), np.uint8)
    data = your_drawing(page).get_attribute("src").split("base64,")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def inked(image: np.ndarray, place: tuple[float, float]) -> bool:
    return bool(image[round(place[1] * len(image)), round(place[0] * len(image))])


def middle(line: list[tuple[float, float]]) -> tuple[float, float]:
    (ax, ay), (bx, by) = line[0], line[-1]
    return (ax + bx) / 2, (ay + by) / 2


def until(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_MS // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def shows(page: Page, there: tuple = (), not_there: tuple = ()) -> None:
    """Wait until browser and server agree on which lines are drawn, and which places are paper."""
    for look in (on_screen, at_the_server):
        until(page, lambda look=look: all(inked(look(page), middle(line)) for line in there))
        until(page, lambda look=look: not any(inked(look(page), middle(line)) for line in not_there))


def button(page: Page, name: str):
    return page.get_by_test_id("stMain").get_by_role("button", name=name)


def opened(page: Page, address: str = "/draw") -> None:
    page.goto(address)
    expect(answer(page)).to_be_visible()
    page.locator("canvas.upper-canvas").hover()


@dataclass
class Hand:
    """Fingers on a page's canvas; places are parts of its sides."""

    page: Page
    cdp: CDPSession
    down: dict[int, tuple[float, float]] = field(default_factory=dict)

    def touch(self, finger: int, place: tuple[float, float]) -> None:
        self.down[finger] = place
        self._send("touchStart")

    def move(self, finger: int, *places: tuple[float, float]) -> None:
        for place in places:
            (ax, ay), (bx, by) = self.down[finger], place
            for step in range(1, 9):
                self.down[finger] = (ax + (bx - ax) * step / 8, ay + (by - ay) * step / 8)
                self._send("touchMove")

    def lift(self, finger: int) -> None:
        self._send("touchEnd", {finger: self.down.pop(finger)})

    def cancel(self) -> None:
        self.down.clear()
        self._send("touchCancel")

    def stroke(self, line: list[tuple[float, float]], finger: int = 0) -> None:
        self.touch(finger, line[0])
        self.move(finger, *line[1:])
        self.lift(finger)

    def _send(self, kind: str, fingers: dict[int, tuple[float, float]] | None = None) -> None:
        box = self.page.locator("canvas.upper-canvas").bounding_box()
        points = [
            {"id": finger, "x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            for finger, (x, y) in (fingers or self.down).items()
        ]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def hand(visitor) -> Hand:
    """A hand on a phone."""
    page = visitor(390, 844, has_touch=True)
    opened(page)
    return Hand(page, page.context.new_cdp_session(page))


def test_a_stroke_is_read_when_its_finger_lifts_although_a_palm_rests_beside_the_canvas(hand):
    hand.touch(7, (0.5, 1.6))
    hand.stroke(TOP)
    shows(hand.page, there=(TOP,))
    hand.stroke(BOTTOM)
    shows(hand.page, there=(TOP, BOTTOM), not_there=(MIDDLE, [TOP[1], BOTTOM[0]]))


def test_a_second_finger_on_the_canvas_draws_nothing(hand):
    hand.touch(0, TOP[0])
    hand.move(0, (0.5, 0.2))
    hand.touch(1, MIDDLE[0])
    hand.move(1, *MIDDLE)
    hand.move(0, TOP[1])
    hand.lift(0)
    shows(hand.page, there=(TOP,), not_there=(MIDDLE,))
    hand.move(1, BOTTOM[0])
    hand.lift(1)
    hand.stroke(BOTTOM)
    shows(hand.page, there=(TOP, BOTTOM), not_there=(MIDDLE, [TOP[1], BOTTOM[0]]))


def test_a_palm_that_rests_on_the_canvas_leaves_no_dot_and_does_not_keep_the_finger_from_drawing(hand):
    hand.touch(1, BOTTOM[1])
    hand.stroke(TOP)
    hand.lift(1)
    shows(hand.page, there=(TOP,), not_there=([BOTTOM[1]], MIDDLE))


def test_a_touch_that_the_system_takes_away_ends_its_stroke(hand):
    hand.touch(0, TOP[0])
    hand.move(0, TOP[1])
    hand.cancel()
    shows(hand.page, there=(TOP,))
    hand.stroke(BOTTOM)
    shows(hand.page, there=(TOP, BOTTOM), not_there=(MIDDLE, [TOP[1], BOTTOM[0]], [(0.02, 0.02)]))


def test_a_stroke_may_leave_the_canvas_and_a_tap_is_a_dot(hand):
    hand.stroke([(0.2, 0.2), (1.3, 0.2), (1.3, 0.8), (0.2, 0.8)])
    hand.stroke([(0.3, 0.5)])
    shows(hand.page, there=(TOP, BOTTOM, [(0.3, 0.5)]), not_there=([(0.6, 0.5)], [(0.2, 0.65)]))


def test_a_pen_takes_over_from_a_palm_that_moved(hand):
    page = hand.page
    hand.touch(1, BOTTOM[0])
    hand.move(1, BOTTOM[1])
    box = page.locator("canvas.upper-canvas").bounding_box()
    for kind, (x, y) in zip(("mousePressed", "mouseMoved", "mouseReleased"), [TOP[0], TOP[1], TOP[1]], strict=True):
        place = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        pen = {"pointerType": "pen", "button": "left", "buttons": int(kind != "mouseReleased"), "clickCount": 1}
        hand.cdp.send("Input.dispatchMouseEvent", {"type": kind, **place, **pen})
    hand.lift(1)
    shows(page, there=(TOP,), not_there=(BOTTOM,))


@pytest.mark.parametrize("size", [(320, 568), (360, 225)], ids=["320 px", "1440×900 at 400 %"])
def test_on_a_narrow_screen_the_whole_sheet_is_seen_and_ink_appears_under_the_finger(visitor, size):
    page = visitor(*size, has_touch=True, device_scale_factor=4 if size[1] < 300 else 2)
    opened(page)
    charts.until(page.locator("canvas.upper-canvas"), _WHOLE)
    fits_the_screen(page)
    hand = Hand(page, page.context.new_cdp_session(page))
    page.locator("canvas.upper-canvas").evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
    hand.stroke([(0.2, 0.4), (0.8, 0.4), (0.8, 0.75)])
    corner = [(0.2, 0.4), (0.8, 0.4)], [(0.8, 0.4), (0.8, 0.75)]
    shows(page, there=corner, not_there=([(0.5, 0.6)],))


def test_a_page_that_is_zoomed_by_its_style_draws_where_the_pointer_is(page):
    opened(page)
    page.evaluate("document.body.style.zoom = 1.5")
    draw(page, SEVEN)
    shows(page, there=(SEVEN[0][:2], SEVEN[0][1:]), not_there=([(0.2, 0.8)],))


def test_a_reload_brings_the_drawing_back_and_a_cleared_one_stays_away(page):
    opened(page)
    draw(page, [TOP, BOTTOM])
    shows(page, there=(TOP, BOTTOM))
    page.reload()
    shows(page, there=(TOP, BOTTOM), not_there=(MIDDLE,))
    draw(page, [MIDDLE])
    shows(page, there=(TOP, MIDDLE, BOTTOM))
    button(page, "Undo").click()
    button(page, "Undo").click()
    shows(page, there=(TOP,), not_there=(MIDDLE, BOTTOM))
    page.reload()
    shows(page, there=(TOP,), not_there=(MIDDLE, BOTTOM))
    button(page, "Clear").click()
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    page.reload()
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    expect(button(page, "Undo")).to_be_disabled()


def test_a_copied_link_shows_the_drawing_to_somebody_else_in_place_of_their_own(visitor):
    page = visitor(permissions=["clipboard-read", "clipboard-write"])
    opened(page)
    draw(page, [*SEVEN, BAR])
    shows(page, there=(SEVEN[0][:2], BAR))
    button(page, "Copy link").click()
    expect(button(page, "Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert len(link) < 200
    text = re.search("drawing=([^&]+)", link)[1]
    places = [[(x / UNITS, y / UNITS) for x, y in stroke] for stroke in canvas_text.strokes(text)]
    for found, drawn in zip(places, [*SEVEN, BAR], strict=True):
        assert np.allclose([found[0], found[-1]], [drawn[0], drawn[-1]], atol=0.01)

    other = visitor()
    opened(other)
    draw(other, [BOTTOM])
    shows(other, there=(BOTTOM,))
    other.goto(link)
    shows(other, there=(SEVEN[0][:2], SEVEN[0][1:], BAR), not_there=(BOTTOM,))
    other.wait_for_url(lambda url: "drawing" not in url)
    expect(answer(other)).to_contain_text("7")
    expect(answer(other)).to_contain_text("sure")
    other.reload()
    shows(other, there=(SEVEN[0][:2], BAR), not_there=(BOTTOM,))


def test_a_damaged_drawing_in_the_browsers_storage_is_one_sentence(page):
    opened(page)
    page.evaluate("localStorage.setItem('dlcore drawing draw', '1' + '9'.repeat(40))")
    page.reload()
    expect(page.get_by_test_id("stAlert")).to_contain_text("The drawing that this browser kept cannot be read")
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    page.reload()
    expect(answer(page)).to_contain_text("7")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


class Line:
    """The connection of a page; what comes from the server can be held back."""

    def __init__(self, page: Page) -> None:
        self.held: list | None = None
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        self.page = socket
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(self._arrived)

    def _arrived(self, message: bytes) -> None:
        if self.held is None:
            self.page.send(message)
        else:
            self.held.append(message)

    def hold(self) -> None:
        self.held = []

    def release(self) -> None:
        held, self.held = self.held, None
        for message in held:
            self.page.send(message)


def test_undo_clear_and_examples_take_nothing_of_what_is_drawn_before_the_server_answers(page):
    line = Line(page)
    opened(page)
    draw(page, [TOP, MIDDLE])
    shows(page, there=(TOP, MIDDLE))

    line.hold()
    button(page, "Undo").click()
    draw(page, [BOTTOM])
    until(page, lambda: inked(on_screen(page), middle(BOTTOM)))  # the next frame shows it; the answer is still held
    until(page, lambda: not inked(on_screen(page), middle(MIDDLE)))
    line.release()
    shows(page, there=(TOP, BOTTOM), not_there=(MIDDLE,))

    line.hold()
    button(page, "Clear").click()
    draw(page, [MIDDLE])
    line.release()
    shows(page, there=(MIDDLE,), not_there=(TOP, BOTTOM))

    line.hold()
    button(page, "Slashed zero").click()
    draw(page, [BOTTOM])
    until(page, lambda: inked(on_screen(page), middle(BOTTOM)))
    box = page.locator("canvas.upper-canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in CORNER]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=8)
    line.release()  # in the middle of a stroke
    page.mouse.move(*places[2], steps=8)
    page.mouse.up()
    zero = [(0.5, 0.5)]  # the stroke through it
    shows(page, there=(zero, BOTTOM, CORNER[:2], CORNER[1:]))


def test_the_keyboard_reaches_the_examples_and_the_answer_is_said(page):
    opened(page)
    expect(page.get_by_role("img", name="Sheet to draw on")).to_be_visible()
    button(page, "Slashed zero").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-draw-prompt").get_by_role("status")).to_have_text(re.compile(r"^0, 9\d\.\d+\s% sure$"))
    for name in ("Undo", "Clear", "Copy link"):
        button(page, name).focus()
        expect(button(page, name)).to_be_focused()
    button(page, "Clear").focus()
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("Nothing drawn yet")
