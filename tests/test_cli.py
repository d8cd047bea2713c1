"""The commands as a user types them."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from generator import example
from tests.helpers import write

GOOD = "1) Why? {#why}\n\n    Because.\n\n1) It is {{c1::so}} and {{c2::so}}. {#so}\n\n1) Open? {#open}\n"


def redraw(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return python("from generator.cli import main; main()", *arguments, cwd=cwd, **environment)


def python(code: str, *arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parent.parent
    env = {**os.environ, "PYTHONPATH": str(root), **environment}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd or root, env=env, capture_output=True, text=True, check=False)


def test_build_prints_a_summary_and_writes_package_and_lock(tmp_path: Path) -> None:
    write(tmp_path / "cards_src", a=GOOD)
    done = redraw("build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "build/test.apkg: 2 notes, 3 cards, " in done.stdout
    assert zipfile.ZipFile(tmp_path / "build/test.apkg").namelist() == ["collection.anki2", "media"]
    assert (tmp_path / "cards_src/redraw.lock").exists()


def test_build_as_json(tmp_path: Path) -> None:
    write(tmp_path, a=GOOD)
    data = json.loads(redraw("build", tmp_path, "-o", tmp_path / "out", "--json").stdout)
    assert data["output"].endswith("out/test.apkg")
    assert (data["notes"], data["cards"], data["kinds"]) == (2, 3, {"basic": 1, "cloze": 1})
    assert data["decks"] == {"Test::1 Theory": 3}
    assert data["drafts"] == [{"path": f"{tmp_path.as_posix()}/a.md", "line": 7, "column": 4, "title": "Open?"}]
    assert {"problems", "seconds", "size"} <= data.keys()
    assert data["lock"] == "new"


def test_an_error_stops_the_build_and_the_last_package_stays(tmp_path: Path) -> None:
    write(tmp_path / "cards_src", a=GOOD)
    assert redraw("build", cwd=tmp_path).returncode == 0
    before = (tmp_path / "build/test.apkg").read_bytes(), (tmp_path / "cards_src/redraw.lock").read_bytes()
    write(tmp_path / "cards_src", a=GOOD + "\n1) Q {#why}\n\n    A {{c1::b\n")
    done = redraw("build", cwd=tmp_path)
    assert done.returncode == 1
    assert "cards_src/a.md:11:7: error: the cloze is not closed\n    close it with }} in the same paragraph" in done.stderr
    assert "cards_src/a.md:9:4: error: the id why is taken by cards_src/a.md:1:4" in done.stderr
    assert before == ((tmp_path / "build/test.apkg").read_bytes(), (tmp_path / "cards_src/redraw.lock").read_bytes())


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({}, ["build", "nowhere"], "nowhere: error: there is no such file or folder"),
        ({}, ["build", "cards_src"], "cards_src: error: there is no Markdown file in this folder"),
        ({"a": "# Only a heading\n"}, ["build"], "cards_src: error: there is no card to build"),
        ({"a": GOOD}, ["build", "cards_src/redraw.toml"], "cards_src/redraw.toml: error: is no Markdown file"),
        ({"a": GOOD}, ["build", "--tag", "nothing"], "cards_src: error: no card bears the tag nothing"),
        ({"a": GOOD}, ["build", "--locked"], "cards_src/redraw.lock:1:1: error: the lock would change: so, why"),
        ({"a": GOOD}, ["show", "whi"], "cards_src: error: there is no card whi"),
        ({"a": GOOD}, ["build", "-o", "cards_src/a.md/x.apkg"], "cards_src/a.md/x.apkg: error: cannot be written"),
        ({"a": GOOD}, ["init", "cards_src"], "cards_src: error: the folder is not empty"),
        ({"a": GOOD}, ["build", "."], "a deck lies below: name its folder, cards_src"),
        ({"a": GOOD}, ["fresh", "--seed", "my seed"], "cards_src: error: 'my seed' is no name for numbers"),
        ({"a": GOOD}, ["fresh", "--seed", "../june"], "cards_src: error: '../june' is no name for numbers"),
        ({}, ["kernels", "precison"], "precison: error: there is no kernel of this name"),
        ({}, ["figures", "unit-ball"], "unit-ball: error: there is no figure of this name\n    did you mean unit-balls?"),
        ({}, ["check", "--explain", "spoil"], "spoil: error: there is no rule of this name\n    did you mean spoils?"),
    ],
)
def test_bad_input_is_a_located_message_and_exit_1(
    tmp_path: Path, files: dict[str, str], arguments: list[str], message: str
) -> None:
    write(tmp_path / "cards_src", **files)
    done = redraw(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_lock_is_named_as_the_author_would_type_it(tmp_path: Path) -> None:
    write(tmp_path / "cards_src", a=GOOD)
    (tmp_path / "cards_src/redraw.lock").write_text("{")
    assert "\ncards_src/redraw.lock:1:2: error: the lock is not JSON" in "\n" + redraw("build", cwd=tmp_path).stderr


def test_bytes_that_are_no_text_are_located(tmp_path: Path) -> None:
    write(tmp_path / "cards_src")
    (tmp_path / "cards_src/a.md").write_bytes(b"1) Q\n\n    \xe4h\n")
    done = redraw("build", cwd=tmp_path)
    assert (done.returncode, "cards_src/a.md:3:5: error: byte 0xe4 is not UTF-8" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('name = "T', "redraw.toml:1:"),
        ('nam = "T"\nnamespace = "t"', "redraw.toml:1:1: error: unknown key nam"),
        ('name = "T"', "redraw.toml:1:1: error: namespace must be given"),
        ('name = "T"\nnamespace = "t"\ndecks = "kinds"', 'decks must be "kind" or "file", got \'kinds\''),
        ('name = 1\nnamespace = "t"', "name must be a text, got 1"),
        ('name = "T"\nnamespace = "t"\noutput = "../x"', "output must be a file name without a folder"),
    ],
)
def test_bad_settings_are_errors(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "redraw.toml").write_text(toml)
    done = redraw("build", write(tmp_path, a=GOOD))
    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.parametrize("arguments", [["build", "--nonsense"], ["bulid"], ["show"]])
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    assert redraw(*arguments).returncode == 2


def test_a_lock_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    # The superuser may write anywhere, so that permissions alone would test nothing in a container.
    folder = write(tmp_path, a=GOOD)
    code = f"""
from pathlib import Path
from generator import build
from generator.anki import lock
def refuse(path, content):
    raise PermissionError(13, "Permission denied")
lock.write_atomically = refuse
built = build.build(Path({str(folder)!r}), Path({str(tmp_path)!r}), now=1_700_000_000)
print(*built.problems, built.notes)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent
    )
    assert "warning: the lock cannot be written: Permission denied" in done.stdout
    assert (tmp_path / "test.apkg").exists()


def test_check_writes_nothing_and_strict_fails_on_warnings(tmp_path: Path) -> None:
    write(tmp_path / "cards_src", a="1) Q?\n\n    A\n")
    assert redraw("check", cwd=tmp_path).returncode == 0
    assert redraw("check", "--strict", cwd=tmp_path).returncode == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.md", "cards_src", "redraw.toml"]


def test_show_prints_the_card_as_the_pipeline_sees_it(tmp_path: Path) -> None:
    write(tmp_path / "cards_src", a=GOOD)
    data = json.loads(redraw("show", "why", "--json", cwd=tmp_path).stdout)
    assert (data["kind"], data["deck"], data["fields"]["Answer"]) == ("basic", "Test::1 Theory", "<p>Because.</p>")
    assert "guid: " in redraw("show", "why", cwd=tmp_path).stdout


def test_show_prints_the_fields_of_a_card_on_paper(tmp_path: Path) -> None:
    block = "    ```numeric\n    form: paper\n    params: {a: int 1..9, b: int 1..9}\n"
    block += "    answer: a/b\n    via: a*(1/b)\n    show: 2sf\n    ```\n"
    write(tmp_path / "cards_src", a=f"1) What is @{{a}} over @{{b}}? {{#quotient}}\n\n{block}\n    It is $@{{answer:=}}$.\n")
    data = json.loads(redraw("show", "quotient", "--json", cwd=tmp_path).stdout)
    first = data["variants"][0]["params"]
    assert data["fields"]["Question"] == f"<p>What is {first['a']} over {first['b']}?</p>"
    assert (data["form"], data["shipped"], data["deck"]) == ("paper", False, "Test::2 Numbers")
    assert "Answer\n<p>It is" in redraw("show", "quotient", cwd=tmp_path).stdout
    assert "there is no card to build" in redraw("build", cwd=tmp_path).stderr


def test_ids_writes_missing_ids_and_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "cards_src")
    before = "\ufeff1) One\r\n   more?\r\n\r\n   A\r\n\r\n1) Two? {.level-1}\r\n\r\n   B\r\n\r\n1) Three? {#three}\r\n\r\n   C\r\n"
    (folder / "a.md").write_bytes(before.encode())
    done = redraw("ids", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (one, two) = (line.split(": ")[1] for line in done.stdout.splitlines())
    after = before.replace("more?", f"more? {{#{one}}}").replace("{.level-1}", f"{{#{two} .level-1}}")
    assert (folder / "a.md").read_bytes().decode() == after
    assert "no id" not in redraw("check", cwd=tmp_path).stderr


def test_init_makes_a_deck_that_builds_without_a_word(tmp_path: Path) -> None:
    assert redraw("init", tmp_path / "new").returncode == 0
    done = redraw("check", tmp_path / "new", "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n3 notes, 0 drafts: 0 errors, 0 warnings\n")


def test_init_names_the_deck_after_its_folder_so_that_two_do_not_share_an_identity(tmp_path: Path) -> None:
    toml = [tomllib.loads((example.write(tmp_path / name)[0]).read_text()) for name in ("my-notes", 'Éva\'s "first"')]
    assert [(one["name"], one["namespace"]) for one in toml] == [("My notes", "my-notes"), ('Éva\'s "first"', "éva-s-first")]


def test_a_reader_who_goes_away_changes_no_exit_status(tmp_path: Path) -> None:
    write(tmp_path, a=GOOD, b="1) Q {#q}\n\n    $\\nope$\n")
    code = "from generator.cli import main; main()"
    for arguments, status in ((["build", "-o", str(tmp_path), str(tmp_path / "a.md")], 0), (["check", str(tmp_path)], 1)):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], stdout=writer, stderr=subprocess.PIPE, cwd=Path(__file__).parent.parent
        )
        os.close(writer)
        assert (done.returncode, b"Traceback" in done.stderr) == (status, False), done.stderr


def test_a_part_of_a_deck_keeps_identity_and_links(tmp_path: Path) -> None:
    folder = write(tmp_path / "cards_src", a="1) Q {#a}\n\n    [b](#b)\n", b="1) R {#b}\n\n    A\n")
    whole = json.loads(redraw("show", "a", "--source", folder, "--json", cwd=tmp_path).stdout)
    done = redraw("build", folder / "a.md", "-o", tmp_path, "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["notes"] == 1
    assert json.loads(redraw("show", "a", "--source", folder / "a.md", "--json", cwd=tmp_path).stdout)["guid"] == whole["guid"]


def test_a_tag_builds_those_below_it_too(tmp_path: Path) -> None:
    write(tmp_path, a="# T\n\n## One\n\n1) Q {#a}\n\n    A\n\n## Two\n\n1) R {#b}\n\n    A\n")
    built = [
        json.loads(redraw("build", tmp_path, "-o", tmp_path, "--json", "--tag", f"redraw::topic::a{part}").stdout)["notes"]
        for part in ("", "::one")
    ]
    assert built == [2, 1]


def test_kernels_are_listed_by_topic_and_shown_in_full() -> None:
    assert "linear-algebra\n" in (listed := redraw("kernels").stdout)
    assert "  dot_product  The dot product of two vectors" in listed
    page = redraw("kernels", "softmax").stdout
    assert page.startswith("softmax(x, temperature=1, axis=-1)\nlosses, in kernels.losses\n")
    for part in ("Args:", "Returns:", "Raises:", "Source:", ">>> softmax(", "Checked against"):
        assert part in page
    data = json.loads(redraw("kernels", "vector_projection", "--json").stdout)
    assert data["fields"] == ["scalar", "vector", "rejection"]
    assert any(not set(oracle["needs"]) - {"sympy", "mpmath"} for oracle in data["oracles"])
    missing = redraw("kernels", "sotfmax")
    assert (missing.returncode, "did you mean softmax?" in missing.stderr) == (1, True)


def test_completion_is_offered(tmp_path: Path) -> None:
    assert "_REDRAW_COMPLETE" in redraw("completion", "bash").stdout


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    write(tmp_path, a="1) Q {#a .nope}\n\n    A\n")
    plain = redraw("check", tmp_path)
    coloured = redraw("check", tmp_path, FORCE_COLOR="1")
    assert ("\x1b[" in plain.stderr, "\x1b[" in coloured.stderr) == (False, True)


def test_a_fault_of_our_own_shows_no_traceback(tmp_path: Path) -> None:
    code = "import sys, generator.source as s; s.read = lambda *a: 1 / 0; sys.argv[1:] = ['ids']\n"
    done = python(code + "from generator.cli import main; main()")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_a_bar_shows_on_a_terminal_once_a_build_takes_long() -> None:
    code = """
from generator import console
from rich.console import Console
terminal = Console(stderr=True, force_terminal=True, width=60)
console.err = lambda: terminal
console.PATIENCE = -1
print(list(console.watch([1, 2, 3], "rendering")))
"""
    done = python(code)
    assert done.stdout == "[1, 2, 3]\n"
    assert "rendering" in done.stderr
    assert "rendering" not in python(code.replace("force_terminal=True", "force_terminal=False")).stderr
