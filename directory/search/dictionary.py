"""What is a word of English or French, whether the catalogue uses it or not.

`data/words_en.txt` and `data/words_fr.txt` hold the words, sorted, a block of them to a line. A
line begins with a whole word; a capital says how many letters the next one shares with the word
before it (A none, B one …) and its other letters follow: `aidantBeBsAaide`. They are searched
where they lie, so that all workers share the pages the kernel keeps.
"""

import mmap
import re
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
FILES = ("words_en.txt", "words_fr.txt")
WORD = re.compile(r"[a-z]{3,}")
FIRST = re.compile(rb"[a-z]+")
NEXT = re.compile(rb"([A-Z])([a-z]*)")


def is_word(text: str) -> bool:
    """Whether a folded word (`directory.places.gazetteer.fold`) is an English or French one.

    Any inflected form counts, and so do people's names and those of countries. Anything that
    is not three or more letters a to z is no word. Never raises; takes some twenty microseconds.
    """
    if not WORD.fullmatch(text):
        return False
    word = text.encode()
    return any(holds(words, word) for words in lists())


@cache
def lists() -> tuple[mmap.mmap, ...]:
    return tuple(opened(DATA / name) for name in FILES)


def opened(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def holds(words: mmap.mmap, word: bytes) -> bool:
    line = line_for(words, word)
    current = FIRST.match(line)[0]
    for shared, rest in NEXT.findall(line):
        if current >= word:
            break
        current = current[: shared[0] - 65] + rest
    return current == word


def line_for(words: mmap.mmap, word: bytes) -> bytes:
    """The last line whose first word is this one or stands before it; else the first line."""
    past = word + b"["  # after the word and a capital, before any longer word
    found, low, high = 0, 0, len(words)  # both ends are always where a line begins
    while low < high:
        middle = (low + high) // 2
        start = words.rfind(b"\n", 0, middle) + 1
        if words[start : start + len(past)] < past:
            found, low = start, words.find(b"\n", middle) + 1
        else:
            high = start
    return words[found : words.find(b"\n", found)]
