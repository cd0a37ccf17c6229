"""What names a work, and when two papers are one."""

from __future__ import annotations

import pytest

from bot.identity import arxiv_id, doi, identifier, normal_title, normal_url, same_work, web_link
from bot.models import Paper


@pytest.mark.parametrize(
    "text",
    [
        "2604.10005",
        "2604.10005v12",
        "arXiv:2604.10005",
        "arxiv: 2604.10005v2",
        "https://arxiv.org/abs/2604.10005",
        "http://www.arxiv.org/pdf/2604.10005v2.pdf",
        "https://arxiv.org/html/2604.10005v1",
        "oai:arXiv.org:2604.10005v1",
        "https://doi.org/10.48550/arXiv.2604.10005",
        "https://huggingface.co/papers/2604.10005",
        "https://www.alphaxiv.org/abs/2604.10005v1",
        " 2604.10005 ",
    ],
)
def test_an_arxiv_id_is_found_however_it_is_written(text: str) -> None:
    assert arxiv_id(text) == "2604.10005"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("math/0309136", "math/0309136"),
        ("math.GT/0309136v2", "math/0309136"),
        ("https://arxiv.org/abs/hep-th/9711200", "hep-th/9711200"),
        ("arXiv:cond-mat/0102536v1", "cond-mat/0102536"),
    ],
)
def test_an_old_arxiv_id_keeps_its_archive(text: str, bare: str) -> None:
    assert arxiv_id(text) == bare


@pytest.mark.parametrize("text", ["", "abc", "2613.10005", "1234", "10.1234/5678", "https://arxiv.org/list/cs/new"])
def test_other_things_are_no_arxiv_id(text: str) -> None:
    assert arxiv_id(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10.1038/s41586-023-05999-5", "10.1038/s41586-023-05999-5"),
        ("doi:10.1038/S41586-023-05999-5", "10.1038/s41586-023-05999-5"),
        ("http://dx.doi.org/10.1021/acs.orglett.6c02221", "10.1021/acs.orglett.6c02221"),
        ("https://doi.org/10.1002/(SICI)1097-0258%3C16::X%3E3.0.CO;2-2", "10.1002/(sici)1097-0258<16::x>3.0.co;2-2"),
        ("10.1126/science.abc1234.", "10.1126/science.abc1234"),
        # publishers' addresses: the DOI and what hangs behind it
        ("https://pubs.rsc.org/sc/article/doi/10.1039/D6SC05138C/1291521/Stereo-entry?x=1", "10.1039/d6sc05138c"),
        ("https://academic.oup.com/nar/article/doi/10.1093/nar/gkab123/6123456", "10.1093/nar/gkab123"),
        ("https://iopscience.iop.org/article/10.1088/1742-6596/1/1/012001/meta", "10.1088/1742-6596/1/1/012001"),
        ("http://onlinelibrary.wiley.com/resolve/doi?DOI=10.1111%2Fjvs.12120", "10.1111/jvs.12120"),
        ("https://onlinelibrary.wiley.com/doi/full/10.1111/jvs.12120?af=R", "10.1111/jvs.12120"),
        ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.01", "10.1371/journal.pone.01"),
        # preprint servers: a version is no other work
        ("10.26434/chemrxiv.15007735/v1", "10.26434/chemrxiv.15007735"),
        ("https://chemrxiv.org/doi/full/10.26434/chemrxiv-2024-abcde-v3", "10.26434/chemrxiv-2024-abcde"),
        ("https://www.biorxiv.org/content/10.1101/2023.12.16.571984v1.full?rss=1", "10.1101/2023.12.16.571984"),
        ("https://www.biorxiv.org/content/10.64898/2026.01.02.123456v2", "10.64898/2026.01.02.123456"),
    ],
)  # fmt: skip
def test_a_doi_is_found_however_it_is_written(text: str, name: str) -> None:
    assert doi(text) == name
    assert identifier(text) == f"doi:{name}"


@pytest.mark.parametrize("text", ["", "10.12/x", "https://journal.example/10/2026", "http://[", "see doi 10.1/x"])
def test_other_things_are_no_doi(text: str) -> None:
    assert doi(text) == ""
    assert identifier(text) == ""


def test_addresses_of_one_page_are_one() -> None:
    page = normal_url("https://journal.example/a?id=7")
    for other in (
        "http://journal.example/a?id=7",
        "https://WWW.journal.example/a/?id=7#abstract",
        "https://journal.example:443/a?utm_source=rss&id=7&utm_medium=feed&rss=1&af=R",
    ):
        assert normal_url(other) == page
    assert normal_url("https://journal.example/a?id=8") != page
    assert normal_url("https://journal.example:8443/a?id=7") != page
    for no in ("ftp://journal.example/a", "javascript:alert(1)", "", "http://", "http://[", "http://a:99999999/"):
        assert normal_url(no) == ""


def test_only_a_web_address_is_a_link() -> None:
    assert web_link(" https://journal.example/a ") == "https://journal.example/a"
    for no in (
        "javascript:alert(1)",
        "https://a b",
        "https://a\u202e",
        "https://",
        "data:text/html,x",
        "https://a/" + "x" * 3000,
    ):
        assert web_link(no) == ""  # fmt: skip


def test_titles_are_one_without_quotes_case_marks_and_space() -> None:
    for one, other in (
        ('[ASAP] Tokens and "where"', "Tokens  and “where”"),
        ("[Graphical abstract added] H2O at C–S bonds", "H₂O at C-S Bonds"),
        ("S N 2 reactions", "SN2 reactions"),
    ):
        assert normal_title(one) == normal_title(other)
    assert normal_title("[Co(NH3)6]Cl3 revisited") != normal_title("Cl3 revisited")
    assert normal_title("[Re]") == "re"


def paper(title: str, *identifiers: str, authors: tuple[str, ...] = ()) -> Paper:
    return Paper(id="", title=title, identifiers=identifiers, authors=authors)


TITLE = "Tokens and where to find them in large corpora"


def test_a_paper_whose_names_all_changed_is_known_by_its_title() -> None:
    assert same_work(
        paper(TITLE, "url:a.example/1", "guid:a|1"), paper(f"[ASAP] {TITLE}", "url:a.example/x", "guid:a|x")
    )
    assert same_work(paper(TITLE, "url:a.example/1"), paper(TITLE, "doi:10.5555/1"))


def test_a_shared_name_is_enough() -> None:
    assert same_work(paper("One title here", "doi:10.5555/1"), paper("Another title", "doi:10.5555/1", "url:a/2"))
    assert same_work(paper("One title here", "url:a.example/1"), paper("Another title", "url:a.example/1"))


def test_different_ids_are_different_works_whatever_the_title_says() -> None:
    assert not same_work(
        paper(TITLE, "doi:10.5555/1", "url:a.example/1"), paper(TITLE, "doi:10.5555/2", "url:a.example/1")
    )
    assert not same_work(paper(TITLE, "arxiv:2604.10001"), paper(TITLE, "arxiv:2604.10002"))


def test_a_title_that_many_papers_bear_proves_nothing() -> None:
    for title in ("Editorial", "Issue Information", "Front Cover", "???"):
        assert not same_work(paper(title, "guid:a|1"), paper(title, "guid:a|2"))


def test_papers_of_other_people_are_other_papers() -> None:
    ada, kurt = paper(TITLE, "guid:a|1", authors=("Ada Lovelace",)), paper(TITLE, "guid:a|2", authors=("Kurt Gödel",))
    assert not same_work(ada, kurt)
    assert same_work(ada, paper(TITLE, "guid:a|3", authors=("Kurt Gödel", "ADA LOVELACE")))
