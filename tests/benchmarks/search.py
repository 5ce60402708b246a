"""How long a search and its page take, in a catalogue the size of a province. Run by hand:

    .venv/bin/python -m tests.benchmarks.search --services 100000

It keeps a database of its own under var/benchmark (durable settings; made once, which takes some
minutes) and asks every shape of question, with words and towns drawn by a seed that tuned nothing.
Of each it prints p50, p95 and p99 in milliseconds: of the search alone, and of the whole page
(middleware, compression and all). Beside them, in the same run, what Django projects usually write
(icontains, the haversine in the query, a count for each facet), a textbook full-text query (one
`tsvector` with GIN, facets by GROUP BY), and `SELECT 1`. Then pages a second from two workers, what
a worker weighs, and (`--rebuild`) how long the search table takes to make anew.
"""

import argparse
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks import baselines

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "benchmark"
FILTERS = [
    ("access", "no-id"), ("access", "walk-in"), ("access", "free"), ("serves", "youth"),
    ("serves", "women"), ("category", "harm-reduction"), ("category", "treatment"),
    ("delivery", "in_person"),
]  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Draw:
    """Questions by chance: words of the catalogue by how many services have them, towns by how
    many people live there."""

    def __init__(self, seed: int):
        from directory.models import SearchRow, Synonym, Word
        from directory.places.atlas import atlas

        self.rng = random.Random(seed)
        rows = SearchRow.objects.count()
        words = list(Word.objects.filter(text__regex="^.{4,}$").values_list("text", "services"))
        self.words = {
            "rare": [w for w, n in words if 0 < n <= rows / 1000],
            "middling": [w for w, n in words if rows / 100 < n <= rows / 20],
            "common": [w for w, n in words if n > rows / 10],
        }
        synonyms = Synonym.objects.filter(term__taxonomy__code="category")
        self.synonyms = list(synonyms.filter(language="en").values_list("text", flat=True))
        self.french = list(synonyms.filter(language="fr").values_list("text", flat=True))
        self.towns = [town for town in atlas().towns if town.population]
        self.weights = [town.population for town in self.towns]
        self.villages = [town for town in self.towns if town.population < 1500 and town.lat > 52]

    def town(self) -> str:
        return self.rng.choices(self.towns, self.weights)[0].key

    def word(self, kind: str = "middling") -> str:
        return self.rng.choice(self.words[kind])

    def misspelt(self) -> str:
        while True:
            word = self.word()
            if len(word) >= 5:
                at = self.rng.randrange(1, len(word) - 1)
                return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def filtered(self) -> dict:
        query: dict = {"open": "now"}
        for name, value in self.rng.sample(FILTERS, 3):
            query.setdefault(name, []).append(value)
        return query

    def shapes(self) -> dict:
        """Each kind of question as a function that draws one."""
        return {
            "rare word": lambda: {"q": self.word("rare")},
            "middling word": lambda: {"q": self.word()},
            "common word": lambda: {"q": self.word("common")},
            "near": lambda: {"near": self.town()},
            "near, word": lambda: {"near": self.town(), "q": self.word()},
            "near, common word": lambda: {"near": self.town(), "q": self.word("common")},
            "near, 3 filters, open": lambda: {"near": self.town()} | self.filtered(),
            "near, word, 3 filters, open": lambda: (
                {"near": self.town(), "q": self.word()} | self.filtered()
            ),
            "rural": lambda: {"near": self.rng.choice(self.villages).key, "q": self.word()},
            "misspelt": lambda: {"near": self.town(), "q": self.misspelt()},
            "synonym": lambda: {"near": self.town(), "q": self.rng.choice(self.synonyms)},
            "across languages": lambda: {"near": self.town(), "q": self.rng.choice(self.french)},
            "everything": dict,
        }

    def typed(self) -> dict:
        """The start of a word, as someone types it."""
        if self.rng.random() < 0.3:
            town = self.town()
            return {"field": "near", "text": town[: self.rng.randint(2, 6)]}
        text = self.rng.choice([self.word(), self.word("rare"), self.rng.choice(self.synonyms)])
        return {"field": "q", "text": text[: self.rng.randint(2, 7)]}


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(action, draw, runs: int) -> list[float]:
    for _ in range(max(5, runs // 5)):
        action(draw())
    times = []
    for _ in range(runs):
        question = draw()
        start = time.perf_counter()
        action(question)
        times.append((time.perf_counter() - start) * 1000)
    return times


def figures(times: list[float]) -> str:
    return "".join(
        f"{n:10.1f}"
        for n in (statistics.median(times), percentile(times, 0.95), percentile(times, 0.99))
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--services", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--seed", type=int, default=20261127)
    options.add_argument("--var", type=Path, default=VAR, help="where the database is kept")
    options.add_argument("--rebuild", action="store_true", help="also make the table anew")
    options.add_argument("--brief", action="store_true", help="leave the baselines out")
    arguments = options.parse_args()

    with_database(arguments, run)


def with_database(arguments, run) -> None:
    """Run it on the database that is kept under `arguments.var`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "coalition.settings"
    os.environ["COALITION_VAR"] = str(arguments.var)
    from coalition.postgres import server

    with server.running(arguments.var / "postgres"):
        run(arguments)


def run(arguments) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from directory.models import SearchRow, Service
    from directory.places.gazetteer import find
    from directory.search.results import search
    from directory.search.wordlist import recount

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if Service.objects.count() < arguments.services:
        call_command("make_services", str(arguments.services))
    if not SearchRow.objects.exists():
        call_command("rebuild_search")
    recount()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    print(f"{Service.objects.count():,} services, PostgreSQL {version}, fsync {fsync}")
    draw = Draw(arguments.seed)
    client = Client(headers={"accept-encoding": "gzip", "host": "localhost"})

    def select_1(_question) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def page(question) -> None:
        response = client.get("/services/", question)
        assert response.status_code == 200, (response.status_code, question)

    def near_word() -> tuple:
        return draw.word(), find(draw.town()).place

    floor = measure(select_1, dict, arguments.runs)
    textbook = plain = None
    if not arguments.brief:
        baselines.prepare()
        few = max(20, arguments.runs // 10)
        textbook = measure(baselines.textbook, near_word, few)
        plain = measure(baselines.plain_django_way, near_word, few)
    print(
        f"{'':30}{'search p50':>8}{'p95':>6}{'p99':>8}{'page p50':>12}{'p95':>6}{'p99':>8}", end=""
    )
    print(f"{'÷textbook':>12}{'÷plain':>9}{'÷SELECT 1':>11}")
    for name, shape in draw.shapes().items():
        searches = measure(lambda q: search(parameters(q)), shape, arguments.runs)
        pages = measure(page, shape, arguments.runs)
        p95 = percentile(searches, 0.95)
        ratios = "".join(
            f"{p95 / percentile(base, 0.95):11.3f}" if base else f"{'':11}"
            for base in (textbook, plain, floor)
        )
        print(f"{name:28}{figures(searches)}{figures(pages)}{ratios}", flush=True)
    suggest = measure(lambda q: client.get("/suggest/", q), draw.typed, arguments.runs)
    print(f"{'suggestion':28}{'':30}{figures(suggest)}")
    for name, times in (("textbook", textbook), ("plain Django way", plain), ("SELECT 1", floor)):
        if times:
            print(f"{name:28}{figures(times)}")
    throughput(draw)
    if arguments.rebuild:
        start = time.perf_counter()
        call_command("rebuild_search")
        print(f"search made anew in {time.perf_counter() - start:.0f} s")


def parameters(question: dict):
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    for name, value in question.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def throughput(draw: Draw, seconds: float = 10, connections: int = 8) -> None:
    """Pages a second from two workers, with eight connections asking at once."""
    import psutil

    shapes = list(draw.shapes().values())
    paths = ["/services/?" + urlencode(draw.rng.choice(shapes)(), doseq=True) for _ in range(4000)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen([*command, "--workers", "2", "-v0"], cwd=ROOT) as process:
        try:
            wait_for(port)
            done = [0] * connections
            warm = time.monotonic() + 4
            until = warm + seconds

            def ask(which: int) -> None:
                rng = random.Random(which)
                while (now := time.monotonic()) < until:
                    line = http.client.HTTPConnection("127.0.0.1", port)
                    line.request("GET", rng.choice(paths), headers={"Accept-Encoding": "gzip"})
                    response = line.getresponse()
                    response.read()
                    assert response.status == 200, response.status
                    line.close()
                    done[which] += now > warm

            threads = [threading.Thread(target=ask, args=(n,)) for n in range(connections)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            workers = psutil.Process(process.pid).children(recursive=True)
            sizes = [w.memory_info().rss / 2**20 for w in workers if "serve" in w.cmdline()]
            print(f"{sum(done) / seconds:.0f} pages a second from two workers", end="; ")
            print(f"a worker weighs {max(sizes):.0f} MB")
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            line.request("GET", "/healthz/")
            if line.getresponse().status < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("The site did not start.")


if __name__ == "__main__":
    sys.exit(main())
