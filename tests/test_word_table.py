"""How the shipped word table is made: what the counts of papers decide, and which files can be read."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("lemminflect", reason="the word table is made with lemminflect, which only developers need")

from jobs.word_table.builder import Builder, rows
from jobs.word_table.corpus import Corpus, papers
from jobs.word_table.lexicon import Choices, Lexicon

#: "mask" stands where masking does; "route" mostly elsewhere; "denoise" is in no dictionary
TEXTS = (
    ["masking the mask of masked autoencoders"] * 10
    + ["routing by a router that routed packets"] * 10
    + ["an escape route along two routes"] * 30
    + ["denoising what was denoised"] * 5
    + ["spectra of a spectrum"] * 5
    + ["a fine-tuned model"] * 3
    + ["nothing of the sort"] * 100
)


def families(texts: list[str], choices: str = "") -> dict[str, set[str]]:
    """Each form's family, as the table gives it."""
    corpus = Corpus(texts)
    lexicon = Lexicon()
    lexicon.adopt(corpus)
    builder = Builder(corpus, lexicon, Choices(choices))
    builder.build()
    found: dict[str, set[str]] = {}
    for row in rows(builder):
        forms = {form.partition(":")[0] for form in row.split("\t")[2].split()}
        found.update(dict.fromkeys(forms, forms))
    return found


@pytest.fixture(scope="module")
def made() -> dict[str, set[str]]:
    return families(TEXTS)


def test_a_bare_form_joins_when_papers_use_it_for_the_same_idea(made: dict[str, set[str]]) -> None:
    assert {"mask", "masking", "masked"} <= made["masked"]


def test_a_bare_form_stays_out_when_other_papers_use_it(made: dict[str, set[str]]) -> None:
    assert {"routing", "router", "routed"} <= made["routing"]
    assert "route" not in made["routing"]


def test_verbs_of_papers_and_irregular_plurals_are_known(made: dict[str, set[str]]) -> None:
    assert {"denoise", "denoising", "denoised"} <= made["denoising"]
    assert {"spectrum", "spectra"} <= made["spectra"]
    assert "sting" not in made["string"]


def test_a_choice_overrules_the_counts() -> None:
    choices = "apart\tmask\tno\nwith\troute\tyes\njoin\tdenoising=spectrum\tfor once\n"
    found = families(TEXTS, choices)
    assert "mask" not in found["masking"]
    assert "route" in found["routing"]
    assert "spectra" in found["denoised"]


def test_hyphenated_pairs_are_compounds() -> None:
    assert list(Corpus(TEXTS).compounds()) == ["fine tuned"]


def test_papers_are_read_from_every_recorded_format(tmp_path: Path) -> None:
    lines = [{"title": "One", "summary": "first"}, {"title": "Two", "abstract": "second"}]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    (tmp_path / "b.json").write_text(json.dumps([{"paper": {"title": "Three", "summary": "third"}}]), "utf-8")
    (tmp_path / "c.xml").write_text(
        "<volume><paper><title>F<b>ou</b>r</title><abstract>fourth</abstract></paper></volume>", "utf-8"
    )
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert sorted(papers(sorted(tmp_path.iterdir()))) == ["Four. fourth", "One. first", "Three. third", "Two. second"]


def test_the_command_writes_both_tables(tmp_path: Path) -> None:
    corpus = tmp_path / "papers.jsonl"
    corpus.write_text(
        "\n".join(json.dumps({"title": f"T{n}", "abstract": text}) for n, text in enumerate(TEXTS)), "utf-8"
    )
    command = [sys.executable, "-m", "jobs.word_table", str(corpus), "--into", str(tmp_path)]
    subprocess.run(command, check=True, cwd=Path(__file__).resolve().parents[1], timeout=60)
    assert "from 163 recorded papers" in (tmp_path / "families.tsv").read_text("utf-8")
    assert "fine tuned" in (tmp_path / "compounds.tsv").read_text("utf-8")
