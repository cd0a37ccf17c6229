"""A reading list leaves as a bibliography: nothing is lost, nothing breaks the file, and a key never changes."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from bot.citations import KINDS, bibtex, export, key, keys
from bot.citations.latex import latex
from bot.citations.reference import Name, name
from bot.models import Paper, Saved

WEEK = Path(__file__).resolve().parents[1] / "jobs" / "demo" / "week.jsonl"
MONDAY = datetime(2026, 4, 13, 9, tzinfo=UTC)

PUBLISHED = Paper(
    id="p1",
    title="Why β-VAEs & LoRA cost 100% of $x_2$: a Bayesian view from the École",
    abstract="It is {small}, and 50% of é.",
    identifiers=("arxiv:0706.1234", "doi:10.1103/PhysRevD.76.013009"),
    authors=("Laurens van der Maaten", "Élie Ọlá Nguyễn", "The ATLAS Collaboration", "Łukasz Ødegård", "王伟"),
    categories=("hep-ph", "cs.LG"),
    sources=("arxiv",),
    url="https://arxiv.org/abs/0706.1234",
    journal="Phys. Rev. D 76, 013009 (2008)",
    published=datetime(2007, 6, 11, tzinfo=UTC),
)
HOSTILE = (
    "\\input{/etc/passwd} }} , title = {stolen",
    "{unbalanced {and} worse",
    "}@comment{ here",
    "\"quoted\" ``and'' ~#$%^&_{}\\ all",
    "TY  - BOOK ER  - and %0A",
    "=HYPERLINK(1) | + @ -",
    "[click](javascript:1) <b>x</b> https://example.org www.example.org",
    "ℓ → ∞ × ½ α̂ x̄ ẞ ﬁ 𝒜 ℝ “q” – — … ’ \u200b ñ",
    "A 3D view of SAM: Segment Anything in iOS",
)


def saved(*papers: Paper, note: str = "", tags: tuple[str, ...] = ()) -> list[Saved]:
    return [Saved(paper, MONDAY + n * timedelta(hours=1), note, tags=tags) for n, paper in enumerate(papers)]


def plain(field: str) -> str:
    """What a reader of LaTeX sees."""
    # the two commands that this reader does not know
    field = field.replace(r"{\textbraceleft}", r"\{").replace(r"{\textbraceright}", r"\}")
    return same(LatexNodes2Text().latex_to_text(field))


def same(text: str) -> str:
    """A text as it can come back: LaTeX parts quotes that open from those that close, and has no ligatures."""
    for printed, typed in (("''", '"'), ("”", '"'), ("``", '"'), ("“", '"'), ("ˆ", "^")):
        text = text.replace(printed, typed)
    return unicodedata.normalize("NFKC", " ".join(text.split()))


def people(entry: Any) -> list[str]:
    return [
        plain(" ".join((*who.first_names, *who.middle_names, *who.prelast_names, *who.last_names, *who.lineage_names)))
        for who in entry.persons["author"]
    ]


# ------------------------------------------------------------------------------------------ BibTeX


def test_the_published_version_is_cited_with_the_arxiv_id_beside_it() -> None:
    entry = parse_string(bibtex(saved(PUBLISHED)), "bibtex").entries["vandermaaten2007vaes"]
    assert entry.type == "article"
    assert (entry.fields["journal"], entry.fields["volume"], entry.fields["pages"]) == ("Phys. Rev. D", "76", "013009")
    assert (entry.fields["year"], entry.fields["doi"]) == ("2008", "10.1103/PhysRevD.76.013009")
    assert (entry.fields["eprint"], entry.fields["archiveprefix"]) == ("0706.1234", "arXiv")
    assert (entry.fields["primaryclass"], entry.fields["url"]) == ("hep-ph", "https://arxiv.org/abs/0706.1234")
    assert plain(entry.fields["title"]) == same(PUBLISHED.title)
    assert plain(entry.fields["abstract"]) == same(PUBLISHED.abstract)


def test_authors_are_read_back_with_their_particles_and_a_collaboration_is_one_name() -> None:
    entry = parse_string(bibtex(saved(PUBLISHED)), "bibtex").entries["vandermaaten2007vaes"]
    assert people(entry) == [same(author) for author in PUBLISHED.authors]
    first, _, atlas, *_ = entry.persons["author"]
    assert (first.prelast_names, first.last_names) == (["van", "der"], ["Maaten"])
    assert atlas.last_names == ["{The ATLAS Collaboration}"]


def test_a_preprint_is_misc_with_its_month() -> None:
    entry = next(iter(parse_string(bibtex(saved(replace(PUBLISHED, journal=""))), "bibtex").entries.values()))
    assert (entry.type, entry.fields["year"], entry.fields["month"]) == ("misc", "2007", "June")
    assert "journal" not in entry.fields


def test_what_only_a_feed_tells_of_is_found_at_its_address() -> None:
    post = replace(PUBLISHED, identifiers=("url:example.org/a",), sources=("feed:17",), journal="")
    text = bibtex(saved(replace(post, url="https://www.example.org/a")))
    assert "howpublished = {www.example.org}," in text
    assert "feed" not in text
    assert "howpublished = {biorxiv}," in bibtex(saved(replace(post, sources=("biorxiv", "feed:17"))))


def test_a_meeting_is_a_book_and_a_journal_that_is_not_understood_is_kept_whole() -> None:
    meeting, whole = (
        next(iter(parse_string(bibtex(saved(replace(PUBLISHED, journal=text))), "bibtex").entries.values()))
        for text in ("Proceedings of the 40th Conference on Reading 2025", "JHEP 05 (2019) 123")
    )
    assert (meeting.type, meeting.fields["year"]) == ("inproceedings", "2025")
    assert meeting.fields["booktitle"] == "Proceedings of the 40th Conference on Reading 2025"
    assert (whole.type, whole.fields["journal"], whole.fields["year"]) == ("article", "JHEP 05 (2019) 123", "2019")


def test_notes_and_tags_are_carried_and_a_withdrawn_paper_is_marked() -> None:
    entry = next(
        iter(
            parse_string(
                bibtex(saved(replace(PUBLISHED, withdrawn=True), note="read & cite C#, see", tags=("ml", "to-do"))),
                "bibtex",
            ).entries.values()
        )
    )
    assert entry.fields["note"] == "Withdrawn"
    assert plain(entry.fields["annote"]) == "read & cite C#, see"
    assert plain(entry.fields["keywords"]) == "ml, to-do"


def test_capitals_that_mean_something_are_protected() -> None:
    text = bibtex(saved(replace(PUBLISHED, title="LoRA for a Turkish tokenizer in 3D: How small can it be")))
    assert "title = {{LoRA} for a {Turkish} tokenizer in {3D:} How small can it be}," in text
    text = bibtex(saved(replace(PUBLISHED, title="Long-Context Attention Is a Matter of BERT's Memory")))
    assert "title = {Long-Context Attention Is a Matter of {BERT's} Memory}," in text


def test_names_keep_their_capitals_in_a_title_where_every_word_has_one() -> None:
    text = bibtex(saved(replace(PUBLISHED, title="Tokenizers of Bielik v3: Polish, Korean and Bayesian Models")))
    assert "title = {Tokenizers of {Bielik} v3: {Polish,} {Korean} and {Bayesian} Models}," in text


def test_a_quotation_mark_that_opens_is_one() -> None:
    assert latex('"a" ("b") c"') == "{``}a{''} ({``}b{''}) c{''}"
    assert latex("“a”") == "{``}a{''}"


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_a_title(title: str) -> None:
    paper = replace(PUBLISHED, title=title, authors=(title, "Ann Lee and Bob Ray"), abstract=title, journal=title)
    other = replace(PUBLISHED, id="p2", title="The next entry", identifiers=("arxiv:2604.10006",))
    entries = parse_string(bibtex(saved(paper, other, note=title)), "bibtex").entries
    assert len(entries) == 2
    entry = next(iter(entries.values()))
    assert plain(entry.fields["title"]) == same(title)
    assert plain(entry.fields["abstract"]) == same(title)
    assert people(entry)[-1] == "Ann Lee and Bob Ray"


def test_accents_and_signs_become_commands_and_other_scripts_stay() -> None:
    assert latex("Élie Nguyễn Ọlá") == r"{\'{E}}lie Nguy{\~{\^{e}}}n {\d{O}}l{\'{a}}"
    assert latex("ℓ₂ ≥ α²") == (
        r"{\ensuremath{\ell}}{\ensuremath{_2}} {\ensuremath{\geq}} {\ensuremath{\alpha}}{\texttwosuperior}"
    )
    assert latex("王伟 & Иван") == r"王伟 \& Иван"


@given(st.text(alphabet="aÉ{}\\\"%#&$_~^<>|@,=α₂ –ễ\u0301王И'`-", max_size=40))
def test_any_text_is_one_balanced_piece_of_latex(text: str) -> None:
    written = latex(text)
    depths = [written[:n].count("{") - written[:n].count("}") for n in range(len(written) + 1)]
    assert min(depths) == 0
    assert depths[-1] == 0
    fields = next(iter(parse_string(f"@misc{{k,\n title = {{{written}}}\n}}", "bibtex").entries.values())).fields
    assert " ".join(fields["title"].split()) == " ".join(written.split())


def test_an_address_does_not_end_its_field() -> None:
    entry = parse_string(bibtex(saved(replace(PUBLISHED, url="https://example.org/a}{b c\\d_e%20"))), "bibtex")
    assert next(iter(entry.entries.values())).fields["url"] == "https://example.org/a%7D%7Bb%20c%5Cd_e%20"


# -------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("authors", "title", "identifiers", "expected"),
    [
        (("Yann LeCun",), "A Path Towards Autonomous Machines", ("arxiv:2606.00001",), "lecun2026path"),
        (("Łukasz Ødegård",), "On the Ångström", ("arxiv:1905.00001",), "odegard2019angstrom"),
        (("The ATLAS Collaboration",), "Search for X", ("arxiv:hep-ex/9901001",), "atlas1999search"),
        (("OpenAI",), "GPT-4 Technical Report", ("arxiv:2303.08774",), "openai2023gpt"),
        ((), "Untitled", ("doi:10.1101/1",), "anon2007untitled"),
        (("王伟",), "深度学习", ("arxiv:math.AG/0501001",), "anon2005"),
    ],
)
def test_a_key_says_who_when_and_what(
    authors: tuple[str, ...], title: str, identifiers: tuple[str, ...], expected: str
) -> None:
    assert key(replace(PUBLISHED, authors=authors, title=title, identifiers=identifiers)) == expected


def test_a_key_does_not_change_when_the_paper_is_published_or_others_come_and_go() -> None:
    preprint = replace(PUBLISHED, journal="", identifiers=("arxiv:0706.1234",), withdrawn=True, version=3)
    assert key(preprint) == key(PUBLISHED)
    twin = replace(PUBLISHED, id="p2", identifiers=("arxiv:0706.9999",))
    third = replace(PUBLISHED, id="p3", identifiers=("doi:10.1/x",))
    all_keys = keys(saved(PUBLISHED, twin, third))
    assert all_keys["p1"] == "vandermaaten2007vaes"
    assert all_keys["p2"] == "vandermaaten2007vaes-07069999"
    assert len(set(all_keys.values())) == 3
    assert keys(list(reversed(saved(PUBLISHED, twin, third)))) == all_keys, "the order of the list does not matter"
    assert keys(saved(twin, third), given=all_keys) == {name: all_keys[name] for name in ("p2", "p3")}


def test_a_key_once_given_stays_whatever_the_source_changes() -> None:
    given_keys = keys(saved(PUBLISHED))
    renamed = replace(PUBLISHED, title="Another title")
    assert keys(saved(renamed), given=given_keys) == given_keys
    newcomer = replace(PUBLISHED, id="p9", identifiers=("arxiv:0706.4321",))
    assert keys(saved(newcomer), given=given_keys)["p9"] == "vandermaaten2007vaes-07064321"
    assert f"@article{{{given_keys['p1']}," in bibtex(saved(renamed), given_keys)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Ludwig van Beethoven", Name("Beethoven", "Ludwig", "van")),
        ("van Beethoven, Ludwig", Name("Beethoven", "Ludwig", "van")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", suffix="Jr.")),
        ("King, Jr., Martin", Name("King", "Martin", suffix="Jr.")),
        ("Paulo André de Lima", Name("Lima", "Paulo André", "de")),
        ("Aad, G.", Name("Aad", "G.")),
        ("bell hooks", Name("hooks", "bell")),
        ("Gemma Team", Name("Gemma Team", group=True)),
        ("Plato", Name("Plato", group=True)),
    ],
)
def test_a_name_is_taken_apart_as_its_bearer_would(printed: str, expected: Name) -> None:
    assert name(printed) == expected


# ----------------------------------------------------------------------------------- other formats


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown format 'pdf'; one of bibtex, ris, csl, csv, markdown"):
        export("pdf", saved(PUBLISHED))


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_is_a_valid_file(kind: str) -> None:
    file = export(kind, [])
    assert file.name.startswith("papers.")
    assert "p1" not in file.content


def test_ris_is_read_back_by_another_reader() -> None:
    rispy = pytest.importorskip("rispy")
    hostile = replace(PUBLISHED, id="p2", title="TY  - BOOK\r\nER  - \r\nTI  - x", journal="", withdrawn=True)
    first, second = rispy.loads(export("ris", saved(PUBLISHED, hostile, note="read", tags=("todo",))).content)
    assert (first["type_of_reference"], second["type_of_reference"]) == ("JOUR", "UNPB")
    assert first["title"] == PUBLISHED.title
    assert first["authors"][:2] == ["van der Maaten, Laurens", "Nguyễn, Élie Ọlá"]
    assert (first["year"], first["volume"], first["start_page"]) == ("2008", "76", "013009")
    assert (first["doi"], first["accession_number"]) == ("10.1103/PhysRevD.76.013009", "arXiv:0706.1234")
    assert (first["keywords"], first["notes"]) == (["todo"], ["read"])
    assert second["title"] == "TY - BOOK ER - TI - x"
    assert (second["date"], second["notes"]) == ("2007/06/11", ["Withdrawn", "read"])


def test_csl_json_has_names_dates_and_numbers_in_their_fields() -> None:
    journal, preprint = json.loads(export("csl", saved(PUBLISHED, replace(PUBLISHED, id="p2", journal=""))).content)
    assert (journal["type"], preprint["type"]) == ("article-journal", "article")
    assert journal["author"][0] == {"family": "Maaten", "given": "Laurens", "non-dropping-particle": "van der"}
    assert journal["author"][2] == {"literal": "The ATLAS Collaboration"}
    assert (journal["issued"], preprint["issued"]) == ({"date-parts": [[2008]]}, {"date-parts": [[2007, 6, 11]]})
    assert (journal["container-title"], journal["page"]) == ("Phys. Rev. D", "013009")
    assert (journal["DOI"], journal["number"]) == ("10.1103/PhysRevD.76.013009", "arXiv:0706.1234")


def test_a_spreadsheet_gets_every_cell_and_runs_none() -> None:
    hostile = replace(PUBLISHED, id="p2", title='=cmd|"/c calc"!A1', code="https://github.com/x/y")
    content = export("csv", saved(PUBLISHED, hostile, note="+1", tags=("read",))).content
    first, second = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    assert first["title"] == PUBLISHED.title
    assert first["authors"].split("; ") == list(PUBLISHED.authors)
    assert (first["journal"], first["saved"], first["tags"]) == (PUBLISHED.journal, "2026-04-13", "read")
    assert (second["title"], second["note"]) == ('\'=cmd|"/c calc"!A1', "'+1")


def test_markdown_is_one_readable_line_a_paper() -> None:
    paper = replace(PUBLISHED, title="What [LoRA](x) *is*", authors=("Ann Lee", "Bo Li", "Cy Yu", "Di Ma"), journal="")
    assert export("markdown", saved(paper, note="see p. 3", tags=("todo",))).content == (
        "- [What \\[LoRA\\](x) \\*is\\*](<https://arxiv.org/abs/0706.1234>) · Ann Lee, Bo Li, Cy Yu, Di Ma · 2007 · "
        "[arXiv:0706.1234](<https://arxiv.org/abs/0706.1234>) · "
        "[doi:10.1103/PhysRevD.76.013009](<https://doi.org/10.1103/PhysRevD.76.013009>) · #todo · "
        "`lee2007lora`\n  see p. 3\n"
    )


# ---------------------------------------------------------------------------------- a week of papers


def week() -> list[Saved]:
    if not WEEK.is_file():
        pytest.skip("the demo's week of papers (jobs/demo/week.jsonl) is not here")
    rows = [json.loads(line) for line in WEEK.read_text(encoding="utf-8").splitlines()]
    return saved(
        *(
            Paper(
                id=row["id"],
                title=row["title"],
                abstract=row["abstract"],
                identifiers=(f"arxiv:{row['id']}",),
                authors=tuple(row["authors"]),
                categories=tuple(row["categories"]),
                sources=("arxiv",),
                url=f"https://arxiv.org/abs/{row['id']}",
                comment=row["comment"] or "",
                published=datetime.fromisoformat(row["batch"]).replace(tzinfo=UTC),
            )
            for row in rows
        )
    )


def test_nothing_of_a_week_is_lost_in_bibtex() -> None:
    entries = parse_string(bibtex(week()), "bibtex").entries
    assert len(entries) == len(week()) > 50
    for entry, (kept, own_key) in zip(week(), keys(week()).items(), strict=True):
        read = entries[own_key]
        assert kept == entry.paper.id
        assert plain(read.fields["title"]) == same(entry.paper.title)
        assert people(read) == [same(author) for author in entry.paper.authors]
        assert read.fields["eprint"] == entry.paper.identifier("arxiv")


def test_nothing_of_a_week_is_lost_in_ris() -> None:
    rispy = pytest.importorskip("rispy")
    records = rispy.loads(export("ris", week()).content)
    assert [record["title"] for record in records] == [" ".join(entry.paper.title.split()) for entry in week()]
    assert [len(record["authors"]) for record in records] == [len(entry.paper.authors) for entry in week()]
    assert [record["id"] for record in records] == list(keys(week()).values())


@given(st.text(alphabet="aÉ-=+#>1.)*_`[]!|~<&\\:/ w@", max_size=30))
def test_any_note_is_one_plain_line_of_markdown(text: str) -> None:
    note = " ".join(text.split())
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(export("markdown", saved(PUBLISHED, note=note)).content)
    assert [token.type for token in tokens if token.level == 3] == ["inline"]
    (line,) = [token for token in tokens if token.type == "inline"]
    children = line.children or []
    breaks = [n for n, token in enumerate(children) if token.type == "softbreak"]
    assert ("".join(token.content for token in children[breaks[0] :]) if breaks else "") == note
