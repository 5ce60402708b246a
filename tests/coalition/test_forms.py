"""Every form of the site: empty, too long, hostile, stale, sent twice, without its token.

A clear message beside the field, nothing typed lost, nothing done twice. The list of addresses is
the site's own (`test_roles`); `where_forms_are` says on which page the form of each one stands.
"""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from types import SimpleNamespace

import html5lib
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import override

from coalition.listings import actions as listings
from coalition.listings.forms.parts import MOST_ROWS
from coalition.mail.models import Message
from tests.coalition import scene as scenes
from tests.coalition.filled import Form, Page, one_line
from tests.coalition.test_roles import ADDRESSES, TABLE
from tests.coalition.where_forms_are import HERE, STANDS, Stand, logged_in
from tests.people import member, person
from tests.uploads import HEIC

PLACES = "service_at_locations"
SHARES = 4  # each makes its own scene; together they take every form
# Signing in and limits of tries are remembered whatever becomes of a form; so is a file that was
# chosen, for a week, lest it has to be chosen again; words follow the rest.
ASIDE = (
    "django_session",
    "coalition_cache",
    "directory_word",
    "coalition_storedfile",
    "coalition_filepiece",
)
LONG = "x" * 10_001
SCRIPT = "<script>alert(1)</script>"
ODD = (
    f"{SCRIPT}\"'&amp;\x07\x1b[31m\r\nBcc: x 🙂 \u202egnp\u202c e\u0301 \ufffe %(x)s {{{{ 7*7 }}}}"
)
NO_CHOICE = "no-such-thing\0"
NO_NUMBER = "9" * 5000
NO_PASSKEYS = (NO_NUMBER, "[" * 90_000, '{"id": 1}', '{"id": "x", "rawId": "x", "response": {}}')
# Buttons that each row has: where there is no such row the form is kept as by any other.
OF_ROWS = ("add", "remove", "step")
# Here it is as if nothing was chosen: a term that is none, hours that are neither open nor by
# appointment, a reason to begin with where one was written.
AS_NONE = re.compile(r"terms|week-.*|canned")
# The link that was mailed is itself the token.
LINK_IS_TOKEN = {"coalition:check"}
# Each time others are made, and the page shows the last.
MADE_ANEW = {"mfa_generate_recovery_codes"}
DAY_OR_NUMBER = re.compile(r"[0-9a-f-]{36}|\d+|(?<=-)[A-Z]{2}(?=-)")
# What tells how things stood when the page was opened.
WORDS = re.compile(r"(name|what|who|note|reason|description|alert|title)(_fr)?$")
STANDING = ("revision", "was", "round", "seen", "version")


def takes_a_form() -> list[str]:
    """Addresses that take POST: as the table of roles says, which is compared with the site; and
    one whose links are made by mails only."""
    return sorted({name for method, name in TABLE if method == "POST"} | {"account_confirm_email"})


def test_every_address_that_takes_a_form_is_swept():
    assert sorted(STANDS) == takes_a_form()


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_a_form_says_what_is_wrong_loses_nothing_and_does_nothing_twice(share):
    stage = scenes.scene()
    stage.addresses = ADDRESSES
    stage.everything = Everything()
    stage.strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    stage.browsers = {role: logged_in(user) for role, user in stage.people.items()}
    wrong = []
    for name in takes_a_form()[share::SHARES]:
        with scenes.undone():
            wrong += [f"{name}: {what}" for what in swept(stage, name)]

    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.django_db
def test_what_was_written_into_a_form_without_its_token_can_be_copied():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person())
    sent = {"name": "Jo <b>from</b> the harbour", "language": "en", "password": "a secret of mine"}

    ours = strict.post("/accounts/me/", sent, headers=HERE).content.decode()
    theirs = strict.post("/accounts/me/", sent, headers={"sec-fetch-site": "cross-site"})

    html5lib.HTMLParser(strict=True).parse(ours)
    assert "Jo &lt;b&gt;from&lt;/b&gt; the harbour" in ours
    assert "a secret" not in ours
    assert "the harbour" not in theirs.content.decode()


@pytest.mark.django_db
def test_a_listing_with_as_many_places_as_a_page_takes_can_be_sent(client):
    owner = person()
    draft = listings.start_draft(member(owner=owner), by=owner)
    client.force_login(owner)
    address = reverse("coalition:draft_section", args=[draft.pk, "where"])
    (page,) = (
        one
        for one in Page(client.get(f"{address}?add={PLACES}"), address).forms()
        if one.address == "coalition:draft_section"
    )
    sent = page.values() | {f"{PLACES}-count": [str(MOST_ROWS)]}
    rows = {name: text for name, text in sent.items() if name.startswith(f"{PLACES}-0-")}
    for n in range(MOST_ROWS):
        sent |= {name.replace("-0-", f"-{n}-", 1): text for name, text in rows.items()}
        sent[f"{PLACES}-{n}-address-city"] = [f"Town {n}"]

    assert client.post(address, sent).status_code == 302

    draft.refresh_from_db()
    assert len(draft.document[PLACES]) == MOST_ROWS


def swept(stage, name: str) -> Iterator[str]:
    """What is wrong with the forms of one address."""
    stand = STANDS[name]
    if stand is None:
        yield from takes_nothing(stage, name)
        return
    client = like(stage.browsers[stand.role])
    if stand.ready:
        stand.ready(stage, client)
    forms = opened(stage, client, name, stand)
    if not forms:
        yield "no page has a form for it"
    before, known = stage.everything(), set()
    for form in forms:
        # What is alike on several pages, of different things, is looked at once.
        for rule in RULES if form.shape not in known else (sent_twice,):
            for what in rule(Trial(stage, client, form, stand, before)):
                yield f"{form.action}: {rule.__name__}: {what}"
        known.add(form.shape)


def takes_nothing(stage, name: str) -> Iterator[str]:
    """No page leads here with a form: whatever is sent changes nothing."""
    before = stage.everything()
    address = reverse(name, kwargs=scenes.arguments(stage, name, ADDRESSES[name]))
    for role in ("visitor", "coordinator"):
        response = like(stage.browsers[role]).post(address, {"name": ODD, "pk": "\0"})
        if response.status_code >= 500 or stage.everything() != before:
            yield f"{response.status_code}"


def like(browser: Client) -> Client:
    """Another window of the same browser."""
    client = Client(raise_request_exception=False, headers=HERE)
    client.handler = browser.handler  # which is slow to make
    client.cookies = cookies(browser)
    return client


def cookies(browser: Client) -> SimpleCookie:
    """A copy: what one window is given must not reach the others."""
    return SimpleCookie({name: one.value for name, one in browser.cookies.items()})


def opened(stage, client: Client, name: str, stand: Stand) -> list[Form]:
    """One form of each kind that goes to this address, on the pages where it stands."""
    own = reverse(name, kwargs=scenes.arguments(stage, name, ADDRESSES[name]))
    found = {}
    # A page was opened a while before its form is sent.
    with time_machine.travel(timezone.now() - timezone.timedelta(seconds=10)):
        for page in stand.pages(stage) if stand.pages else [own]:
            url, answer = page(client) if callable(page) else (page, client.get(page))
            for form in sorted(Page(answer, url).forms(), key=lambda one: one.action != own):
                if form.address == name:
                    found.setdefault((page, form.shape), form)
    return list(found.values())


class Everything:
    """All that the database holds, in short: how many rows a table has, and a sum of them.

    After the first time only the tables are read that this transaction has written to.
    """

    def __init__(self):
        self.known = self.read("pg_stat_user_tables", "TRUE")

    def __call__(self) -> dict[str, list]:
        touched = "n_tup_ins + n_tup_upd + n_tup_del > 0"
        return self.known | self.read("pg_stat_xact_user_tables", touched)

    def read(self, tables: str, which: str) -> dict[str, list]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT relname FROM {tables} WHERE relname != ALL(%s) AND {which}", [list(ASIDE)]
            )
            questions = [
                f"SELECT '{name}', count(*), sum(hashtextextended(row::text, 0)) FROM {name} row"
                for (name,) in cursor.fetchall()
            ]
            cursor.execute(" UNION ALL ".join(questions))
            return {name: rest for name, *rest in cursor.fetchall()}


class Trial:
    """One form with what is sent of it."""

    def __init__(self, stage: SimpleNamespace, client: Client, form: Form, stand: Stand, before):
        self.stage, self.client, self.form, self.before = stage, client, form, before
        self.fill = stand.fill(stage) if callable(stand.fill) else stand.fill

    def whole(self) -> dict[str, list[str]]:
        """What somebody sends who fills it in as they should."""
        sent = self.form.values()
        for name in dict.fromkeys(one.name for one in self.form.controls if one.kind != "hidden"):
            if name in self.fill:
                sent[name] = self.every(name) if self.fill[name] is None else [self.fill[name]]
        return sent

    def every(self, name: str) -> list[str]:
        """All boxes ticked, or the last of a list chosen."""
        controls = self.form.of(name)
        if controls[0].kind != "select":
            return [one.value for one in controls]
        return [[one.get("value") for one in controls[0].element.iter("option")][-1]]

    def buttons(self) -> list[dict[str, list[str]]]:
        """Each button that does something of its own."""
        found = {}
        for one in self.form.buttons:
            if one.element.get("aria-hidden"):
                continue  # what the Enter key presses: another one of the same
            value = one.element.get("value", "")
            key = one.name if one.name in OF_ROWS else (one.name, value)
            found.setdefault(key, {one.name: [value]} if one.name else {})
        return list(found.values()) or [{}]

    @property
    def button(self) -> dict[str, list[str]]:
        """The button that sends it: the one that stands out, else the first."""
        main = [one for one in self.form.buttons if "main" in one.element.get("class", "").split()]
        for one in [*main, *self.form.buttons][:1]:
            return {one.name: [one.element.get("value", "")]} if one.name else {}
        return {}

    def send(self, sent: dict, button: dict | None = None, client: Client | None = None):
        button = self.button if button is None else button
        return (client or like(self.client)).post(self.form.action, sent | button)

    def page(self, response) -> Page:
        if not hasattr(response, "page"):
            response.page = Page(response, self.form.action)
        return response.page

    def again(self, response) -> Form | None:
        return self.page(response).like(self.form)


def broken(response) -> str:
    """What an answer says of an error of ours."""
    if response.status_code < 500:
        return ""
    return f"{response.status_code} {response.exc_info[1]!r}"[:300]


def without_its_token(trial: Trial) -> Iterator[str]:
    if trial.form.address in LINK_IS_TOKEN:
        return
    strict = trial.stage.strict
    strict.cookies = cookies(trial.client)
    with scenes.undone(), override("en"):  # which a request in French would leave
        response = strict.post(translate_url(trial.form.action, "fr"), trial.whole() | trial.button)
        if response.status_code != 403:
            yield f"taken: {response.status_code}"
        elif trial.stage.everything() != trial.before:
            yield "something was done"
        elif '<html lang="fr">' not in (text := response.content.decode()) or "<h1>" not in text:
            yield f"not our page: {text[:80]}"


def empty(trial: Trial) -> Iterator[str]:
    form, sent = trial.form, trial.form.values()
    if not form.texts + form.choices:
        return
    for name in form.texts + form.choices:
        kinds = {one.kind for one in form.of(name)}
        if kinds & {"radio", "checkbox"}:
            sent.pop(name, None)
        else:
            sent[name] = [""]
    needed = form.names(lambda one: one.required and one.kind != "hidden")
    with scenes.undone():
        response = trial.send(sent)
        if problem := broken(response):
            yield problem
        elif needed and response.status_code != 422:
            yield f"{response.status_code}, though {needed} are needed"
        elif needed:
            yield from unsaid(trial, response, needed)


def unsaid(trial: Trial, response, names) -> Iterator[str]:
    again = trial.again(response)
    if again is None:
        yield "the form did not come back"
        return
    for name in names:
        if not again.message(name):
            yield f"no message by {name}"


def too_long(trial: Trial) -> Iterator[str]:
    yield from refused(trial, {name: f"{name} {LONG}" for name in trial.form.texts})


def with_a_nul(trial: Trial) -> Iterator[str]:
    yield from refused(trial, dict.fromkeys(trial.form.texts, "nothing\0here"))


def refused(trial: Trial, typed: dict[str, str]) -> Iterator[str]:
    """None of this is taken, wherever it was typed: all together first, then each that was not
    complained of, alone."""
    if not typed:
        return
    with scenes.undone():
        response = trial.send(trial.whole() | {name: [text] for name, text in typed.items()})
        if response.status_code not in (422, 429):
            yield f"{broken(response) or response.status_code}"
            return
        yield from lost(trial, response, typed)
        again = trial.again(response)
        unsaid = [name for name in typed if again is None or not again.message(name)]
    for name in of_a_kind(unsaid):
        with scenes.undone():
            response = trial.send(trial.whole() | {name: [typed[name]]})
            if problem := broken(response):
                yield f"{name}: {problem}"
            elif not trial.form.of(name)[0].is_secret:
                yield f"no message by {name}: {response.status_code}"
            elif response.status_code == 422 and not trial.page(response).says_why():
                yield f"nothing is said of {name}"


def lost(trial: Trial, response, typed: dict[str, str]) -> Iterator[str]:
    """What was typed and is not in the answer."""
    page = trial.page(response)
    again = page.like(trial.form)
    for name, text in typed.items():
        if trial.form.of(name)[0].is_secret:
            continue
        if again is not None and again.of(name):
            if not again.holds(name, text):
                yield f"{name} was lost"
        elif not page.shows(text):
            yield f"{name} was lost with its form"


def hostile(trial: Trial) -> Iterator[str]:
    form = trial.form
    if not form.texts:
        return
    typed = dict.fromkeys(form.texts, ODD)
    with scenes.undone():
        client = like(trial.client)
        response = trial.send(trial.whole() | {name: [ODD] for name in typed}, client=client)
        if problem := broken(response):
            yield problem
        elif response.status_code in (301, 302):
            response = client.get(response.url)
            if problem := broken(response):
                yield f"the page after it: {problem}"
        elif response.status_code >= 400:
            yield from lost(trial, response, typed)
        if SCRIPT in response.content.decode():
            yield "markup was taken for markup"
        if Message.objects.filter(html__contains=SCRIPT).exists():
            yield "markup was taken for markup in a mail"
        if Message.objects.filter(subject__regex=r"[\r\n]").exists():
            yield "a line break in a subject"


def made_up(trial: Trial) -> Iterator[str]:
    """What no page of ours offers, in lists to choose from and in hidden fields."""
    form = trial.form
    for name in of_a_kind(form.lists):
        if AS_NONE.fullmatch(name):
            continue
        with scenes.undone():
            response = trial.send(trial.whole() | {name: [NO_CHOICE]})
            if problem := broken(response):
                yield f"{name}: {problem}"
            elif response.status_code < 400 and trial.stage.everything() != trial.before:
                yield f"{name}: a choice there is not was taken: {response.status_code}"
            elif response.status_code == 422:
                again = trial.again(response)
                if not (again and again.message(name)) and not again.page.alerts():
                    yield f"{name}: no message"
    kinds: dict[str, list[str]] = {}
    for name in form.hidden:
        kinds.setdefault(name.rpartition("-")[2], []).append(name)
    for kind, names in kinds.items():
        values = [NO_CHOICE]
        if form.values()[names[0]][0].isdecimal():
            values.append(NO_NUMBER)
        if kind == "credential":
            values += NO_PASSKEYS
        for value in values:
            with scenes.undone():
                sent = {name: [value] for name in names}
                if problem := broken(trial.send(trial.whole() | sent)):
                    yield f"{kind}={value[:20]!r}: {problem}"
    for name in {name for button in trial.buttons() for name in button}:
        if len({one.element.get("value") for one in form.buttons if one.name == name}) > 1:
            with scenes.undone():
                response = trial.send(trial.whole(), {name: [NO_CHOICE]})
                if problem := broken(response):
                    yield f"{name}: {problem}"
                elif name not in OF_ROWS and trial.stage.everything() != trial.before:
                    yield f"{name}: a button there is not was pressed: {response.status_code}"


def of_a_kind(names: list[str]) -> list[str]:
    """One of each: fields of rows and of days differ by their number or their day."""
    return list({DAY_OR_NUMBER.sub("#", name): name for name in names}.values())


def wrong_file(trial: Trial) -> Iterator[str]:
    """A file of a kind that is not taken, called as one that is."""
    form = trial.form
    typed = {name: f"Typed {name}" for name in form.texts if WORDS.search(name)}
    for name in of_a_kind(form.files):
        if not form.takes_files:
            yield f"{name}: the form does not send files"
        with scenes.undone():
            sent = {key: [text] for key, text in typed.items()}
            sent[name] = SimpleUploadedFile("picture.png", HEIC)
            response = trial.send(trial.whole() | sent)
            if response.status_code != 422:
                yield f"{name}: {broken(response) or response.status_code}"
                continue
            yield from lost(trial, response, typed)
            yield from unsaid(trial, response, [name])


def sent_twice(trial: Trial) -> Iterator[str]:
    if "credential" in trial.form.hidden:
        return  # only a device can write it
    if trial.form.address in MADE_ANEW:
        return
    for button in trial.buttons():
        with scenes.undone():
            client = like(trial.client)
            first = trial.send(trial.whole(), button, client)
            if problem := broken(first):
                yield f"{button}: {problem}"
                continue
            if first.status_code not in (200, 302):
                yield f"{button}: not taken at all: {first.status_code} {told_in(first, trial)}"
                continue
            once = trial.stage.everything()
            second = trial.send(trial.whole(), button, client)
            twice = trial.stage.everything()
            if problem := broken(second):
                yield f"{button}: the second time: {problem}"
            if twice != once:
                changed = {table for table in once if once[table] != twice[table]}
                yield f"{button}: done twice, {second.status_code}: {sorted(changed)}"


def told_in(response, trial: Trial) -> str:
    return one_line(trial.page(response).says_why())


def stale(trial: Trial) -> Iterator[str]:
    """The same page as it was opened before something changed."""
    form = trial.form
    standing = {name: form.values()[name][0] for name in form.hidden if name in STANDING}
    if not any(standing.values()):
        return
    typed = {name: f"Typed {name}" for name in form.texts if WORDS.search(name)}
    earlier = {
        name: [str(int(value) - 1) if value.isdecimal() else f"not {value}"]
        for name, value in standing.items()
    }
    with scenes.undone():
        sent = {name: [text] for name, text in typed.items()}
        response = trial.send(trial.whole() | sent | earlier)
        if response.status_code == 302 and trial.stage.everything() == trial.before:
            return  # as it stands already: there was nothing to lose
        if response.status_code != 409:
            yield f"{broken(response) or response.status_code} {told_in(response, trial)}"
            return
        yield from lost(trial, response, typed)
        if not trial.page(response).alerts():
            yield "nothing was said"
        if trial.stage.everything() != trial.before:
            yield "something was done"


RULES = (
    without_its_token,
    empty,
    too_long,
    with_a_nul,
    hostile,
    made_up,
    wrong_file,
    sent_twice,
    stale,
)
