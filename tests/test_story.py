"""The product in one test: a week in the terminal, from the first follow to a bibliography."""

from __future__ import annotations

import re
from pathlib import Path

from jobs.demo.week import load_week
from tests.rigs.dialogue import dialogue


async def test_a_week_from_the_first_follow_to_a_bibliography(tmp_path: Path) -> None:
    opening, follow, tuesday, react, again, saved, bibtex, wednesday, thursday, friday, over, status = await dialogue(
        tmp_path,
        "/papers follow tokenization",
        "next",
        "react 1 🔖",
        "react 1 🔖",
        "/papers saved",
        "/papers export bibtex",
        "next",
        "next",
        "next",
        "next",
        "/papers status",
    )

    assert "Monday 13 April 2026" in opening
    assert "Following" in follow
    assert "tokenization" in follow
    assert "Next digest: tomorrow 09:00" in follow or "Next digest: Tuesday 09:00" in follow
    assert "You follows tokenization here" not in follow

    tuesday_titles = titles_in(tuesday)
    assert 5 <= len(tuesday_titles) <= 10
    assert "tokeniz" in tuesday.lower()

    assert "Saved: " in react
    saved_title = re.search(r"Saved: (.+)", react)
    assert saved_title is not None
    assert "It is on your own reading list" in react
    assert "It is on your own reading list" not in again

    assert "Your reading list: 1 paper" in saved
    assert bibtex.count("@") == 1
    assert "eprint" in bibtex

    assert titles_in(wednesday)
    assert not titles_in(thursday)
    assert "Quiet" in thursday
    assert titles_in(friday)
    assert "The week is over" in over
    assert "All is well." in status

    # no paper of the week comes twice
    shown = [*tuesday_titles, *titles_in(wednesday), *titles_in(friday)]
    assert len(shown) == len(set(shown))


def titles_in(text: str) -> list[str]:
    """Ids of the week's papers whose title stands in what was said, by their first words."""
    flat = re.sub(r"\s+", " ", text)
    return [paper.id for paper in load_week() if "$" not in paper.title and paper.title[:40] in flat]
