"""The ledger of the reference set is whole: each bug fits its file, each test exists, no section is left out."""

from __future__ import annotations

import ast

import pytest
from ledger import BUGS, PAGE, ROOT, SECTIONS, Bug, page


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_fits_its_file_and_its_test_exists(bug: Bug):
    source = (ROOT / bug.file).read_text(encoding="utf-8")
    assert source.count(bug.old) == 1
    assert bug.old not in bug.new or bug.old != bug.new
    ast.parse(source.replace(bug.old, bug.new))
    file, name = bug.test.split("[")[0].split("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_section_is_covered_and_no_bug_is_planted_twice():
    assert {bug.section for bug in BUGS} == set(SECTIONS) >= {*range(2, 11), 12}
    assert [bug.section for bug in BUGS] == sorted(bug.section for bug in BUGS)
    assert len({bug.name for bug in BUGS}) == len({(bug.file, bug.old, bug.new) for bug in BUGS}) == len(BUGS)


def test_the_page_is_that_of_the_ledger():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tests/planted/ledger.py`"
