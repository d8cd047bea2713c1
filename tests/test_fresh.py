"""New numbers under the same schedule, from sources to the real Anki."""

import json
from pathlib import Path

import pytest
from anki.collection import Collection

from generator.anki.lock import guid
from generator.build import build, find, fresh
from generator.problems import Failure
from tests.anki.imports import import_package, schedule, study
from tests.helpers import NOW, deck, write

SUM = """1) What is @{a} + @{b}? {#sum}

    ```numeric
    params:
      a: int 1..40
      b: int 1..40
    answer: a + b
    via: b + a
    show: int
    mistakes:
      takes the difference: a - b
    require:
      - a != b
      - a != 2*b
    ```

    It is $@{a} + @{b} = @{answer}$.

1) And twice that? {#twice after=sum}

    See [the sum](#sum).
"""
PLAIN = "1) Why? {#why}\n\n    Because.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "deck", sums=SUM, plain=PLAIN)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection(str(tmp_path / "collection.anki2"))


def numbers(folder: Path) -> list[tuple[str, str]]:
    """The parameters of the variants that the newest seed has drawn."""
    found = find(folder, "sum", NOW).numeric
    assert found
    return [(variant.params["a"], variant.params["b"]) for variant in found.variants]


def test_fresh_changes_the_content_of_numeric_notes_and_no_schedule(folder: Path, collection: Collection, tmp_path: Path) -> None:
    import_package(collection, build(folder, tmp_path, now=NOW).output)
    study(collection, "Test", 3)
    before = schedule(collection)
    old = numbers(folder)
    built = fresh(folder, "june", tmp_path, now=NOW + 100)
    log = import_package(collection, built.output)
    (note,) = collection.find_notes(f"Guid:{guid('test', 'sum')}")
    assert (built.notes, len(log.updated), len(log.new)) == (1, 1, 0)
    assert schedule(collection) == before
    assert 'data-seed="june"' in collection.get_note(note)["Pool"]
    assert "redraw::seed::june" in collection.get_note(note).tags
    assert not set(old) & set(numbers(folder))


def test_seeds_never_share_a_variant_while_the_space_lasts(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path, now=NOW)
    seen = [numbers(folder)]
    for seed in ("june", "july", "august"):
        fresh(folder, seed, tmp_path, now=NOW)
        seen.append(numbers(folder))
    flat = [pair for one in seen for pair in one]
    assert len(flat) == len(set(flat)) == 4 * 13


def test_a_second_fresh_with_the_same_name_changes_nothing(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path, now=NOW)
    first = fresh(folder, "june", tmp_path, now=NOW + 100).output.read_bytes()
    lock = (folder / "redraw.local.lock").read_bytes()
    assert fresh(folder, "june", tmp_path, now=NOW + 900).output.read_bytes() == first
    assert (folder / "redraw.local.lock").read_bytes() == lock


def test_a_build_after_fresh_keeps_numbers_and_lock(folder: Path, collection: Collection, tmp_path: Path) -> None:
    import_package(collection, build(folder, tmp_path, now=NOW).output)
    shared = (folder / "redraw.lock").read_bytes()
    import_package(collection, fresh(folder, "june", tmp_path, now=NOW + 100).output)
    june = numbers(folder)
    built = build(folder, tmp_path, now=NOW + 200)
    log = import_package(collection, built.output)
    assert numbers(folder) == june
    assert (folder / "redraw.lock").read_bytes() == shared
    # The follow-up and the link quote the card, so that they have changed with it.
    assert [entry.fields[0][:15] for entry in log.updated] == ["And twice that?"]
    assert import_package(collection, build(folder, tmp_path, now=NOW + 300).output).updated == []


def test_an_authors_edit_reaches_a_learner_with_numbers_of_his_own(folder: Path, collection: Collection, tmp_path: Path) -> None:
    import_package(collection, build(folder, tmp_path, now=NOW).output)
    fresh(folder, "june", tmp_path, now=NOW + 100)
    (folder / "sums.md").write_text(SUM.replace("What is", "How much is"))
    import_package(collection, build(folder, tmp_path, now=NOW + 200).output)
    (note,) = collection.find_notes(f"Guid:{guid('test', 'sum')}")
    assert "How much is" in collection.get_note(note)["Question"]
    assert 'data-seed="june"' in collection.get_note(note)["Pool"]


def test_an_old_seed_cannot_be_drawn_again(folder: Path, tmp_path: Path) -> None:
    fresh(folder, "june", tmp_path, now=NOW)
    fresh(folder, "july", tmp_path, now=NOW)
    with pytest.raises(Failure, match="the numbers june are older than july"):
        fresh(folder, "june", tmp_path, now=NOW)


def test_a_deck_without_numbers_has_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="there is no numeric card"):
        fresh(write(tmp_path, plain=PLAIN), "june", tmp_path, now=NOW)


def test_variants_do_not_change_when_a_card_is_added(folder: Path) -> None:
    before = numbers(folder)
    write(
        folder,
        sums=SUM.replace("{#sum}", "{#other}").replace("{#twice after=sum}", "{#more}").replace("#sum", "#other") + "\n\n" + SUM,
    )
    assert numbers(folder) == before


def test_the_same_numbers_on_every_machine(folder: Path) -> None:
    assert numbers(folder)[:4] == [("13", "11"), ("16", "37"), ("28", "31"), ("21", "26")]


def test_interpolation_on_a_card_without_numbers_is_an_error(tmp_path: Path) -> None:
    made = deck(tmp_path, a="1) Q {#a}\n\n    It is @{x:2sf} and \\@{y}.\n")
    assert [str(problem).rpartition("/")[2] for problem in made.problems] == [
        "a.md:3:11: error: @{x} stands on a card without numbers"
    ]


def test_a_quoted_numeric_card_shows_its_first_variant(folder: Path) -> None:
    notes = {note.id: note for note in deck(folder).notes}
    a, b = numbers(folder)[0]
    assert notes["twice"].fields["Parent"] == f"<p>What is {a} + {b}?</p>"
    assert f"\\({a} + {b} = {int(a) + int(b)}\\)" in notes["twice"].fields["Answer"]
    assert notes["sum"].fields["Title"] == f"What is {a} + {b}?"


def test_a_card_on_paper_makes_no_note(tmp_path: Path) -> None:
    text = SUM.partition("1) And")[0].replace("    show: int\n", "    show: int\n    form: paper\n")
    made = deck(tmp_path, a=text)
    assert (made.notes, made.problems.failed, len(made.numeric)) == ((), False, 1)


def test_json_of_a_numeric_card(folder: Path) -> None:
    from tests.test_cli import redraw

    data = json.loads(redraw("show", "sum", "--source", folder, "--json").stdout)
    assert (data["space"], len(data["variants"])) == (1600, 13)
    assert 0.9 < data["acceptance"] <= 1
    assert set(data["variants"][0]) == {"seed", "index", "params", "let", "answer", "shown", "tolerance", "mistakes"}
