"""What a deck promises, and what its cards keep of it."""

from pathlib import Path

import pytest

from generator.problems import Problems, Severity
from generator.verify.syllabus import KINDS, Syllabus, read_syllabus
from tests.verify.support import checked, lines

ROOT = Path(__file__).parents[2]
WELCOME = "00-"
"""The name of a file that is about the deck, and no topic of it, begins so."""
SMALL = """topics:
  01-one:
    title: One
    subjects:
      norm: Lengths
      norm-axioms: {title: Their laws, promises: [derivation, figure], exceptions: {figure: nothing to see}}
  02-two:
    title: Two
    subjects:
      entropy: {title: "Surprise, on average", promises: [numeric, code]}
"""
NUMERIC = """1) What is $@{n}+1$? {#entropy-sum}

    ```numeric
    params:
      n: int 1..99
    answer: dot_product([n, 1], [1, 1])
    via: n + 1
    golden:
      - {n: 2, answer: 3}
    ```

    $@{answer}$
"""
CARDS = (
    "1) Which? {#norm-which}\n\n    A.\n\n1) Show. {#norm-axioms-zero .derive}\n\n    B.\n\n"
    "1) Write. {#other .code covers=entropy,norm}\n\n    C.\n\n" + NUMERIC
)


def read(text: str, tmp_path: Path) -> tuple[Syllabus | None, list[str]]:
    path, problems = tmp_path / "syllabus.yaml", Problems()
    path.write_bytes(text.encode())
    return read_syllabus(path, "syllabus.yaml", problems), [f"{problem} | {problem.hint}" for problem in problems]


def with_syllabus(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "syllabus.yaml").write_text(text)
    return folder


def test_a_card_covers_what_it_names_or_what_its_id_begins_with(tmp_path: Path) -> None:
    found = checked(with_syllabus(tmp_path, SMALL), a=CARDS)
    assert found.coverage is not None
    assert found.coverage.cards == {
        "norm": ("norm-which", "other"),
        "norm-axioms": ("norm-axioms-zero",),
        "entropy": ("other", "entropy-sum"),
    }
    assert {name: sorted(kinds) for name, kinds in found.coverage.kinds.items()} == {
        "norm": ["code", "theory"],
        "norm-axioms": ["derivation"],
        "entropy": ["code", "numeric"],
    }
    assert lines(found, tmp_path) == []


def test_a_subject_without_a_card_is_a_warning_and_a_missing_kind_is_information(tmp_path: Path) -> None:
    found = checked(with_syllabus(tmp_path, SMALL), a="1) Q {#norm}\n\n    A.\n\n1) R {#entropy}\n\n    B.\n")
    assert lines(found, tmp_path) == [
        "syllabus.yaml:6:7: warning: no card covers norm-axioms: Their laws",
        "syllabus.yaml:10:7: information: entropy has no numeric card and no code",
    ]
    assert [problem.rule for problem in found.problems] == ["uncovered", "missing-kind"]


def test_in_a_complete_syllabus_a_missing_kind_is_a_warning(tmp_path: Path) -> None:
    text = "complete: yes\n" + SMALL
    found = checked(with_syllabus(tmp_path, text), a=CARDS.replace(" .derive", ""))
    assert lines(found, tmp_path) == ["syllabus.yaml:7:7: warning: norm-axioms has no derivation"]


def test_an_exception_that_is_no_longer_needed_is_reported(tmp_path: Path) -> None:
    text = SMALL.replace("promises: [numeric, code]", "promises: [numeric, code], exceptions: {code: none}")
    found = checked(with_syllabus(tmp_path, text), a=CARDS)
    assert lines(found, tmp_path) == ["syllabus.yaml:10:7: information: entropy has a code after all"]


def test_a_name_that_no_subject_bears_is_an_error_only_where_there_is_a_syllabus(tmp_path: Path) -> None:
    text = "1) Q {#a covers=entropi}\n\n    A.\n"
    assert lines(checked(tmp_path / "without", a=text), tmp_path) == []
    found = checked(with_syllabus(tmp_path / "with", SMALL), a=text + CARDS)
    (problem,) = (problem for problem in found.problems if problem.severity == Severity.ERROR)
    assert (problem.message, problem.hint) == ("covers=entropi: the syllabus has no such subject", "did you mean entropy?")
    assert problem.place.line == 1


BAD = [
    ("topics: {", "syllabus.yaml:1:10: error: this is no YAML"),
    ("", "syllabus.yaml:1:1: error: the file is empty"),
    ("x" * 200_001, "syllabus.yaml:1:1: error: the file is longer than 200,000 characters"),
    ("- a\n", "syllabus.yaml:1:1: error: here stands a list where a mapping belongs"),
    ("complete: no\n", "syllabus.yaml:1:1: error: topics is missing"),
    ("complete: maybe\n" + SMALL, "syllabus.yaml:1:11: error: complete is yes or no, not maybe"),
    (SMALL.replace("    title: One", "    titel: One"), "syllabus.yaml:3:5: error: unknown key titel | did you mean title?"),
    (SMALL.replace("    title: One\n", ""), "syllabus.yaml:3:5: error: title is missing"),
    (SMALL.replace("numeric, code", "numerics"), "syllabus.yaml:10:59: error: unknown kind numerics | did you mean numeric?"),
    (SMALL.replace("{figure: n", "{code: n"), "syllabus.yaml:6:85: error: code is not promised, so it needs no exception"),
    (SMALL.replace("entropy:", "norm:"), "syllabus.yaml:10:7: error: the subject norm stands twice | it stands in line 5 already"),
    (SMALL.replace("entropy:", "Entropy:"), "syllabus.yaml:10:7: error: 'Entropy' is no name that an id could begin with"),
    (SMALL.replace("Lengths", "[Lengths]"), "syllabus.yaml:5:13: error: here stands a list where a mapping belongs"),
    (SMALL.replace("02-two", "01-one"), "syllabus.yaml:7:3: error: the key 01-one stands twice"),
    (SMALL.replace("Lengths", "&a Lengths"), "syllabus.yaml:5:13: error: anchors (&) and aliases (*) are not allowed"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_is_wrong_in_a_syllabus_is_located(tmp_path: Path, text: str, message: str) -> None:
    _, found = read(text, tmp_path)
    assert any(line.startswith(message) for line in found), found


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    problems = Problems()
    (tmp_path / "s.yaml").write_bytes(b"\xff")
    assert read_syllabus(tmp_path / "s.yaml", "s.yaml", problems) is None
    assert [str(problem) for problem in problems] == ["s.yaml:1:1: error: this is no UTF-8"]


def test_no_file_is_no_syllabus(tmp_path: Path) -> None:
    problems = Problems()
    assert (read_syllabus(tmp_path / "s.yaml", "s.yaml", problems), list(problems)) == (None, [])


def test_the_decks_own_syllabus_is_sound() -> None:
    problems = Problems()
    found = read_syllabus(ROOT / "cards_src/syllabus.yaml", "cards_src/syllabus.yaml", problems)
    assert list(problems) == []
    assert found is not None
    assert all(subject.title for subject in found.subjects.values())
    assert set(KINDS) == {kind for subject in found.subjects.values() for kind in subject.promises}
    written = sorted(path.stem for path in (ROOT / "cards_src").iterdir() if path.suffix == ".md" or path.is_dir())
    written = [name for name in written if not name.startswith(WELCOME)]
    assert [topic for topic in found.topics if topic in written] == written, "a topic is a file or a folder of cards_src"


def test_every_card_of_the_deck_covers_a_subject() -> None:
    """A name at the front of an id is no chance: with the covers= that there are, every card has a subject."""
    from generator.source import read as read_sources

    found = read_syllabus(ROOT / "cards_src/syllabus.yaml", "cards_src/syllabus.yaml", Problems())
    assert found is not None
    cards = read_sources(ROOT / "cards_src", Problems()).cards
    assert [card.id for card in cards if not found.covered_by(card) and WELCOME not in card.place.path] == []
