"""What ``redraw check`` prints, and the page that describes it."""

import json
import re
from pathlib import Path

from generator.verify.rules import RULES
from tests.helpers import write
from tests.test_cli import redraw
from tests.verify.test_syllabus import CARDS, SMALL, with_syllabus

PAGE = (Path(__file__).parents[2] / "docs/checking.md").read_text(encoding="utf-8")
TEXT = "1) Is it? {#a}\n\n    A.\n\n1) Does it? {#b allow=yes-no}\n\n    B.\n\n1) Draft? {#c}\n\n1) Can it be? {#d}\n\n    D.\n"


def test_problems_stand_below_their_rule_the_worst_last(tmp_path: Path) -> None:
    write(tmp_path, a=TEXT + "\n1) Q {#e allow=nope}\n\n    E.\n")
    done = redraw("check", "a.md", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "\ndraft: a question without an answer (1)\n"
        "a.md:9:4: information: a draft: it has no answer: Draft? [draft]\n"
        "    drafts are counted, not shipped\n"
        "\nyes-no: a question that asks for yes or no (2)\n"
        "    ask which, why, when or for what\n"
        "a.md:1:4: warning: the question asks for yes or no [yes-no]\n"
        "a.md:11:4: warning: the question asks for yes or no [yes-no]\n"
        "\nerrors (1)\n"
        "a.md:15:4: error: allow=nope: there is no such rule\n"
        "    redraw check --explain lists the rules\n"
    )
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines == ["cards 4 basic", "silenced 1 by allow=", "4 notes, 1 drafts: 1 errors, 2 warnings"]


def test_the_json_has_the_keys_of_the_page(tmp_path: Path) -> None:
    folder = with_syllabus(tmp_path, SMALL)
    data = json.loads(redraw("check", write(folder, a=CARDS, b=TEXT), "--draws", "15", "--json").stdout)
    table = PAGE.split("## As JSON")[1]
    assert list(data) == re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    topic = data["syllabus"]["topics"]["01-one"]
    assert topic == {
        "title": "One",
        "subjects": 2,
        "covered": {"theory": 1, "derivation": 1, "numeric": 0, "code": 1, "figure": 0},
        "promised": {"derivation": 1, "numeric": 0, "code": 0, "figure": 0},
        "kept": {"derivation": 1, "numeric": 0, "code": 0, "figure": 0},
        "missing": [],
    }
    assert data["counts"] == {"error": 0, "warning": 2, "information": 1}
    assert [one["card"] for one in data["silenced"]] == ["b"]
    objects = [data["problems"][0], data["numeric"]["entropy-sum"], topic, data["syllabus"]["subjects"]["norm"], data["drafts"][0]]
    for name in {name for one in [*objects, data["counts"]] for name in one}:
        assert f"`{name}`" in table, name


def test_the_table_of_the_syllabus_counts_what_is_kept_of_what_is_promised(tmp_path: Path) -> None:
    folder = with_syllabus(tmp_path, SMALL)
    done = redraw("check", write(folder, a=CARDS.replace(" .derive", "")))
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert rows["topic"] == ["subjects", "theory", "derivation", "numeric", "code", "figure", "missing"]
    assert rows["01-one"] == ["2", "2", "0/1", "0/0", "0/0", "0/0"]
    assert rows["02-two"] == ["1", "0", "0/0", "1/1", "1/1", "0/0"]
    assert rows["all"] == ["3", "2", "0/1", "1/1", "1/1", "0/0"]


def test_strict_fails_on_a_rule(tmp_path: Path) -> None:
    write(tmp_path, a="1) Is it? {#a}\n\n    A.\n")
    assert [redraw("check", tmp_path, *strict).returncode for strict in ((), ("--strict",))] == [0, 1]


def test_rules_are_listed_and_explained(tmp_path: Path) -> None:
    assert [line.split("  ")[0] for line in redraw("check", "--explain", cwd=tmp_path).stdout.splitlines()] == list(RULES)
    page = redraw("check", "--explain", "spoils", cwd=tmp_path).stdout
    assert page == RULES["spoils"].explanation + "\n"
    assert json.loads(redraw("check", "--explain", "--json", cwd=tmp_path).stdout).keys() == RULES.keys()
    missing = redraw("check", "--explain", "spoil", cwd=tmp_path)
    assert (missing.returncode, "did you mean spoils?" in missing.stderr) == (1, True)


def test_the_page_lists_every_rule() -> None:
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", PAGE.split("## The syllabus")[0], re.MULTILINE)) == {
        name: one.summary for name, one in RULES.items()
    }
