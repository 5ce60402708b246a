"""The words of `data/words_en.txt` and `data/words_fr.txt`, from the sources that list them.

English is SCOWL, whose lists are graded by how many dictionaries hold a word. French is the
Hunspell dictionary of Dicollecte: stems with the endings each takes, expanded here. A word too
many is a slip that is never put right, a word too few is a right word "put right"; what is left
out, and why, stands beside each rule. `data/README.md` names versions and licences.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from directory.places.atlas import atlas
from directory.places.gazetteer import fold

from .dictionary import DATA, WORD

SCOWL = Path("usr/share/dict/scowl")
HUNSPELL = Path("usr/share/hunspell")
# Every spelling that somebody in Canada writes, and what each of them allows beside its own.
SPELLINGS = (
    "english", "american", "british", "british_z", "canadian",
    "variant_1", "british_variant_1", "canadian_variant_1",
)  # fmt: skip
# Words that two of twelve dictionaries hold. The next size, 70, adds 36,000 that hardly anyone
# writes (umbriferous, unacademic) and that shield a sixth more slips.
SIZES = (10, 20, 35, 40, 50, 55, 60)
NAME_SIZES = (10, 20, 35, 40, 50)
# Tenses of novels: nobody asks for help in them, and they are a fifth of all forms.
TENSES = {"infi", "ppre", "ppas", "ipre", "iimp", "ipsi", "ifut", "cond", "spre", "simp", "impe"}
LITERARY = {"ipsi", "simp"}
FIRST_NAME, NOUN = "prn", "nom"
BARE_STEM = "()"  # a flag: the stem is no word before it takes an ending
TOWN = 3000  # people, from which a town is found in a question without "in" before it
BLOCK = 16  # words to a line
MOST_SHARED = 25  # letters, for which a capital stands


@dataclass(frozen=True, slots=True)
class Ending:
    """A rule of a Hunspell affix file: `ends` matches a stem that takes this ending."""

    strip: str
    add: str
    ends: re.Pattern
    tags: frozenset[str]


def extract(source: Path) -> dict[str, set[str]]:
    """The words of each language, from a folder into which the Debian packages were unpacked.

    Raises FileNotFoundError with the path that is missing.
    """
    # Each list from one source alone, for each has its own licence.
    found = {
        "en": english(source) | unclaimed_by_towns(english_names(source)),
        "fr": french(source) | unclaimed_by_towns(french_names(source)),
    }
    for language, word, known in by_hand():
        if known:
            found[language].add(word)
        else:
            found[language].discard(word)
    return found


def words_of(texts: Iterable[str]) -> set[str]:
    return {word for text in texts if WORD.fullmatch(word := fold(text))}


def english(source: Path) -> set[str]:
    words = (w for w in scowl(source, "words", SIZES) if w.isalpha())
    # "doesnt": an apostrophe that was not typed.
    return words_of(words) | words_of(scowl(source, "contractions", SIZES))


def english_names(source: Path) -> set[str]:
    """People, peoples, countries, days: "paul" is not "haul", nor "iran" "bran"."""
    kinds = ("upper", "proper-names")
    return words_of(w for k in kinds for w in scowl(source, k, NAME_SIZES) if w.isalpha())


def scowl(source: Path, kind: str, sizes: Iterable[int]) -> Iterator[str]:
    folder = source / SCOWL
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    for spelling, size in product(SPELLINGS, sizes):
        path = folder / f"{spelling}-{kind}.{size}"
        if path.exists():  # not every spelling has words of every kind and size
            yield from path.read_text("latin-1").splitlines()


def french(source: Path) -> set[str]:
    return words_of(
        form
        for form, tags in forms(source)
        if form.islower() and form.isalpha() and not is_literary(tags)
    )


def french_names(source: Path) -> set[str]:
    """First names, and countries and rivers, which the source has among its nouns."""
    return words_of(
        form
        for form, tags in forms(source)
        if form.istitle() and form.isalpha() and tags & {FIRST_NAME, NOUN}
    )


def is_literary(tags: frozenset[str]) -> bool:
    tenses = tags & TENSES
    return bool(tenses) and tenses <= LITERARY


def forms(source: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Each stem and all it becomes with an ending, with what grammar says of the form.

    Elisions (`l'`, `qu'`) are prefixes in the source and are left aside: a question is split at
    its apostrophes.
    """
    endings = read_endings(source / HUNSPELL / "fr.aff")
    with (source / HUNSPELL / "fr.dic").open(encoding="utf-8") as file:
        next(file)  # how many there are
        for line in file:
            entry, *said = line.split()
            stem, _slash, flags = entry.partition("/")
            flags = [flags[i : i + 2] for i in range(0, len(flags), 2)]
            tags = grammar(said)
            if BARE_STEM not in flags:
                yield stem, tags
            for ending in (e for flag in flags for e in endings.get(flag, ())):
                if ending.ends.search(stem):
                    base = stem.removesuffix(ending.strip)
                    yield base + ending.add, tags | ending.tags


def read_endings(path: Path) -> dict[str, list[Ending]]:
    found = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for line in file:
            match line.split():
                # `SFX a0 er ons/n'q' [^cg]er po:ipre po:1pl`; a rule's heading has four words.
                case ["SFX", flag, strip, add, ends, *said]:
                    found[flag].append(
                        Ending(
                            "" if strip == "0" else strip,
                            "" if (added := add.partition("/")[0]) == "0" else added,
                            re.compile(f"(?:{ends})$"),
                            grammar(said),
                        )
                    )
    return dict(found)


def grammar(said: list[str]) -> frozenset[str]:
    return frozenset(tag.partition(":")[2] for tag in said if tag.startswith("po:"))


def unclaimed_by_towns(names: set[str]) -> set[str]:
    """Names but those of towns: a question's last word is taken for a place before a word."""
    return {
        name
        for name in names
        if not any(atlas().towns[n].population >= TOWN for n in atlas().named.get(name, ()))
    }


def by_hand() -> list[tuple[str, str, bool]]:
    """Language, word, and whether it is one."""
    with (DATA / "words_by_hand.csv").open(encoding="utf-8", newline="") as file:
        return [(r["language"], r["word"], r["known"] == "1") for r in csv.DictReader(file)]


def lines(words: Iterable[str]) -> Iterator[str]:
    """The words as `dictionary` reads them."""
    ordered = sorted(words)
    for start in range(0, len(ordered), BLOCK):
        before, *others = ordered[start : start + BLOCK]
        line = [before]
        for word in others:
            shared = letters_shared(before, word)
            line += [chr(65 + shared), word[shared:]]
            before = word
        yield "".join(line) + "\n"


def letters_shared(a: str, b: str) -> int:
    most = min(len(a), len(b), MOST_SHARED)
    return next((i for i in range(most) if a[i] != b[i]), most)


def write(found: dict[str, set[str]]) -> None:
    for language, words in found.items():
        text = "".join(lines(words))
        (DATA / f"words_{language}.txt").write_text(text, encoding="ascii", newline="\n")
