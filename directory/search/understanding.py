"""From what someone typed to what they look for: words, needs, a place.

"my son is using and we live in kenora" holds a phrase that stands for a need, a place, and
words that say nothing of either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from django.db import connection

from directory.places.gazetteer import Place, fold, place_called

from .dictionary import is_word
from .queries import ENGLISH, FRENCH, quoted
from .spelling import Correction, correct
from .vocabulary import Vocabulary, vocabulary, weak_phrases

TOKEN = re.compile(r"[^\W_]+")
MOST_WORDS = 30  # past these nothing is read: no need takes more
PHRASE = 6  # words in the longest phrase that is looked up
MOST_LEFT_OUT = 6  # words or phrases that are tried without, one at a time
TOWN = 4  # words in the longest name of a town
# A town after one of these is where; without one, only where no need could be meant.
BEFORE_A_TOWN = {"in", "near", "around", "at", "from", "a", "au", "pres", "de", "dans", "vers"}
SMALLEST_TOWN = 3000  # people, for a town that no such word announces
STEMS = """
SELECT tsvector_to_array(to_tsvector(%s, token)), tsvector_to_array(to_tsvector(%s, token)),
    EXISTS (SELECT FROM directory_word WHERE text = folded)
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS typed(token, folded, position)
ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A word as typed, folded, and as each language stems it; empty for its stop words."""

    text: str
    folded: str
    en: str
    fr: str
    known: bool

    @property
    def says_something(self) -> bool:
        return bool(self.en and self.fr)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that belong together, and the facets (`category:naloxone`) they stand for."""

    tokens: tuple[Token, ...]
    facets: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)

    def query(self, mark: str, *, terms: bool) -> str:
        """A tsquery for listings with these words, or, with `terms`, with what they stand for."""
        ways = []
        for stems in (
            dict.fromkeys(token.en for token in self.tokens if token.en),
            dict.fromkeys(token.fr for token in self.tokens if token.fr),
        ):
            if stems:
                ways.append(" & ".join(quoted(mark + stem) for stem in stems))
        if terms:
            ways += [quoted(facet) for facet in self.facets]
        return "(" + " | ".join(f"({way})" for way in dict.fromkeys(ways)) + ")"


@dataclass(frozen=True)
class Question:
    """What to look for. `segments` are wanted all together, or `any_of` them.

    `typed` is what was written; `corrections` which words were put right; `place` the town found
    among the words; `dropped` which words were left out because nothing has them with the rest.
    """

    typed: str = ""
    segments: tuple[Segment, ...] = ()
    corrections: tuple[Correction, ...] = ()
    place: Place | None = None
    place_words: str = ""
    dropped: tuple[str, ...] = ()
    any_of: bool = False

    def __bool__(self) -> bool:
        return bool(self.segments)

    @property
    def text(self) -> str:
        """What is looked for, in words."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def facets(self) -> tuple[str, ...]:
        """The terms the words stand for."""
        return tuple(dict.fromkeys(f for segment in self.segments for f in segment.facets))

    @property
    def meant(self) -> list[tuple[str, ...]]:
        """For each phrase that stands for something, the terms it stands for."""
        return [segment.facets for segment in self.segments if segment.facets]

    def query(self) -> str:
        """What finds it, as a tsquery."""
        return self.joined("", terms=True, joiner=" | " if self.any_of else " & ")

    def joined(self, mark: str, *, terms: bool, joiner: str = " & ") -> str:
        return joiner.join(segment.query(mark, terms=terms) for segment in self.segments)

    @property
    def in_names(self) -> str:
        """Where the service's own name says all of it."""
        return self.joined("=", terms=False)

    @property
    def in_known(self) -> str:
        """Where its name, its terms or who runs it say it; empty where the words stand for
        something, which tells more."""
        return "" if self.facets else self.joined("~", terms=False)

    def relaxed(self) -> list[list[Question]]:
        """The same with less asked for, for when nothing has it all, likeliest first. Of some that
        belong together the one that finds least is nearest to what was asked."""
        needs = tuple(segment for segment in self.segments if segment.facets)
        others = tuple(segment.text for segment in self.segments if not segment.facets)
        found = []
        if needs and others:
            found.append([replace(self, segments=needs, dropped=others)])
        left, dropped = (needs, others) if needs else (self.segments, ())
        if len(left) > 1:
            if len(left) > 2:
                found.append(
                    [
                        replace(
                            self,
                            segments=left[:i] + left[i + 1 :],
                            dropped=(*dropped, left[i].text),
                        )
                        for i in range(min(len(left), MOST_LEFT_OUT))
                    ]
                )
            found.append([replace(self, segments=left, any_of=True, dropped=dropped)])
        return found


@dataclass
class Reading:
    """Words on their way to being understood: which of them are spoken for."""

    tokens: list[Token]
    words: Vocabulary
    taken: list[bool] = field(init=False)

    def __post_init__(self):
        self.taken = [False] * len(self.tokens)

    def free(self, start: int, end: int) -> bool:
        return not any(self.taken[start:end])

    def take(self, start: int, end: int) -> None:
        self.taken[start:end] = [True] * (end - start)

    def phrases(self) -> list[tuple[int, Segment]]:
        """Phrases that stand for a need, the longest first where two overlap."""
        candidates = []
        for language in ("en", "fr"):
            known = self.words.phrases[language]
            said = [(i, stem) for i, t in enumerate(self.tokens) if (stem := getattr(t, language))]
            for first in range(len(said)):
                for last in range(first, min(first + PHRASE, len(said))):
                    stems = tuple(sorted({stem for _i, stem in said[first : last + 1]}))
                    if facets := known.get(stems):
                        candidates.append((said[first][0], said[last][0] + 1, facets))
        candidates.sort(key=lambda c: (c[0] - c[1], c[0]))
        found: dict[tuple[int, int], tuple[str, ...]] = {}
        for start, end, facets in candidates:
            if (start, end) in found:  # in the other language too
                found[start, end] = tuple(dict.fromkeys((*found[start, end], *facets)))
            elif self.free(start, end):
                self.take(start, end)
                found[start, end] = facets
        return [
            (start, Segment(tuple(self.tokens[start:end]), facets))
            for (start, end), facets in found.items()
        ]

    def drop_weak(self) -> None:
        """What people write around what they look for."""
        weak = weak_phrases()
        folded = [token.folded for token in self.tokens]
        for size in range(PHRASE, 0, -1):
            for start in range(len(folded) - size + 1):
                end = start + size
                if self.free(start, end) and tuple(folded[start:end]) in weak:
                    self.take(start, end)

    def town(self) -> tuple[int, int, Place] | None:
        """The last words that name a place, and how many; never words that name a need."""
        for size in range(min(TOWN, len(self.tokens)), 0, -1):
            for start in range(len(self.tokens) - size, -1, -1):
                place = self.town_at(start, start + size)
                if place is not None:
                    return start, start + size, place
        return None

    def town_at(self, start: int, end: int) -> Place | None:
        tokens = self.tokens[start:end]
        if not any(token.says_something or token.folded.isdigit() for token in tokens):
            return None
        place = place_called(" ".join(token.text for token in tokens))
        if place is None or (place.kind == "postal" and len("".join(t.text for t in tokens)) < 3):
            return None
        if start and self.tokens[start - 1].folded in BEFORE_A_TOWN:
            return place
        if place.kind == "postal":
            return place
        if self.is_need(tokens) or place.population < SMALLEST_TOWN:
            return None
        if len(tokens) == 1 and (is_word(tokens[0].folded) or len(tokens[0].folded) < 4):
            return (
                place if len(self.tokens) == 1 and place.population > 10 * SMALLEST_TOWN else None
            )
        return place

    def is_need(self, tokens: list[Token]) -> bool:
        return any(
            tuple(sorted({stem for t in tokens if (stem := getattr(t, language))}))
            in self.words.phrases[language]
            for language in ("en", "fr")
        )


def understand(text: str, *, place_known: bool = False, exact: bool = False) -> Question:
    """What these words look for. `place_known`: no place is sought in them. `exact`: they are
    taken as they stand, neither put right nor left out.

    Two questions of the database, and two more where a word may be misspelt.
    """
    typed = TOKEN.findall(text.replace("’", "'"))[:MOST_WORDS]
    tokens = read(typed)
    if not any(token.en or token.fr for token in tokens):
        return Question(text)
    words = vocabulary()
    place, place_words = None, ""
    if not exact and not place_known:
        reading = Reading(tokens, words)
        if found := reading.town():
            start, end, place = found
            place_words = " ".join(token.text for token in tokens[start:end])
            if start and tokens[start - 1].folded in BEFORE_A_TOWN:
                start -= 1
            tokens = tokens[:start] + tokens[end:]
    corrections: list[Correction] = []
    if not exact:
        tokens, corrections = put_right(tokens, words)
    return Question(
        text, tuple(segments(tokens, words, exact)), tuple(corrections), place, place_words
    )


def read(typed: list[str]) -> list[Token]:
    """Words with their stems."""
    if not typed:
        return []
    folded = [fold(word) for word in typed]
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [ENGLISH, FRENCH, typed, folded])
        return [
            Token(text, key, en[0] if en else "", fr[0] if fr else "", known)
            for text, key, (en, fr, known) in zip(typed, folded, cursor.fetchall(), strict=True)
        ]


def put_right(tokens: list[Token], words: Vocabulary) -> tuple[list[Token], list[Correction]]:
    """The same words with the misspelt ones put right."""
    doubtful = [t.folded for t in tokens if is_doubtful(t, words)]
    if not doubtful:
        return tokens, []
    found = correct(doubtful)
    if not found:
        return tokens, []
    meant = dict(zip(found, read([found[key] for key in found]), strict=True))
    corrections = [Correction(t.text, meant[t.folded].text) for t in tokens if t.folded in meant]
    return [meant.get(t.folded, t) for t in tokens], corrections


def is_doubtful(token: Token, words: Vocabulary) -> bool:
    """Whether nothing we know has this word: no listing, no term, no language."""
    return (
        not token.known
        and len(token.folded) >= 4
        and token.folded.isalpha()
        and token.says_something
        and (token.en,) not in words.phrases["en"]
        and (token.fr,) not in words.phrases["fr"]
        and not is_word(token.folded)
        and place_called(token.text) is None
    )


def segments(tokens: list[Token], words: Vocabulary, exact: bool) -> list[Segment]:
    """The words in their order: phrases that stand for a need, and single words."""
    reading = Reading(tokens, words)
    found = reading.phrases()
    if not exact:
        reading.drop_weak()
    # A stop word of either language says nothing.
    found += [
        (i, Segment((token,)))
        for i, (token, taken) in enumerate(zip(tokens, reading.taken, strict=True))
        if not taken and token.says_something and not is_letter(token)
    ]
    return [segment for _start, segment in sorted(found, key=lambda pair: pair[0])]


def is_letter(token: Token) -> bool:
    """What an apostrophe leaves behind: `m` of "I'm"."""
    return len(token.folded) == 1 and token.folded.isalpha()
