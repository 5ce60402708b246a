"""Names of organizations and places as sources write them: language, capitals, sameness. Pure."""

import re
import unicodedata


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that tell one language from the other. What both have (centre, service, mental) is absent.
ENGLISH_WORDS = words(
    "aboriginal access addiction addictions aid and association at by care children's clinic "
    "committee community council family for friendship health healthcare home hospital house "
    "housing in network of organization outreach primary program society south street support "
    "the to treatment with women's youth"
)
FRENCH_WORDS = words(
    "au aux avec bureau conseil de des du en équipe et hôpital hygiène jeunesse la le les maison "
    "pour réadaptation santé sida sur toxicomanie une vih"
)
ACCENTED = re.compile("[éèêëàâîïôûùç]", re.IGNORECASE)
ELISION = re.compile(r"\b[dl]['’]\w", re.IGNORECASE)

ENGLISH_SMALL = words("and at by for from in of on or to with")
FRENCH_SMALL = words("à au aux avec de des du en et par pour sur")
ARTICLES = words("a an the la le les")
SMALL = ENGLISH_SMALL | FRENCH_SMALL | ARTICLES
OPENING = ("-", "–", ":", "(", "/")

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
INVERTED_ARTICLE = re.compile(r"^(?P<name>.+?),\s+(?P<article>The|La|Le|Les)$", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\(([A-Za-z.]{2,12})\)")
NUMBERED_COMPANY = re.compile(
    r"^\d{5,}\s+(?:Ontario|Canada|Québec|Quebec)\b[\s.,]*(?:Inc|Ltd|Limited|Corp|Ltée)?\.?$",
    re.IGNORECASE,
)
DATED_REMARK = re.compile(r"\s*\([^()]*\beffective\b[^()]*\)", re.IGNORECASE)
STORE_NUMBER = re.compile(r"\s+(?:#|No\.?\s*)?\d{2,}(?:/\d+)?$|\s*#\d+$")


def reads_as_french(text: str) -> bool:
    """Whether a name is in French and not in English, as far as its words tell."""
    found = set(re.findall(r"[^\W\d_]+(?:['’]s\b)?", text.lower()))
    return not found & ENGLISH_WORDS and bool(
        found & FRENCH_WORDS or ACCENTED.search(text) or ELISION.search(text)
    )


def split_languages(text: str) -> tuple[str, str]:
    """`(English, French)` from `Health Centre / Centre de santé`; no French if it is one name.

    A slash splits only where both sides are names of at least two words, one of them reads as
    French and the other does not: `HIV/AIDS Network`, `Jane/Finch Centre` and
    `Muskoka / Parry Sound` stay whole.
    """
    sides = [side.strip() for side in text.split("/")]
    if len(sides) == 2 and all(len(WORD.findall(side)) > 1 for side in sides):
        match [reads_as_french(side) for side in sides]:
            case [False, True]:
                return sides[0], sides[1]
            case [True, False]:
                return sides[1], sides[0]
    return text, ""


def straightened(name: str) -> str:
    """`The Ottawa Hospital` from `Ottawa Hospital, The`."""
    found = INVERTED_ARTICLE.match(name)
    return f"{found['article']} {found['name']}" if found else name


def is_numbered_company(name: str) -> bool:
    """`2324317 Ontario Ltd.`: who owns a place on paper, and nothing that helps to find it."""
    return bool(NUMBERED_COMPANY.match(name))


def without_remarks(name: str) -> str:
    """`Erie Shores Healthcare` from `Erie Shores Healthcare (Hospital Effective Nov.7/23)`."""
    return DATED_REMARK.sub("", name).strip()


def without_store_number(name: str) -> str:
    """`Rexall` from `Rexall #1008`; a name that is only a number stays."""
    return STORE_NUMBER.sub("", name).strip() or name


def cased(name: str, acronyms: frozenset[str] = frozenset()) -> str:
    """A name with capitals where they belong, from one with a capital on every word or letter.

    Small words inside a name become small (`of`, `and`; in French `de`, `et`). `acronyms`, each
    written as it should be read, and those that a name spells out itself get their capitals:
    `Canadian Mental Health Association (CMHA)`. `Mcnabb` is McNabb. A name all in capitals is
    given one capital a word first.
    """
    letters = [character for character in name if character.isalpha()]
    if len(letters) > 8 and name == name.upper():
        name = re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda found: found[0].capitalize(), name)
    french = reads_as_french(name)
    small = FRENCH_SMALL if french else ENGLISH_SMALL
    if words(name.lower()) & {"de", "du", "des", "santé", "à"}:
        small = small | FRENCH_SMALL
    result: list[str] = []
    for word in name.split():
        lower = word.lower()
        if not result or result[-1].endswith(OPENING):
            result.append(word)
        elif lower in small or (lower in ARTICLES and result[-1] in small):
            result.append(lower)
        elif french and ELISION.match(word):
            result.append(word[0].lower() + word[1:])
        else:
            result.append(word)
    name = mc_capitals(" ".join(result))
    known = {acronym.lower(): acronym for acronym in acronyms}
    name = WORD.sub(lambda found: known.get(found[0].lower(), found[0]), name)
    return IN_BRACKETS.sub(lambda found: f"({spelled_out(found[1], name[: found.start()])})", name)


def mc_capitals(text: str) -> str:
    """`McNabb` from `Mcnabb`."""
    return re.sub(r"\bMc([a-zà-ÿ])(?=[a-zà-ÿ]{2})", lambda found: f"Mc{found[1].upper()}", text)


def spelled_out(short: str, long: str) -> str:
    """`CMHA` from `Cmha` after `Canadian Mental Health Association`; else as it was.

    Its letters must be the first letters of the words before it, in order and to the last one;
    only small words may be passed over.
    """
    wanted = short.replace(".", "").lower()
    before = re.findall(r"[^\W\d_]+", re.sub(r"['’]s\b", "", long.lower()))
    for start, first in enumerate(before):
        if first[0] != wanted[0]:
            continue
        rest = wanted
        for word in before[start:]:
            if rest.startswith(word[0]):
                rest = rest[1:]
            elif word not in SMALL:
                break
        else:
            if not rest:
                return short.upper()
    return short


def key(text: str) -> str:
    """Names that people would take for the same have the same key.

    Case, accents, punctuation, Inc., The and a short form in brackets do not count.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\([a-z.\s-]{2,12}\)", " ", plain).replace("&", " and ")
    found = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))
    return " ".join(w for w in found if w not in {"inc", "incorporated", "the"}) or plain.strip()


def common_start(names: list[str]) -> str:
    """The words with which all of these begin: `Guelph Community Health Centre` for its sites.

    A small word, a sign or an opened bracket at its end is left to the rest. Empty below two
    words, which are too few to be a name.
    """
    split = [name.split() for name in names]
    start: list[str] = []
    for column in zip(*split, strict=False):
        if len({key(word) for word in column}) > 1:
            break
        start.append(column[0])
    while start and (start[-1].lower() in SMALL or not key(start[-1])):
        start.pop()
    return " ".join(start).rstrip(" -–:,(") if len(start) > 1 else ""


def rest_of(name: str, start: str) -> str:
    """What a name says beyond its start: `Leamington` of `Essex Health Centre (Leamington)`."""
    rest = " ".join(name.split()[len(start.split()) :]).strip(" -–:,")
    return rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
