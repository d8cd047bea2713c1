"""What was drawn and proven before is not drawn again, and nobody else's numbers are taken for it."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from generator import caching, numbering
from generator.build import build, fresh
from generator.check import Checked, check
from generator.deck import make
from generator.model import Block
from generator.numeric import keeping
from generator.problems import Place, Problems
from tests.helpers import NOW, deck, shown, write
from tests.test_caching import another_user

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

"""
FEW = """1) Is @{x} a step? {#step}

    ```numeric
    params:
      x: choice 0.01 0.25 2
      v: choice (1,0) (3,4)
    let:
      r: "softmax(v, temperature=x)"
    answer:
      length: sqrt(dot(v, v))
      set: "{x, 7}"
    via:
      length: 5*(v[0]/3) if v[1] > 0 else 1
      set: "{7, x}"
    show: {length: int, set: exact}
    given:
      - log(x):2sf
    ```

    @{length}, @{set}, $@{v:vec}$ @{v:row}, @{r:row 2sf}.

    ```figure
    draw: projection
    a: v
    b: [1, 0]
    alt: The vector @{v}
    ```

"""
CLAIM = """1) The slope? {#slope}

    ```claim
    name: slope
    symbols: {x: real}
    show:
      - diff(x**2, x) == 2*x
    ```

    $2x$

"""


@dataclass
class Counted:
    """Shows how far it is, and remembers how many there were of each label."""

    done: dict[str, int] = field(default_factory=dict)

    def __call__(self, items: Sequence[Any], label: str) -> Iterable[Any]:
        self.done[label] = len(items)
        return items


def counted(folder: Path) -> int:
    """How many cards are drawn anew."""
    watch = Counted()
    assert not make(folder, NOW, watch).problems.failed
    return watch.done.get("drawing", 0)


def packed(folder: Path, out: Path) -> bytes:
    """The package of a folder."""
    return build(folder, out, now=NOW).output.read_bytes()


def entries(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / "media" / "generated").glob(f"{kind}-*.json"))


def test_a_package_is_the_same_from_a_full_an_empty_and_no_cache(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, sums=SUM, steps=FEW, claims=CLAIM) for name in ("first", "second"))
    cold = packed(first, tmp_path / "a")
    assert counted(first) == 0
    assert packed(first, tmp_path / "b") == cold
    (second / "media").write_text("no folder")
    assert counted(second) == 2
    assert packed(second, tmp_path / "c") == cold


def test_what_is_found_again_is_all_that_was_drawn(tmp_path: Path) -> None:
    cold, warm = (deck(tmp_path, sums=SUM, steps=FEW) for _ in range(2))
    for name, one in cold.numeric.items():
        assert one.drawn == warm.numeric[name].drawn
        assert repr(one.drawn) == repr(warm.numeric[name].drawn), "the order is the same too"
    assert shown(cold.problems, tmp_path) == shown(warm.problems, tmp_path) != []


def test_only_the_card_whose_numbers_changed_is_drawn_anew(tmp_path: Path) -> None:
    cards = "\n".join(SUM.replace("#sum", f"#sum-{number}") for number in range(5))
    folder = write(tmp_path, a=cards, b=FEW)
    assert counted(folder) == 6
    assert counted(folder) == 0
    write(folder, a=cards.replace("What is", "How much is").replace("It is", "It is of course"))
    assert counted(folder) == 0, "a word of the text decides no number"
    write(folder, a=cards.replace("a: int 1..40", "a: int 1..39", 1))
    assert counted(folder) == 1
    write(folder, a=cards.replace("@{answer}", "@{answer:2sf}", 1))
    assert counted(folder) == 1, "what the card shows decides which points differ"
    write(folder, a=cards.replace("It is $", "$", 1))
    assert counted(folder) == 1, "back to what it was: an entry a card is kept"
    fresh(folder, "june", tmp_path / "out", now=NOW)
    assert counted(folder) == 0, "fresh has drawn them"


def test_a_card_that_moves_keeps_its_numbers_and_its_warnings_move_with_it(tmp_path: Path) -> None:
    (first,) = [line for line in shown(deck(tmp_path, a=FEW).problems, tmp_path) if "distinct variants" in line]
    assert first.startswith("a.md:3:5: warning: only ")
    write(tmp_path, a="# New\n\n1) Why? {#why}\n\n    So.\n\n" + FEW.replace("\n    ", "\n      ").replace("1) ", "100)  "))
    assert counted(tmp_path) == 0
    (second,) = [line for line in shown(deck(tmp_path).problems, tmp_path) if "distinct variants" in line]
    assert second == first.replace("a.md:3:5", "a.md:9:7")


def test_every_spot_of_a_block_moves_with_it() -> None:
    text = "params:\n  a: int 1..9\n\nanswer: a\n"
    one = Block("numeric", text, Place("a.md", 10, 5), (4, 4, 0, 4))
    other = Block("numeric", text, Place("b.md", 90, 7), (6, 6, 2, 6))
    spots = [(line, column) for line in range(4) for column in (0, 3)]
    for before, after in [(one.place, other.place), *((one.at(*spot), other.at(*spot)) for spot in spots)]:
        assert numbering._lies_in(one, before)
        assert numbering._placed(other, numbering._within(one, before)) == after
    for place in (Place("a.md", 9, 5), Place("a.md", 15, 5), Place("b.md", 12, 5)):
        assert not numbering._lies_in(one, place)


def test_a_card_with_an_error_is_drawn_until_it_has_none(tmp_path: Path) -> None:
    wrong = SUM.replace("via: b + a", "via: b - a")
    lines = [shown(deck(tmp_path, a=wrong).problems, tmp_path) for _ in range(2)]
    assert lines[0] == lines[1] != []
    assert entries(tmp_path, "drawn") == []
    write(tmp_path, a=SUM)
    assert counted(tmp_path) == 1


@pytest.mark.parametrize("module", [keeping, numbering])
def test_other_code_draws_everything_anew(module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, a=SUM, b=FEW)
    counted(folder)
    monkeypatch.setattr(module, "code" if module is keeping else "_code", lambda: "another hash")
    numbering._code.cache_clear() if module is keeping else None
    assert counted(folder) == 2
    assert counted(folder) == 0
    monkeypatch.undo()
    numbering._code.cache_clear()
    assert counted(folder) == 2


def test_all_code_that_draws_and_proves_is_in_the_key() -> None:
    code = """
import sys
from pathlib import Path
import generator.numbering
from generator.model import Block
from generator.numeric import keeping
from generator.problems import Place, Problems
from generator.model import Block
text = "params: {a: int 1..40}\\nanswer: softmax([a, 1])[0]\\nvia: 1/(1+exp(1-a))\\nshow: 2sf"
made, problems = generator.numbering.drawn(generator.numbering.Draws(Block("numeric", text, Place("a.md")), "a", "n", ("s",), ()))
assert made is not None and "via" in made.proofs and len(made.proofs) > 1, list(problems)
known = {*keeping.sources(), Path(generator.numbering.__file__), Path(generator.__file__)}
print([name for name, module in sys.modules.items() if name.split(".")[0] in ("generator", "kernels")
       and Path(module.__file__) not in known])
"""
    root = Path(__file__).parent.parent
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    assert found == "['generator.parallel']\n", "which hands on what others have computed"


def poisoned(path: Path) -> None:
    """Turn an entry into one with wrong numbers, a script and a verdict that nobody reached, sealed by who does it."""
    content = caching.read(path)
    assert content is not None
    bad = content.replace(b'"Shown","', b'"Shown","666').replace(b'"proven"', b'"supported"')
    bad = bad.replace(b"<path", b"<script>alert(1)</script><path")
    assert bad != content or path.name.startswith(("judged", "formulas"))
    caching.write(path, bad, "things", Problems())


def test_a_strangers_folder_brings_no_numbers_pictures_or_proofs_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entries are as good as his redraw can make them: only the key is his own."""
    mine, his = (write(tmp_path / name, sums=SUM, steps=FEW, claims=CLAIM) for name in ("mine", "his"))
    wanted, verdicts = packed(mine, tmp_path / "a"), check(mine, now=NOW).verdicts
    another_user(tmp_path / "stranger", monkeypatch)
    packed(his, tmp_path / "b")
    check(his, now=NOW)
    kept = sorted((his / "media" / "generated").iterdir())
    assert {path.name.partition("-")[0] for path in kept} == {"drawn", "judged", "projection", "claim", "formulas"}
    for path in kept:
        poisoned(path)
    fooled = make(his, NOW)
    assert any("666" in note.fields.get("Answer", "") for note in fooled.notes), "he himself would believe them"
    assert any(b"<script>" in content for content in fooled.media.values())
    monkeypatch.undo()
    assert packed(his, tmp_path / "c") == wanted
    assert [replace(one, place=two.place) for one, two in zip(check(his, now=NOW).verdicts, verdicts, strict=True)] == list(
        verdicts
    )
    assert b"<script>" not in b"".join(make(his, NOW).media.values())


def test_a_damaged_entry_is_drawn_anew(tmp_path: Path) -> None:
    folder = write(tmp_path / "deck", sums=SUM, steps=FEW)
    before = packed(folder, tmp_path / "a")
    one, other = entries(folder, "drawn")
    one.write_bytes(one.read_bytes()[:100])
    content = other.read_bytes()
    other.write_bytes(content.replace(b"2", b"3", 1) if b"2" in content else b"")
    assert counted(folder) == 2
    assert packed(folder, tmp_path / "b") == before


def test_entries_of_another_card_or_kind_are_not_taken(tmp_path: Path) -> None:
    folder = write(tmp_path, a=SUM, b=SUM.replace("#sum", "#other"))
    counted(folder)
    one, other = entries(folder, "drawn")
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert counted(folder) == 2


def test_what_no_card_needs_is_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "deck", a=SUM, b=FEW)
    packed(folder, tmp_path / "out")
    check(folder, now=NOW)
    cache = folder / "media" / "generated"
    foreign = f"drawn-{caching.key('another deck')}-{caching.key('sum')}.json"
    for name in (foreign, "drawn.json", "notes.txt"):
        (cache / name).write_text("mine")
    (cache / foreign.replace(caching.key("another deck"), caching.key("test")).replace(caching.key("sum"), "folder")).mkdir()
    assert len(entries(folder, "drawn")) == 4 and len(entries(folder, "judged")) == 2
    write(folder, a=SUM.replace("1..40", "1..39"), b="1) Why? {#step}\n\n    So.\n")
    packed(folder, tmp_path / "out")
    assert len(entries(folder, "drawn")) == 3 and len(entries(folder, "judged")) == 1, "a folder is no entry, and stays"
    assert all((cache / name).read_text() == "mine" for name in (foreign, "drawn.json", "notes.txt"))


def checked(folder: Path, draws: int) -> tuple[Checked, int]:
    watch = Counted()
    return check(folder, now=NOW, draws=draws, watch=watch), watch.done.get("checking", 0)


def test_a_check_judges_nothing_twice(tmp_path: Path) -> None:
    folder = write(tmp_path, a=SUM, b=FEW)
    assert checked(folder, 0)[1] == 2
    assert checked(folder, 0)[1] == 0
    first, count = checked(folder, 60)
    assert count == 2
    again, count = checked(folder, 60)
    assert count == 0
    assert again.stress == first.stress and set(first.stress) == {"sum", "step"}
    assert shown(again.problems, folder) == shown(first.problems, folder)
    assert checked(folder, 61)[1] == 2


def test_a_number_that_json_has_no_word_for_is_kept(tmp_path: Path) -> None:
    text = SUM.replace("    answer: a + b", "    let: {far: inf, many: 10**400}\n    answer: a + b")
    cold, warm = (deck(tmp_path, a=text) for _ in range(2))
    assert not cold.problems.failed
    values = warm.numeric["sum"].variants[0].values
    assert values["far"] == values["many"] == float("inf")
    assert warm.numeric["sum"].drawn == cold.numeric["sum"].drawn


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(TypeError, match="set is not kept"):
        keeping.pack({1})


def test_a_result_that_json_cannot_hold_is_handed_on_and_not_kept(tmp_path: Path) -> None:
    task = numbering.Draws(Block("numeric", "", Place("a.md")), "a", "n", ("s",), ())
    for _ in range(2):
        watch, problems = Counted(), Problems()
        (found,) = numbering.done(_odd, [task], tmp_path, problems, watch, "drawing")
        assert found[0] == {1} and watch.done == {"drawing": 1} and list(problems) == []


def _odd(task: numbering.Draws) -> tuple[set[int], Problems]:
    return {1}, Problems()
