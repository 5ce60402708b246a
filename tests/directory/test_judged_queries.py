"""Search held to what people who know the field expect: a table of judged queries over the sample.

Each row of judged_queries.csv says what someone types and where, which services must be among the
first three, and how well others answer (3 exactly, 2 well, 1 somewhat).
"""

import csv
import math
from pathlib import Path

import pytest
import time_machine
from django.http import QueryDict
from django.utils import translation

from directory.interchange.sample import load_sample
from directory.search.results import search

TABLE = Path(__file__).with_name("judged_queries.csv")
# What the table scores today. Raise it when search gets better; never lower it to pass.
LEAST_NDCG, LEAST_IN_FIRST_THREE = 0.92, 1.0
# A weekday afternoon, and late at night when most doors are shut.
MOMENTS = ("2026-11-26T19:00:00+00:00", "2026-11-27T04:30:00+00:00")


def rows() -> list[dict]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def asked(row: dict) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update({"q": row["q"], "near": row["near"]})
    return query


def found(row: dict) -> list[str]:
    with translation.override(row["reader"]):
        return [shown.card["slug"] for shown in search(asked(row)).rows]


def gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))


def ndcg(slugs: list[str], grades: dict[str, int]) -> float:
    """How good the first ten are beside the best ten there could be (Järvelin and Kekäläinen)."""
    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(slug, 0) for slug in slugs]) / best


def grades(row: dict) -> dict[str, int]:
    pairs = (pair.rpartition("=") for pair in row["grades"].split())
    return {slug: int(grade) for slug, _, grade in pairs}


@pytest.mark.django_db
def test_what_people_would_expect_comes_first(capsys):
    for moment in MOMENTS:
        with time_machine.travel(moment, tick=False):
            load_sample()  # the same day for both
            scores, missed = judge()
        score, kept = sum(scores) / len(scores), 1 - len(missed) / len(scores)
        with capsys.disabled():
            print(
                f"\n{moment}: {len(scores)} judged queries: nDCG@10 {score:.3f}, "
                f"first three {kept:.1%}"
            )
        assert score >= LEAST_NDCG, (moment, missed)
        assert kept >= LEAST_IN_FIRST_THREE, (moment, missed)


def judge() -> tuple[list[float], list[str]]:
    """How good each answer is, and what should have been among the first three and was not."""
    scores, missed = [], []
    for row in rows():
        slugs = found(row)
        scores.append(ndcg(slugs, grades(row)))
        late = [slug for slug in row["first_three"].split() if slug not in slugs[:3]]
        if late:
            missed.append(f"{row['id']}: {row['q']!r} {row['near']}: {late} not in {slugs[:3]}")
    return scores, missed
