"""A page in a real Chromium, and everything that text on it must not do."""

from playwright.sync_api import Browser, Page

READY = 30_000  # ms; the first page waits for PyTorch
WATCH = """
window.hits = 0;
window.hit = () => { window.hits += 1; };
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.blockedURI));
"""


class Watched:
    """A page, and everything that text must not make it do."""

    def __init__(self, browser: Browser, home: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self.foreign: list[str] = []
        self.page.on("request", lambda request: self._note(request.url, home))

    def _note(self, url: str, home: str) -> None:
        if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
            self.foreign.append(url)

    def open(self, address: str) -> Page:
        self.page.goto(address)
        self.page.wait_for_selector("h1", timeout=READY)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=READY)
        return self.page

    def assert_harmless(self) -> None:
        page = self.page
        assert page.evaluate("() => [window.hits, ...window.broken]") == [0]
        assert self.foreign == []
        assert page.get_by_test_id("stException").count() == 0
        assert "our mistake" not in page.inner_text("body")
        assert page.locator("h1").first.is_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.locator("a[href^=javascript], img[src*=evil], iframe[srcdoc]").count() == 0
