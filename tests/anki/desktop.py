"""Cards in the reviewer of the real Anki desktop, offscreen: run scripts on both sides, take pictures.

Anki allows one application in a process, so ``show`` starts one, which does all showings and ends. Run as a module, this file
is that process: it reads the request as JSON and writes the results as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 120
"""Seconds for a whole run; Anki itself takes some three to start."""


@dataclass(frozen=True, slots=True)
class Showing:
    """A card to be shown, front and back."""

    search: str
    """Anki's search for it; the first card found is shown."""
    night: bool = False
    width: int = 900
    folds: bool = False
    """Whether all folds are open."""
    picture: str = ""
    """A file name without suffix, for ``…-front.png`` and ``…-back.png``; none is taken where it is empty."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a showing: for either side the name of a script -> what it returned."""

    front: Mapping[str, Any]
    back: Mapping[str, Any]


def show(package: Path, showings: Sequence[Showing], scripts: Mapping[str, str], pictures: Path | None = None) -> list[Shown]:
    """Import the package into a fresh profile and show the cards one after the other.

    Args:
        package: the ``.apkg``.
        showings: which cards, and how.
        scripts: name -> a JavaScript expression, evaluated on each side once the card stands and its formulas are typeset.
        pictures: the folder that takes the pictures.

    Raises:
        AssertionError: Anki did not come to an end, with what it printed.
    """
    with tempfile.TemporaryDirectory(prefix="redraw-desktop-") as folder:
        request = Path(folder, "request.json")
        answer = Path(folder, "answer.json")
        content = {
            "package": str(package.resolve()),
            "showings": [asdict(showing) for showing in showings],
            "scripts": dict(scripts),
            "pictures": str(pictures.resolve()) if pictures else "",
            "base": str(Path(folder, "base")),
            "answer": str(answer),
        }
        request.write_text(json.dumps(content), encoding="utf-8")
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "QTWEBENGINE_DISABLE_SANDBOX": "1",
            "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu --disable-background-networking",
            "ANKI_SINGLE_INSTANCE_KEY": Path(folder).name,
            "LANG": "C.UTF-8",
        }
        command = [sys.executable, "-m", __name__, str(request)]
        root = Path(__file__).parents[2]
        run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=TIMEOUT + 30, check=False)
        assert answer.exists(), f"Anki ended with {run.returncode}:\n{run.stdout}\n{run.stderr}"
        return [Shown(**sides) for sides in json.loads(answer.read_text(encoding="utf-8"))]


def main(request: Mapping[str, Any]) -> None:
    """The process that holds Anki."""
    from aqt.qt import QTimer

    base = Path(request["base"])
    _prepare(base, Path(request["package"]))
    import aqt

    app = aqt._run(["anki", "-b", str(base), "-p", "Test", "-l", "en_US"], exec=False)
    assert app is not None
    QTimer.singleShot(TIMEOUT * 1000, lambda: os._exit(3))

    def go() -> None:
        # An exception in here would leave Anki open for ever.
        try:
            results = _Reviewer(aqt.mw, request).results()
            Path(request["answer"]).write_text(json.dumps(results), encoding="utf-8")
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)  # Anki has put its own thing in the place of sys.stderr
            os._exit(4)
        aqt.mw.unloadProfileAndExit()

    _when(lambda: bool(aqt.mw and aqt.mw.col), go)
    app.exec()


def _prepare(base: Path, package: Path) -> None:
    """A profile that asks no questions, with the package in its collection."""
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
    from anki.decks import DeckId
    from aqt.profiles import ProfileManager

    base.mkdir(parents=True)
    profiles = ProfileManager(base)
    profiles.setupMeta()
    profiles.create("Test")
    profiles.load("Test")
    profiles.meta |= {"defaultLang": "en_US", "firstRun": False, "lastLoadedProfile": "Test"}
    profiles.set_update_check(False)
    profiles.save()
    profile = Path(profiles.profileFolder())
    assert profiles.db is not None
    profiles.db.close()
    collection = Collection(str(profile / "collection.anki2"))
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(package), options=ImportAnkiPackageOptions()))
    # The reviewer opens only on a deck with something to study.
    decks = collection.decks
    ids = (DeckId(deck.id) for deck in decks.all_names_and_ids())
    decks.select(next(deck for deck in ids if decks.card_count(deck, include_subdecks=True)))
    collection.close()


def _when(condition: Callable[[], bool], then: Callable[[], None]) -> None:
    from aqt.qt import QTimer

    QTimer.singleShot(50, lambda: then() if condition() else _when(condition, then))


class _Reviewer:
    """Anki's own reviewer, made to show the cards that we choose."""

    # The reviewer fades the old card out and the new one in; the mark tells the two apart.
    READY = """(() => {
        const qa = document.getElementById("qa"), card = qa && qa.querySelector(".redraw");
        return !!card && card.classList.contains("SIDE") && !card.dataset.seen && qa.style.opacity === "1"
            && document.fonts.status === "loaded" && [...document.images].every(image => image.complete);
    })()"""
    UNFOLD = """[...document.querySelectorAll("#qa details")].map(fold => fold.open = true)"""
    MARK = """document.querySelector("#qa .redraw").dataset.seen = 1"""

    def __init__(self, window: Any, request: Mapping[str, Any]) -> None:
        self._window = window
        self._request = request

    def results(self) -> list[dict[str, Any]]:
        window = self._window
        window.show()
        window.moveToState("review")
        night = None
        results = []
        for showing in (Showing(**fields) for fields in self._request["showings"]):
            if showing.night is not night:
                self._set_night(showing.night)
                night = showing.night
            self._resize(showing.width, 700)
            found = window.col.find_cards(showing.search)
            if not found:
                raise LookupError(f"no card: {showing.search}")
            window.reviewer.card = window.col.get_card(found[0])
            window.reviewer.card.start_timer()
            window.reviewer._showQuestion()
            front = self._side("front", showing)
            window.reviewer._showAnswer()
            results.append({"front": front, "back": self._side("back", showing)})
        return results

    def _set_night(self, night: bool) -> None:
        from aqt.theme import Theme

        self._window.set_theme(Theme.DARK if night else Theme.LIGHT)

    def _resize(self, width: int, height: int) -> None:
        self._window.resize(max(width, 700) + 40, height + 300)
        self._window.web.setFixedSize(width, height)

    def _side(self, side: str, showing: Showing) -> dict[str, Any]:
        ready = self.READY.replace("SIDE", side)
        self._wait(lambda: self._evaluate(ready) is True, f"the {side} of {showing.search}")
        if showing.folds:
            self._evaluate(self.UNFOLD)
        values = {name: self._evaluate(script) for name, script in self._request["scripts"].items()}
        if showing.picture and self._request["pictures"]:
            self._picture(showing, side)
        self._evaluate(self.MARK)
        return values

    def _picture(self, showing: Showing, side: str) -> None:
        """A picture of the whole page, however long it is."""
        for _ in range(2):  # the second time without the scroll bar, which took room
            self._resize(showing.width, int(self._evaluate("document.body.offsetHeight")))
            self._pause(100)
        self._evaluate("window.scrollTo(0, 0)")
        self._pause(200)
        folder = Path(self._request["pictures"])
        folder.mkdir(parents=True, exist_ok=True)
        self._window.web.grab().save(str(folder / f"{showing.picture}-{side}.png"))
        self._resize(showing.width, 700)

    def _evaluate(self, script: str) -> Any:
        """What the expression comes to, by way of JSON, since Qt turns what it does not know into nothing."""
        box: list[Any] = []
        self._window.web.page().runJavaScript(f"JSON.stringify({script})", box.append)
        self._wait(lambda: bool(box), script)
        return json.loads(box[0]) if box[0] else None

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        for _ in range(400):
            if condition():
                return
            self._pause(25)
        raise TimeoutError(what)

    def _pause(self, milliseconds: int) -> None:
        from aqt.qt import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
