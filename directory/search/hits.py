"""Everything that fits the words, the place and the moment, held as two arrays of whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .facets import Choice, Counts, count, fitting, shares
from .ranking import KNOWN, NAMED, NUMBER, SAID, TERM


def worth(kilometres: float) -> int:
    """Kilometres as a key adds them."""
    return int(1000 * kilometres) << 32


BY_NAME, BY_KNOWN, BY_TEXT = worth(NAMED), worth(KNOWN), worth(SAID)
NONE = np.zeros(0, np.int64)


@dataclass
class Hits:
    """Services found. `keys` (int64): an order (metres, or classes of fit) times 2³², plus the
    service's number; least first. `sets` (int32): its combination of facets. One of each for each
    service: the least of its rows'. `several`: numbers of services with more than one row."""

    keys: np.ndarray = field(default_factory=lambda: NONE)
    sets: np.ndarray = field(default_factory=lambda: NONE)
    several: np.ndarray = field(default_factory=lambda: NONE)
    capped: bool = False

    @classmethod
    def packed(cls, keys: np.ndarray | None, sets: np.ndarray | None) -> Hits:
        """From rows, where a set below zero says that the service has more than one."""
        if keys is None or sets is None:
            return cls()
        several = sets < 0
        if not several.any():
            return cls(keys, sets)
        own_keys, own_sets = keys[several], -sets[several]
        numbers = own_keys & NUMBER
        order = np.lexsort((own_keys, numbers))
        numbers = numbers[order]
        first = np.ones(len(numbers), bool)
        first[1:] = numbers[1:] != numbers[:-1]
        least = order[first]
        return cls(
            np.concatenate((keys[~several], own_keys[least])),
            np.concatenate((sets[~several], own_sets[least])),
            numbers[first],
        )

    def put_back(self, named: np.ndarray, known: np.ndarray, meant: list[tuple[str, ...]]) -> None:
        """Order by how well the words fit as well.

        `named` and `known` are numbers of services (`Question.in_names`, `in_known`); `meant` the
        facets each of the words stands for. Who offers a part of what is meant stands between
        those who offer it all and those who only mention it.
        """
        if not len(self):
            return
        ids = np.flatnonzero(np.bincount(self.sets))
        by_set = np.full(ids[-1] + 1, BY_TEXT)
        by_set[ids] = [worth(SAID - share * (SAID - TERM)) for share in shares(ids, meant)]
        fit = by_set[self.sets]
        numbers = self.keys & NUMBER
        fit[np.isin(numbers, known)] = BY_KNOWN
        fit[np.isin(numbers, named)] = BY_NAME
        self.keys = self.keys + fit

    def fitting(self, choice: Choice) -> tuple[Hits, Counts]:
        """Those that fit what was chosen, and what each other choice would give."""
        services = np.bincount(self.sets)
        ids = np.flatnonzero(services)
        fits, counts = count(ids, services[ids], choice)
        return self.of_sets(ids[fits]) if choice else self, counts

    def only(self, choice: Choice) -> Hits:
        """Those that fit what was chosen."""
        if not choice:
            return self
        ids = np.flatnonzero(np.bincount(self.sets))
        return self.of_sets(ids[fitting(ids, choice)])

    def of_sets(self, ids: np.ndarray) -> Hits:
        kept = np.zeros(self.sets.max(initial=0) + 1, bool)
        kept[ids] = True
        fits = kept[self.sets]
        return Hits(self.keys[fits], self.sets[fits], self.several, self.capped)

    def __len__(self) -> int:
        return len(self.keys)

    def first(self, how_many: int) -> list[int]:
        """The least keys, in order."""
        keys = self.keys
        if how_many < len(keys):
            keys = np.partition(keys, how_many)[:how_many]
        return np.sort(keys).tolist()

    def stored(self, keys: list[int]) -> list[int]:
        """The numbers of these keys as rows hold them."""
        numbers = np.array(keys, np.int64) & NUMBER
        return np.where(np.isin(numbers, self.several), -numbers, numbers).tolist()
