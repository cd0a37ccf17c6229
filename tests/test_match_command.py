"""`paperround match`: a query tried on papers, offline."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from jobs import match

PAPERS = [
    {"id": "2604.1", "title": "Byte-level tokenisers", "abstract": "We tokenize."},
    {
        "id": "2604.2",
        "title": "Mamba",
        "abstract": "",
        "authors": ["Yann LeCun"],
        "categories": ["cs.LG"],
        "source": "arxiv",
    },
    {
        "id": 3,
        "title": 'On G\\"odel numbers',
        "abstract": None,
        "authors": "LeCun, Y.; Hinton, G.",
        "code": "https://x.org",
    },
]


def tried(
    tmp_path: Path, query: str | None, papers: Iterable[object] = PAPERS, queries: str | None = None
) -> tuple[int, list[list[str]], str]:
    file = tmp_path / "papers.jsonl"
    file.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in papers), "utf-8")
    tsv = None
    if queries is not None:
        tsv = tmp_path / "queries.tsv"
        tsv.write_text(queries, "utf-8")
    out, err = io.StringIO(), io.StringIO()
    code = match.run(query, str(file), str(tsv) if tsv else None, out, err)
    said = err.getvalue().replace(str(tmp_path) + "/", "")
    return code, [line.split("\t") for line in out.getvalue().splitlines()], said


def test_one_query_prints_its_papers_with_score_and_reason(tmp_path: Path) -> None:
    code, rows, said = tried(tmp_path, "tokenization OR author:LeCun")
    assert code == 0
    assert said == ""
    assert [row[:2] for row in rows] == [["1", "2604.1"], ["1", "2604.2"], ["1", "3"]]
    assert all(len(row) == 4 for row in rows)
    assert rows[0][2] == f"{0.6 + 0.4 * (1 - 0.7**2):.3f}"
    assert "tokenisers" in rows[0][3]
    assert rows[1][2] == "1.000"


def test_many_queries_are_printed_by_paper_and_then_by_query(tmp_path: Path) -> None:
    queries = "# id, query\nb\tmamba\na\tauthor:lecun\n\nbroken\t(mamba\nno tab\nc\thas:code Gödel\n"
    code, rows, said = tried(tmp_path, None, queries=queries)
    assert code == 1
    assert [row[:2] for row in rows] == [["b", "2604.2"], ["a", "2604.2"], ["a", "3"], ["c", "3"]]
    assert said.splitlines() == [
        "queries.tsv:5: A parenthesis is opened here and never closed. Try: (mamba)",
        "queries.tsv:6: There is no tab between an id and a query.",
        "paperround: 2 of 5 lines of queries.tsv were not read.",
    ]


def test_a_bad_line_is_reported_with_its_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    papers = [
        PAPERS[0],
        "{broken\n",
        "\n",
        "[1]\n",
        {"id": "x"},
        {"id": [], "title": "t"},
        "[" * 100_000 + "\n",
        PAPERS[1],
    ]
    papers += [{"title": "tokenizer\tand\nmore", "id": "a\tb"}, {"title": "Mamba", "authors": [1]}]
    code, rows, said = tried(tmp_path, "tokenization OR mamba", papers)
    assert code == 1
    assert [row[1] for row in rows] == ["2604.1", "2604.2", "a b"]
    *lines, last = said.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"papers.jsonl:{n}" for n in (2, 4, 5, 6, 7, 10)]
    assert last == "paperround: 6 of 9 lines of papers.jsonl were not read."


def test_a_paper_without_an_id_goes_by_its_line(tmp_path: Path) -> None:
    assert [row[1] for row in tried(tmp_path, "mamba", [{"title": "x"}, {"title": "Mamba"}])[1]] == ["2"]


def test_only_a_wrong_query_and_what_was_not_read_are_an_error(tmp_path: Path) -> None:
    assert tried(tmp_path, "nothing has this")[0] == 0
    assert tried(tmp_path, "-survey")[::2] == (
        2,
        "paperround: This only leaves papers out; say also which to bring, for example: tokenization -survey."
        " Try: survey\n",
    )
    assert tried(tmp_path, "mamba", ["{broken\n"])[0] == 1
    assert tried(tmp_path, None, queries="a\t(mamba\n")[0] == 1
    out, err = io.StringIO(), io.StringIO()
    assert match.run("mamba", str(tmp_path / "absent.jsonl"), None, out, err) == 1
    assert "absent.jsonl cannot be read" in err.getvalue()
    assert match.run("mamba", "x", "y", out, err) == 2
    assert match.run(None, "x", None, out, err) == 2


def command(query: str) -> list[str]:
    program = f"import sys; from jobs import match; sys.exit(match.run({query!r}, '-', None, sys.stdout, sys.stderr))"
    return [sys.executable, "-c", program]


def test_standard_input_is_read_as_it_comes(tmp_path: Path) -> None:
    """A match is printed before the next paper is known."""
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command("mamba"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in ("1", "2"):
            process.stdin.write(json.dumps({"id": number, "title": "Mamba"}).encode() + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().split(b"\t")[:2] == [b"1", number.encode()]
        process.stdin.write(b"\xff\xfe\n")
        process.stdin.close()
        assert process.wait(20) == 1  # a line was not read


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text("".join(json.dumps({"id": i, "title": "Mamba " * 20}) + "\n" for i in range(5_000)), "utf-8")
    root = Path(__file__).resolve().parents[1]
    with (
        file.open("rb") as papers,
        subprocess.Popen(
            command("mamba"), stdin=papers, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


def test_a_title_that_the_terminal_cannot_show_is_no_error(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[1]
    paper = json.dumps({"id": "α", "title": "Mamba \ud800 “x”"}).encode() + b"\n"
    done = subprocess.run(
        command("mamba"), input=paper, capture_output=True, check=True, cwd=root, env={"PYTHONIOENCODING": "ascii"}
    )
    assert done.stdout.startswith(b"1\t\\u03b1\t0.720\t")
