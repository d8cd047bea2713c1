"""What CommonMark reads in another way than its author meant, and what he has left to do: reported where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.rules_block.table import escapedSplit

from generator.problems import Place, Problem, Problems, Severity
from generator.source.attributes import Attributes
from generator.tokens import BlockNode, leaves

NUMBERED = re.compile(r"\s*\d{1,9}[.)]\s+\S")
DELIMITER_ROW = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*")
NONE = Attributes()


@dataclass(frozen=True, slots=True)
class Misreadings:
    """The look at the blocks of one file."""

    path: str
    lines: Sequence[str]
    problems: Problems

    def check(self, node: BlockNode, attributes: Attributes = NONE) -> None:
        """Report what is read in another way than meant in a block of the card with these attributes, and what is left to do."""
        self.report_todo(node, attributes)
        for token in node.tokens:
            if token.type == "inline" and token.map:
                self._check_lines(token.map[0], token.content.split("\n"))
                for child in leaves(token.children or ()):
                    if child.type == "attributes":
                        self.problems.warning(
                            child.meta["place"],
                            f"{child.markup} is taken as text here",
                            "attributes are the last thing in the question's first paragraph, or on the heading's line",
                            "stray-attributes",
                        )
            elif token.type == "tr_open" and token.map:
                self._check_row(token.map[0], node)
            elif token.type == "html_block" and token.map and (at := token.content.rfind("<!--")) > token.content.rfind("-->"):
                line = token.map[0] + 1 + token.content.count("\n", 0, at)
                place = Place(self.path, line, self.lines[line - 1].rfind("<!--") + 1)
                self.problems.error(place, "the comment is not closed and hides what follows", "end it with -->")

    def report_todo(self, node: BlockNode, attributes: Attributes) -> None:
        """Report what the author has left to do in a block: it never ships."""
        for token in leaves(node.tokens):
            if token.type == "todo":
                text = " ".join(token.content.split())
                shown = text if len(text) <= 60 else text[:57] + " …"
                hint = "do it, or leave it: a TODO never ships"
                found = Problem(token.meta["place"], f"not shipped: {shown}", hint, Severity.INFORMATION, "todo")
                self.problems.extend([found], attributes.id, attributes.allow)

    def _check_lines(self, first: int, content: list[str]) -> None:
        for number, line in enumerate(content[1:], start=first + 1):
            if NUMBERED.match(line):
                self.problems.warning(
                    Place(self.path, number + 1, len(self.lines[number]) - len(self.lines[number].lstrip()) + 1),
                    f"this numbered line is part of the paragraph above: {line.strip()[:40]}",
                    "put a blank line before it, and it is an item of its own",
                    "numbered-line",
                )
            if DELIMITER_ROW.fullmatch(line):
                self.problems.warning(
                    Place(self.path, number + 1),
                    "this is not read as a table: the row above has another number of cells",
                    "inside a formula in a table write \\mid or \\lVert, since | splits the cell",
                    "broken-table",
                )

    def _check_row(self, number: int, table: BlockNode) -> None:
        raw = self.lines[number].strip()
        cells = escapedSplit(raw)
        cells = cells[1 if cells and not cells[0] else 0 : -1 if cells and not cells[-1] else None]
        width = sum(token.type == "th_open" for token in table.tokens)
        place = Place(self.path, number + 1)
        hint = "inside a formula in a table write \\mid or \\lVert … \\rVert"
        if width and len(cells) > width:
            message = f"this row has {len(cells)} cells, the table {width}: the last are cut off"
            self.problems.warning(place, message, hint, "broken-table")
        if "\\|" in raw and any(cell.count("$") > 1 and "|" in cell for cell in cells):
            self.problems.warning(place, "\\| becomes | in a table", hint, "table-bar")
        if any(cell.replace("\\$", "").count("$") % 2 for cell in cells) and raw.replace("\\$", "").count("$") % 2 == 0:
            self.problems.warning(place, "a | splits a formula in this row", hint, "table-bar")
