"""A weekly look at what anyone can see to be wrong: links that do not open, phone numbers that
cannot be."""

import http.client
import ipaddress
import re
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from directory.interchange.publication import public_listings
from directory.interchange.read import batches, read_listings
from directory.interchange.sample import FICTIONAL_SOURCES
from directory.interchange.subjects import SUBJECTS
from directory.models import Service, SourceRecord, Subject
from directory.models.enums import PhoneType

from .enums import ProblemKind
from .models import Problem

BATCH = 500
HOSTS_AT_ONCE = 8
SECONDS = 10  # for a host to answer
REDIRECTS = 5
PORTS = {None, 80, 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last four bytes
# It is there, and does not want to be read by a machine, or not now.
THERE = {401, 403, 405, 406, 418, 429, 451, 503, 999}
ASK_AGAIN = {400, 403, 404, 405, 406, 410, 500, 501, 502, 503}  # some answer HEAD wrongly
LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
SHORT = re.compile(r"[2-9]11|988")


@dataclass(frozen=True)
class Said:
    """Something that is shown and can be looked at: what the record of this identifier says, a
    listing or another `subject` of an `organization`."""

    record: str
    kind: str
    value: str
    text_message: bool = False
    fiction: bool = False
    subject: str = Subject.SERVICE.value
    organization: str = ""


@dataclass
class Looked:
    """What a look has found: problems by (record, kind, value), and how much was looked at. Whose
    the records are that are no listings stands in `others`: subject and organization."""

    links: int = 0
    phones: int = 0
    problems: dict[tuple[str, str, str], str] = field(default_factory=dict)
    others: dict[str, tuple[str, str]] = field(default_factory=dict)


# What is looked at beside listings; rooms add theirs.
SOURCES: list[Callable[[], Iterable[Said]]] = []


def register_source(source: Callable[[], Iterable[Said]]) -> None:
    """Called once by each room that shows links or numbers, when the site starts."""
    SOURCES.append(source)


def look(allowed: Callable[[str], bool] | None = None) -> Looked:
    """Look at all that is shown, and write down what is wrong now, and only that.

    `allowed` says which network addresses may be asked; without it, public ones.
    """
    found = [*said(), *(one for source in SOURCES for one in source())]
    looked = Looked()
    looked.others = {
        one.record: (one.subject, one.organization) for one in found if one.organization
    }
    by_url: dict[str, list[Said]] = defaultdict(list)
    for one in found:
        if one.kind == ProblemKind.PHONE:
            looked.phones += 1
            if why := phone_problem(one.value, texts=one.text_message, fiction=one.fiction):
                looked.problems[one.record, one.kind, one.value] = why
        elif not one.fiction:
            by_url[one.value].append(one)
    looked.links = len(by_url)
    answers = ask(by_url, allowed or is_public)
    for url, why in answers.items():
        for one in by_url[url] if why else ():
            looked.problems[one.record, one.kind, one.value] = why
    # Where nothing at all answers, it is this machine that is cut off.
    cut_off = len(answers) > 1 and all(why == UNREACHED for why in answers.values())
    keep(looked, links_too=not cut_off)
    return looked


def said() -> Iterator[Said]:
    """Links and numbers of every listing that is shown; of an organization, with one listing."""
    ids = Service.objects.published().order_by("pk").values_list("pk", flat=True)
    invented = SourceRecord.objects.filter(source__in=FICTIONAL_SOURCES)
    fiction = set(map(str, invented.values_list("service", flat=True)))
    organizations = set()
    for chunk in batches(ids.iterator(), BATCH):
        for document in public_listings(chunk):
            organization = document["organization"]
            if organization["id"] in organizations:
                document = {k: v for k, v in document.items() if k != "organization"}
            organizations.add(organization["id"])
            pk = document["id"]
            yield from dict.fromkeys(said_in(document, pk, pk in fiction))


def said_in(value, record: str, fiction: bool, key: str = "") -> Iterator[Said]:
    """What a document says of links and numbers."""
    if isinstance(value, list):
        for item in value:
            yield from said_in(item, record, fiction, key)
    elif isinstance(value, dict):
        if key == "phones":
            texts = value.get("type") == PhoneType.TEXT
            yield Said(record, ProblemKind.PHONE.value, value["number"], texts, fiction)
        for name, item in value.items():
            if name in ("url", "website") and isinstance(item, str) and item:
                yield Said(record, ProblemKind.LINK.value, item, fiction=fiction)
            elif isinstance(item, dict | list):
                yield from said_in(item, record, fiction, name)


@transaction.atomic
def keep(looked: Looked, *, links_too: bool) -> None:
    """Write down what is wrong; forget what is mended or not shown any more."""
    now = timezone.now()
    kinds = [ProblemKind.PHONE, *([ProblemKind.LINK] if links_too else [])]
    wrong = {key: why for key, why in looked.problems.items() if key[1] in kinds}
    known = {
        (str(problem.about_id), problem.kind, problem.value): problem.pk
        for problem in Problem.objects.select_for_update().filter(kind__in=kinds).order_by("pk")
    }
    Problem.objects.filter(pk__in=[known[key] for key in known.keys() - wrong.keys()]).delete()
    listings = {key[0] for key in wrong} - looked.others.keys()
    there = Service.objects.filter(pk__in=listings).values_list("pk", flat=True)
    shown = set(map(str, there))
    of_listings, of_others = [], []
    for (record, kind, value), why in wrong.items():
        problem = Problem(kind=kind, value=value, said=why, seen_at=now)
        if record in looked.others:
            problem.record_id = record
            problem.subject, problem.organization_id = looked.others[record]
            of_others.append(problem)
        elif record in shown:
            problem.service_id = record
            of_listings.append(problem)
    for problems, key in ((of_listings, "service"), (of_others, "record_id")):
        Problem.objects.bulk_create(
            problems,
            batch_size=500,
            update_conflicts=True,
            unique_fields=[key, "kind", "value"],
            update_fields=["said", "seen_at"],
        )


@transaction.atomic
def forget_mended(record_id, subject: str = Subject.SERVICE) -> None:
    """Forget what was wrong with a listing, with those of an organization, or with what else it
    is, and is not said any more: who has put it right does not read of it until the next look."""
    of = {Subject.SERVICE: "service", Subject.ORGANIZATION: "service__organization"}
    known = Problem.objects.filter(**{of.get(subject, "record_id"): record_id})
    problems = list(known.select_for_update(of=("self",)).order_by("pk"))
    if not problems:
        return
    ids = {problem.about_id for problem in problems}
    read = read_listings if subject in of else SUBJECTS[subject].read
    still = {
        (document["id"], one.value)
        for document in read(ids)
        for one in said_in(document, document["id"], fiction=False)
    }
    gone = [one.pk for one in problems if (str(one.about_id), one.value) not in still]
    Problem.objects.filter(pk__in=gone).delete()


def forget(record_id) -> None:
    """Forget what was wrong with something that is not a listing and is not shown any more."""
    Problem.objects.filter(record_id=record_id).delete()


# Phone numbers, by the rules of the North American Numbering Plan (NANPA; CRTC for Canada).


def phone_problem(number: str, *, texts: bool = False, fiction: bool = False) -> str:
    """Why this cannot be a phone number; empty where it can."""
    plain = number.upper().translate(LETTERS)
    digits = "".join(c for c in plain if c.isascii() and c.isdigit())
    if number.strip().startswith("+") and not digits.startswith("1"):
        return "" if 8 <= len(digits) <= 15 else "wrong-length"
    if SHORT.fullmatch(digits):
        return ""
    if texts and 5 <= len(digits) <= 6:
        return ""
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != 10:
        return "wrong-length"
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    if area[0] in "01" or area[1:] == "11" or area[1] == "9":
        return "no-such-area-code"
    if exchange[0] in "01" or exchange[1:] == "11":
        return "no-such-exchange"
    if exchange == "555" and line.startswith("01") and not fiction:
        return "for-fiction-only"
    return ""


# Links.

UNREACHED = "unreached"
BROKEN = (OSError, http.client.HTTPException, ValueError, UnicodeError)


def ask(urls: Iterable[str], allowed: Callable[[str], bool]) -> dict[str, str]:
    """What is wrong with each of these links, empty where nothing is. Hosts side by side, the
    links of one host one after the other."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[host_of(url)].append(url)

    def one_host(some: list[str]) -> list[tuple[str, str]]:
        return [(url, link_problem(url, allowed)) for url in some]

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        return dict(pair for pairs in pool.map(one_host, by_host.values()) for pair in pairs)


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def link_problem(url: str, allowed: Callable[[str], bool]) -> str:
    """Why this link does not open: a status, or in a word; empty where it does."""
    try:
        status = opened(url, "HEAD", allowed)
        if status in ASK_AGAIN:
            status = opened(url, "GET", allowed)
    except NotAllowed:
        return "not-public"
    except TooManyRedirects:
        return "redirects"
    except ssl.SSLError:
        return "certificate"
    except BROKEN:
        return UNREACHED
    return "" if status < 400 or status in THERE else str(status)


class NotAllowed(Exception):
    """Not on the public network, or not the web."""


class TooManyRedirects(Exception):
    """It leads from one address to the next without end."""


def opened(url: str, method: str, allowed: Callable[[str], bool]) -> int:
    """The status of what the link leads to in the end. Nothing of it is read."""
    for _step in range(REDIRECTS + 1):
        status, further = request(url, method, allowed)
        if not further:
            return status
        url = urljoin(url, further)
    raise TooManyRedirects


def request(url: str, method: str, allowed: Callable[[str], bool]) -> tuple[int, str]:
    """One step: its status, and where it leads further."""
    parts = urlsplit(url)
    port = parts.port
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowed
    if port not in PORTS and allowed is is_public:
        raise NotAllowed
    host = parts.hostname.encode("idna").decode()
    port = port or (443 if parts.scheme == "https" else 80)
    connection = Pinned(host, port, allowed, secure=parts.scheme == "https")
    try:
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
        connection.request(method, target, headers={"User-Agent": agent(), "Accept": "*/*"})
        response = connection.getresponse()
        further = response.getheader("Location", "") if 300 <= response.status < 400 else ""
        return response.status, further
    finally:
        connection.close()


def agent() -> str:
    """Who asks, and where to complain."""
    name = re.sub(r"[^A-Za-z0-9]+", "", settings.SITE_NAME) or "Directory"
    return f"{name}-link-check/1.0 (+{settings.SITE_URL}/about/)"


class Pinned(http.client.HTTPConnection):
    """A connection to a network address that was looked at first: a name that answers otherwise a
    moment later cannot lead it elsewhere."""

    def __init__(self, host: str, port: int, allowed: Callable[[str], bool], *, secure: bool):
        super().__init__(host, port, timeout=SECONDS)
        self.allowed = allowed
        self.secure = secure
        self.default_port = 443 if secure else 80

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [entry[4][0] for entry in found]
        if not addresses or not all(self.allowed(address) for address in addresses):
            raise NotAllowed
        self.sock = socket.create_connection((addresses[0], self.port), self.timeout)
        if self.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def is_public(address: str) -> bool:
    """Whether this is out on the internet: no machine of ours, of a neighbour, or of a cloud."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 6:
        if found in NAT64:
            found = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
        else:
            found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast and not found.is_reserved
