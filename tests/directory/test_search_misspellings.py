"""Misspelt words in plenty, over the sample catalogue."""

import random

from directory.models import Word
from directory.search.dictionary import is_word
from directory.search.spelling import correct
from directory.search.understanding import understand
from directory.search.wordlist import recount

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slip(word: str, rng: random.Random) -> str:
    """The word with one letter left out, put in, wrong, or two neighbours swapped."""
    at = rng.randrange(len(word))
    match rng.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + rng.choice(LETTERS) + word[at:]
        case 2:
            return word[:at] + rng.choice(LETTERS) + word[at + 1 :]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def test_nineteen_misspellings_in_twenty_are_put_right(sample, capsys):
    """300 slips in the words people search by, with a seed that was not used to tune anything."""
    recount()
    rng = random.Random(20261126)
    words = [
        text
        for text in Word.objects.order_by("text").values_list("text", flat=True)
        if len(text) >= 5 and text.isascii()
    ]
    weights = dict(Word.objects.values_list("text", "services"))
    slips = []
    while len(slips) < 300:
        word = rng.choices(words, [weights[w] for w in words])[0]
        typed = slip(word, rng)
        # What is itself a word was not misspelt.
        if typed != word and typed not in weights and not is_word(typed):
            slips.append((word, typed))
    right, wrong = 0, []
    shown = dict(Word.objects.values_list("text", "shown"))
    for word, typed in slips:
        meant = correct([typed]).get(typed)
        if meant == shown[word]:
            right += 1
        else:
            wrong.append((word, typed, meant))
    with capsys.disabled():
        print(f"\n{right / 300:.1%} of 300 misspellings put right")
    assert right >= 285, wrong


def test_no_word_of_the_catalogue_is_corrected(sample):
    for text in Word.objects.order_by("text").values_list("text", flat=True)[::40]:
        assert understand(text, place_known=True).corrections == (), text
