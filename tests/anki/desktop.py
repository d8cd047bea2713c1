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
from dataclasses import asdict, dataclass, field
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
    clock: str = ""
    """The local time that the page believes it is, such as ``2026-03-10T09:00``; the true one where it is empty."""
    back_clock: str = ""
    """The same for the back, where it differs."""
    edit: Mapping[str, str] = field(default_factory=dict)
    """Field -> what is typed at its end in Anki's editor, while the front stands."""
    acts: Sequence[tuple[str, str]] = ()
    """What a learner does on the front before the scripts are evaluated: ("click", a CSS selector), ("type", a text), ("press", a
    key such as ``Enter``)."""
    enter: bool = False
    """Whether the Enter key turns the card over, and not the app itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a showing: for either side the name of a script -> what it returned."""

    front: Mapping[str, Any]
    back: Mapping[str, Any]
    fields: Mapping[str, str] = field(default_factory=dict)
    """The note's fields as they stand after the showing."""


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


def _hand() -> Any:
    """Qt's own test functions, which strike keys and press buttons; their types are declared wrongly."""
    from PyQt6.QtTest import QTest

    return QTest


class _Reviewer:
    """Anki's own reviewer, made to show the cards that we choose."""

    # The reviewer fades the old card out and the new one in; the mark tells the two apart.
    READY = """(() => {
        const qa = document.getElementById("qa"), card = qa && qa.querySelector(".redraw");
        return !!card && card.classList.contains("SIDE") && !card.dataset.seen && qa.style.opacity === "1"
            && document.fonts.status === "loaded" && [...document.images].every(image => image.complete);
    })()"""
    UNFOLD = """[...document.querySelectorAll("#qa details")].map(fold => fold.open = true)"""
    CLOCK = """(() => {
        const real = window.realDate = window.realDate || Date, time = TIME && new real(TIME).getTime();
        window.Date = !time ? real : class extends real {
            constructor(...parts) { parts.length ? super(...parts) : super(time); }
            static now() { return time; }
        };
    })()"""
    MARK = """document.querySelector("#qa .redraw").dataset.seen = 1"""

    def __init__(self, window: Any, request: Mapping[str, Any]) -> None:
        self._window = window
        self._request = request

    def results(self) -> list[dict[str, Any]]:
        window = self._window
        window.show()
        window.moveToState("review")
        # The reviewer begins with a card of its own choice.
        self._wait(lambda: self._evaluate("!!document.querySelector('#qa .redraw')") is True, "the reviewer")
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
            card = window.reviewer.card = window.col.get_card(found[0])
            card.start_timer()
            self._set_clock(showing.clock)
            window.reviewer._showQuestion()
            for name, text in showing.edit.items():
                self._wait_for("front", showing)
                self._edit(name, text)
            front = self._side("front", showing)
            self._set_clock(showing.back_clock or showing.clock)
            if showing.enter:
                self._press("Enter")
            else:
                window.reviewer._showAnswer()
            back = self._side("back", showing)
            results.append({"front": front, "back": back, "fields": dict(card.note().items())})
        return results

    def _set_night(self, night: bool) -> None:
        from aqt.theme import Theme

        self._window.set_theme(Theme.DARK if night else Theme.LIGHT)

    def _resize(self, width: int, height: int) -> None:
        self._window.resize(max(width, 700) + 40, height + 300)
        self._window.web.setFixedSize(width, height)

    def _set_clock(self, time: str) -> None:
        """Let the page take ``time`` for now; its scripts see nothing else."""
        self._evaluate(self.CLOCK.replace("TIME", json.dumps(time)))

    def _edit(self, name: str, text: str) -> None:
        """Type at the end of a field in the window that the key *e* opens, and close it."""
        import aqt

        self._evaluate(self.MARK)  # the reviewer draws the card anew when the note is saved
        self._window.onEditCurrent()
        dialog = aqt.dialogs._dialogs["EditCurrent"][1]
        editor, names = dialog.editor, dialog.editor.note.keys()
        loaded: list[int] = []
        ready = """document.querySelectorAll(".editor-field .rich-text-input").length > 0"""
        while not loaded:
            editor.web.page().runJavaScript(ready, lambda there: loaded.append(1) if there else None)
            self._pause(50)
        editor.web.eval(f"setCollapsed({json.dumps([False] * len(names))}); focusField({names.index(name)});")
        self._pause(300)
        editor.web.setFocus()
        _hand().keyClicks(editor.web.focusProxy(), text)
        self._pause(100)
        saved: list[int] = []
        editor.call_after_note_saved(lambda: saved.append(1))
        self._wait(lambda: bool(saved), f"{name} is saved")
        self._pause(200)
        dialog.close()
        self._window.activateWindow()

    def _act(self, verb: str, what: str) -> None:
        from aqt.qt import QPoint, Qt

        page = self._window.web.focusProxy()
        if verb == "click":
            x, y = self._evaluate(
                f"""(() => {{ const element = document.querySelector({json.dumps(what)});
                element.scrollIntoView({{ block: "nearest" }});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
            )
            _hand().mouseClick(page, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
        elif verb == "type":
            _hand().keyClicks(page, what)
        else:
            self._press(what)
        self._pause(60)

    def _press(self, key: str) -> None:
        from aqt.qt import Qt

        _hand().keyClick(self._window.web.focusProxy(), getattr(Qt.Key, f"Key_{key}"))

    def _wait_for(self, side: str, showing: Showing) -> None:
        ready = self.READY.replace("SIDE", side)
        self._wait(lambda: self._evaluate(ready) is True, f"the {side} of {showing.search}")

    def _side(self, side: str, showing: Showing) -> dict[str, Any]:
        self._wait_for(side, showing)
        if showing.folds:
            self._evaluate(self.UNFOLD)
        for verb, what in showing.acts if side == "front" else ():
            self._act(verb, what)
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
