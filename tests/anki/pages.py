"""Sides of cards as pages of their own in headless Chromium, as phones load them: one after the other, each from nothing.

A side gets a frame of its own. Storage is refused by putting the frame into a sandbox without an origin, scripts by one without
scripts. MathJax is the one that Anki ships.
"""

import functools
import http.server
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

TIMEOUT = 60
COMPLETE = "REDRAW_COMPLETE"
"""Set where all that the tests can use is installed, as by ``.ci/run``: then nothing is skipped for want of it."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Page:
    """One side of a card, loaded anew."""

    html: str
    clock: str
    """The local time that it believes it is, such as ``2026-03-10T09:00``."""
    storage: bool = True
    scripts: bool = True
    act: str = ""
    """JavaScript that runs once the page stands."""
    maths: bool = False
    """Whether MathJax typesets it."""
    fresh: bool = False
    """Whether the storage is emptied before."""


def visit(pages: Sequence[Page], scripts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Load the pages one after the other in one browser.

    Args:
        scripts: name -> a JavaScript expression on ``document``, evaluated on each page.

    Returns:
        For each page, the name of a script -> what it returned.
    """
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        (pytest.fail if os.environ.get(COMPLETE) else pytest.skip)("Chromium is not installed")
    with tempfile.TemporaryDirectory(prefix="redraw-pages-") as folder, _Server(Path(folder)) as server:
        content = json.dumps([[asdict(page) for page in pages], dict(scripts)]).replace("</", "<\\/")
        Path(folder, "index.html").write_text(HOST.replace("CONTENT", content), encoding="utf-8")
        command = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
        ]
        command += [f"--user-data-dir={folder}/profile", f"http://127.0.0.1:{server.port}/index.html"]
        log = Path(folder, "log")
        with log.open("wb") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as browser:
            try:
                results = server.results.get(timeout=TIMEOUT)
            except queue.Empty:
                raise AssertionError(f"no results:\n{log.read_text(errors='replace')[-2000:]}") from None
            finally:
                browser.terminate()
        assert len(results) == len(pages)
        return results


class _Server:
    """A web server on this machine: the folder, and below ``/anki/`` Anki's own scripts; what is posted to it are results."""

    def __init__(self, folder: Path) -> None:
        spec = find_spec("_aqt")
        assert spec is not None and spec.submodule_search_locations
        anki = Path(spec.submodule_search_locations[0], "data", "web", "js")
        self.results = results = queue.Queue[list[dict[str, Any]]]()

        class Handler(http.server.SimpleHTTPRequestHandler):
            def translate_path(self, path: str) -> str:
                if path.startswith("/anki/"):
                    return str(anki / path.removeprefix("/anki/").partition("?")[0])
                return super().translate_path(path)

            def do_POST(self) -> None:
                results.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def __enter__(self) -> "_Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


PAGE = """(() => {
    const card = document.querySelector("#qa .redraw"), panel = card.querySelector(".verdict");
    const targets = [...card.querySelectorAll(".try input, .try button, summary")].filter((target) => target.offsetWidth);
    const text = (selector) => {
        const element = card.querySelector(selector);
        return element && !element.closest("[hidden], details:not([open]) > div") ? element.innerText.trim() : "";
    };
    return {
        index: Number(card.dataset.variant === undefined ? -1 : card.dataset.variant),
        day: Number(card.dataset.day),
        question: text(".question"), answer: text(".answer"),
        raw: /\\\\[([]/.test(card.innerText),
        errors: document.querySelectorAll("mjx-merror, math mtext[mathcolor=red]").length,
        formulas: card.querySelectorAll("mjx-container").length,
        fits: document.documentElement.scrollWidth <= window.innerWidth,
        state: panel && !panel.hidden ? panel.dataset.state : "", verdict: panel ? panel.innerText.trim() : "",
        typed: [...card.querySelectorAll(".entry input")].map((input) => input.value),
        marks: [...card.querySelectorAll(".entry")].map((entry) => entry.dataset.state || ""),
        focused: document.activeElement.tagName,
        interval: text(".interval"), rate: text(".rate"), foot: text(".foot"), numbers: text(".numbers"),
        changed: text(".changed"), edited: text(".edited"), field: text(".try"),
        targets: targets.map((target) => target.offsetHeight),
        tappable: targets.every((target) => target.classList.contains("tappable")),
    };
})()"""
"""What a learner sees of a numeric card, as a JavaScript expression."""

HOST = """<!doctype html><meta charset="utf-8"><body><script>
const [pages, scripts] = CONTENT;
const clock = (time) => `<script>{
    const real = Date, time = new real(${JSON.stringify(time)}).getTime();
    window.Date = class extends real {
        constructor(...parts) { parts.length ? super(...parts) : super(time); }
        static now() { return time; }
    };
}</` + "script>";
const values = (document) => {
    const found = {};
    for (const name of Object.keys(scripts)) found[name] = new Function("document", "return " + scripts[name])(document);
    return found;
};
const report = (page) => `<script>addEventListener("load", async () => {
    const scripts = ${JSON.stringify(scripts).replace(/<\\//g, "<\\\\/")};
    const values = ${values};
    ${page.maths ? "await MathJax.startup.promise; await MathJax.typesetPromise([document.body]);" : ""}
    ${page.act};
    await new Promise((done) => setTimeout(done, ${page.maths ? 200 : 0}));
    parent.postMessage(values(document), "*");
});</` + "script>";
const maths = `<script src="/anki/mathjax.js"></` + `script><script src="/anki/vendor/mathjax/tex-chtml-full.js"></` + "script>";

async function load(page) {
    if (page.fresh) localStorage.clear();
    const frame = document.createElement("iframe");
    frame.width = 360;
    frame.height = 640;
    if (!page.scripts) frame.sandbox = "allow-same-origin";
    else if (!page.storage) frame.sandbox = "allow-scripts";
    const own = page.scripts ? clock(page.clock) + (page.maths ? maths.replace(/\\/anki/g, location.origin + "/anki") : "") : "";
    const last = page.scripts ? report(page) : "";
    frame.srcdoc = `<!doctype html><meta charset="utf-8"><body class="card">${own}<div id="qa">${page.html}</div>${last}`;
    const answer = new Promise((done) => {
        if (page.scripts) addEventListener("message", (event) => done(event.data), { once: true });
        else frame.addEventListener("load", () => done(values(frame.contentDocument)));
    });
    document.body.appendChild(frame);
    const found = await answer;
    frame.remove();
    return found;
}

(async () => {
    const results = [];
    for (const page of pages) results.push(await load(page));
    await fetch("/", { method: "POST", body: JSON.stringify(results) });
})();
</script>"""
