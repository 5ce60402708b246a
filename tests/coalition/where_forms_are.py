"""On which page each form of the site stands, who opens it, and what a whole one says."""

import datetime
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import HASH_SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2 import webauthn as fido
from fido2.utils import websafe_encode

from coalition.accounts import actions as accounts
from coalition.accounts.models import User
from coalition.events import actions as events
from coalition.events import changing
from coalition.events import editor as evenings
from coalition.listings import actions as listings
from coalition.listings import corrections
from coalition.listings.editor import CODES
from coalition.listings.models import Draft
from coalition.listings.sharing import anew
from coalition.mail.actions import post
from coalition.mail.models import Message
from coalition.members import links
from coalition.members.models import Application
from coalition.members.views.joining import STEPS
from coalition.resources import actions as sharing
from coalition.resources import editor as resources
from directory.interchange import proposals
from directory.interchange.schema import SERVICE
from tests.coalition import scene as scenes
from tests.factories import ALWAYS, WEEKDAYS, location, term
from tests.people import PASSWORD, person
from tests.resources import stored, version
from tests.uploads import PDF

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW_PASSWORD = "another quite long word"
HERE = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True)
class Stand:
    """Where the forms of one address stand: on `pages`, or its own; `role` is who opens them.

    `ready` makes first what has to be there; `fill` is what a whole form says beyond what the page
    says already.
    """

    role: str
    pages: Callable[[SimpleNamespace], list] | None = None
    fill: Callable[[SimpleNamespace], dict] | dict = field(default_factory=dict)
    ready: Callable[[SimpleNamespace, Client], None] | None = None


def at(name: str, query: str = "", **parts) -> Callable[[SimpleNamespace], list]:
    """The page of this name, about the things of the scene."""

    def pages(scene) -> list[str]:
        found = scenes.arguments(scene, name, scene.addresses[name])
        return [reverse(name, kwargs=found | parts) + query.format(scene=scene)]

    return pages


# Signing in


def code_now(secret: str = SECRET) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def with_app(scene, client, role: str = "editor") -> None:
    totp.TOTP.activate(scene.people[role], SECRET)


def with_codes(scene, client) -> None:
    with_app(scene, client)
    RecoveryCodes.activate(scene.people["editor"])


def with_passkey(scene, client) -> None:
    key = {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}
    held = fido.AttestedCredentialData.create(bytes(16), b"my phone", key)
    flags = fido.AuthenticatorData.FLAG.UP | fido.AuthenticatorData.FLAG.AT
    told = fido.AuthenticatorData.create(bytes(32), flags, 0, held)
    answer = {
        "clientDataJSON": websafe_encode(b'{"type": "x", "challenge": "", "origin": ""}'),
        "attestationObject": websafe_encode(fido.AttestationObject.create("none", told, {})),
    }
    name = websafe_encode(b"my phone")
    credential = {"id": name, "rawId": name, "type": "public-key", "response": answer}
    Authenticator.objects.create(
        pk=1,
        user=scene.people["editor"],
        type="webauthn",
        data={"name": "My phone", "credential": credential},
    )


def half_in(scene, client) -> None:
    with_app(scene, client)
    client.logout()
    client.post("/accounts/login/", {"login": scene.people["editor"].email, "password": PASSWORD})


def app_pages(scene) -> list:
    """Each time it is opened, the page has another secret."""
    url = reverse("mfa_activate_totp")

    def opened(client):
        page = client.get(url)
        scene.secret = page.context["form"].secret
        return url, page

    return [opened]


def without_password(scene, client) -> None:
    """Somebody who came in by the link of a mail, has chosen none yet, and proves it by an app."""
    with_app(scene, client, "applicant")
    user = User.objects.get(pk=scene.people["applicant"].pk)
    user.set_unusable_password()
    user.save()
    session = client.session
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client.post(reverse("mfa_reauthenticate"), {"code": code_now()})


def new_address(scene, client) -> None:
    EmailAddress.objects.create(user=scene.people["applicant"], email="other@example.org")


def email_pages(scene) -> list[str]:
    return [reverse("account_email")]


def confirm_pages(scene) -> list[str]:
    address = EmailAddress.objects.get(email="other@example.org")
    return [reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])]


def reset_asked(scene, client) -> None:
    client.post(reverse("account_reset_password"), {"email": scene.people["applicant"].email})
    text = Message.objects.filter(to=scene.people["applicant"].email).latest("created_at").text
    scene.reset = client.get(re.search(r"http://[^/]+(/\S+)", text)[1]).url


# Joining


def application_begun(scene, client) -> None:
    scene.begun = Application.objects.create(
        email="ro@example.org",
        contact_name="Ro",
        contact_role="Director",
        contact_phone="807-555-0100",
        name="South Shore",
        city="Kenora",
        state_province="ON",
        does="We listen.",
        serves="Everybody.",
    )


def application_whole(scene, client) -> None:
    application_begun(scene, client)
    scene.begun.principles_id, scene.begun.agreed_at = 1, timezone.now()
    scene.begun.save()


def steps(*codes: str) -> Callable[[SimpleNamespace], list]:
    def pages(scene) -> list[str]:
        token = links.application_token(scene.begun)
        return [reverse("coalition:join_step", args=[token, code]) for code in codes]

    return pages


def invited(scene, client) -> None:
    user = person("new@example.org")
    client.force_login(user)


# Listings

EVERYTHING = {
    "languages": [{"code": "cr", "name": "Cree", "name_fr": "Cri", "note": "on Tuesdays"}],
    "contacts": [{"name": "Jo", "phones": [{"number": "807-555-0143"}]}],
    "additional_urls": [{"url": "https://example.org/more", "label": "More"}],
    "cost_options": [{"option": "A kit", "amount": 0}],
    "required_documents": [{"document": "A health card"}],
    "service_areas": [{"name": "Thunder Bay"}],
    "schedules": [
        WEEKDAYS,
        ALWAYS | {"season_from": "05-01", "season_to": "09-30", "description": "In summer"},
        {"dtstart": "2030-12-24", "opens_at": "09:00", "closes_at": "12:00"},
    ],
    "attributes": [term("category", "naloxone")],
}


def full_draft(scene, client) -> None:
    """A draft that says something in every part of the editor."""
    document = proposals.current(scene.service.pk) | EVERYTHING
    place = {
        "id": str(uuid.uuid4()),
        "location": location(accessibility=[{"description": "A ramp"}]),
        "phones": [{"number": "807-555-0144"}],
        "schedules": [WEEKDAYS],
    }
    document = anew(document | {"service_at_locations": [place]}, SERVICE)
    scene.full = listings.duplicate(scene.service, by=scene.people["editor"])
    scene.full = listings.save_draft(scene.full, document | {"id": str(scene.full.record_id)})
    editor = scene.people["editor"]
    scene.shared = listings.open_draft(
        scene.organization, scene.resource.pk, by=editor, subject="resource"
    )
    again = version(stored(scene.organization, "newer.csv", b"a,b"), label="2nd")
    document = scene.shared.document | {"deadline": "2030-06-30T21:00:00+00:00"}
    document["versions"] = [again, *document["versions"]]
    document["events"] = [{"id": str(uuid.uuid4()), "event": {"id": str(scene.event.pk)}}]
    scene.shared = listings.save_draft(scene.shared, document)
    scene.evening = listings.open_draft(
        scene.organization, scene.event.pk, by=editor, subject="event"
    )
    host = {"id": str(scene.double.organization_id)}
    document = scene.evening.document | {
        "attributes": [{"id": str(uuid.uuid4()), **term("serves", "youth")}],
        "hosts": [{"id": str(uuid.uuid4()), "organization": host}],
        "services": [{"id": str(uuid.uuid4()), "service": {"id": str(scene.service.pk)}}],
    }
    scene.evening = listings.save_draft(scene.evening, document)


class Upload(SimpleUploadedFile):
    """A file that can be sent any number of times."""

    def __init__(self):
        super().__init__("guide.pdf", PDF)

    def read(self, *size) -> bytes:
        self.seek(0)
        return super().read(*size)


def sections(scene) -> list[str]:
    drafts = (
        (scene.full, CODES),
        (scene.shared, resources.SECTIONS),
        (scene.evening, evenings.SECTIONS),
    )
    return [
        reverse("coalition:draft_section", args=[draft.pk, code])
        for draft, codes in drafts
        for code in codes
    ]


def resource_pages(scene) -> list[str]:
    """Where one of an organization's own is edited and hidden: in its list, on its page."""
    names = ("coalition:own_resources", "coalition:resource_detail")
    return [address for name in names for address in at(name)(scene)]


def event_pages(scene) -> list[str]:
    names = ("coalition:event_times", "coalition:event_detail")
    return [address for name in names for address in at(name)(scene)]


def resource_hidden(scene, client) -> None:
    sharing.withdraw(scene.resource, by=scene.people["editor"])


def full_draft_page(scene) -> list[str]:
    return [reverse("coalition:draft", args=[scene.full.pk])]


def called_off(scene, client) -> None:
    changing.cancel(scene.event, {}, by=scene.people["owner"])


def event_hidden(scene, client) -> None:
    events.withdraw(scene.event, by=scene.people["editor"])


def conflict(scene, client) -> None:
    """Somebody else has changed the listing in the same place since."""
    scene.mine = Draft.objects.get(record_id=scene.service.pk)
    listings.save_draft(scene.mine, scene.mine.document | {"description": "Other words"})
    scene.mine.refresh_from_db()
    data = {"revision": scene.mine.revision}
    scene.answer = client.post(reverse("coalition:draft_send", args=[scene.mine.pk]), data)


def closed(scene, client) -> None:
    document = proposals.current(scene.service.pk) | {"status": "temporarily closed"}
    proposals.change(document, origin="system", by="test")


def overdue(scene, client) -> None:
    long_ago = timezone.localdate() - datetime.timedelta(days=900)
    document = proposals.current(scene.service.pk) | {
        "assured_date": long_ago.isoformat(),
        "assured_by": "test",
    }
    proposals.change(document, origin="system", by="test")


def asked(scene, client) -> None:
    """It was the owner who was asked whether all is still correct."""
    scene.check.user = scene.people["owner"]
    scene.check.save()


# The desk


def things_to_decide(scene, client) -> None:
    """One of each kind, each of which can be approved."""
    editor = scene.people["editor"]
    edit = Draft.objects.get(record_id=scene.service.pk)
    listings.discard(edit, by=editor)
    edit = listings.start_draft(scene.organization, by=editor, service=scene.service)
    listings.save_draft(edit, edit.document | {"description": "Pick up a kit here."})
    scene.safe = listings.send_in(edit, by=editor).change.submission
    new = listings.duplicate(scene.service, by=editor)
    scene.new = listings.send_in(new, by=editor).change.submission
    report = {"text": "It is wrong", "contact": "jo@example.org", "language": "en"}
    scene.corrections = [
        corrections.report(scene.service, wrong=wrong, places=[], **report).submission
        for wrong in ("details", "address")
    ]


def submissions(scene) -> list[str]:
    found = [scene.application.submission, scene.safe, scene.new, *scene.corrections]
    return [reverse("coalition:submission", args=[one.pk]) for one in found]


def both_together(scene) -> list:
    """The desk, and the page that asks once more."""
    sent = {"item": [f"{scene.safe.pk}:{scene.safe.round}"]}
    url = reverse("coalition:desk_together")
    return [reverse("coalition:desk"), lambda client: (url, client.post(url, sent))]


def person_page(query: str = "?q={scene.people[editor].email}") -> Callable:
    return at("coalition:desk_people", query)


def lost_factor(scene, client) -> None:
    with_app(scene, client)


def let_in_asked(scene, client) -> None:
    with_app(scene, client)
    accounts.ask_let_in(scene.people["editor"], by=scene.people["administrator"])


def stuck_mail(scene, client) -> None:
    post("let-in", to="jo@example.org", language="en", url="/")
    Message.objects.update(attempts=9, last_error="refused")


# None: no page has a form that goes there, and whatever is sent does nothing.
STANDS: dict[str, Stand | None] = {
    # Signing in
    "account_login": Stand(
        "visitor",
        fill=lambda scene: {"login": scene.people["owner"].email, "password": PASSWORD},
    ),
    "account_logout": Stand("editor"),
    "account_signup": Stand(
        "visitor",
        fill={"name": "Ro", "email": "ro@example.org", "password1": NEW_PASSWORD},
    ),
    "account_reset_password": Stand(
        "visitor", fill=lambda scene: {"email": scene.people["owner"].email}
    ),
    "account_reset_password_from_key": Stand(
        "visitor",
        pages=lambda scene: [scene.reset],
        ready=reset_asked,
        fill={"password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    ),
    "account_confirm_email": Stand("visitor", pages=confirm_pages, ready=new_address),
    "account_change_password": Stand(
        "editor",
        fill={"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    ),
    "account_set_password": Stand(
        "applicant",
        ready=without_password,
        fill={"password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    ),
    "account_email": Stand("applicant", ready=new_address, fill={"email": "third@example.org"}),
    "account_reauthenticate": Stand("editor", fill={"password": PASSWORD}),
    "account_confirm_login_code": None,
    "account_request_reauthentication_code": None,
    "account_confirm_reauthentication_code": None,
    "mfa_activate_totp": Stand(
        "editor", pages=app_pages, fill=lambda scene: {"code": code_now(scene.secret)}
    ),
    "mfa_deactivate_totp": Stand("editor", ready=with_app),
    "mfa_authenticate": Stand("editor", ready=half_in, fill=lambda scene: {"code": code_now()}),
    "mfa_reauthenticate": Stand("editor", ready=with_app, fill=lambda scene: {"code": code_now()}),
    "mfa_generate_recovery_codes": Stand("editor", ready=with_codes),
    "mfa_add_webauthn": Stand("editor"),
    "mfa_edit_webauthn": Stand("editor", ready=with_passkey),
    "mfa_remove_webauthn": Stand("editor", ready=with_passkey),
    "mfa_login_webauthn": Stand("visitor", pages=at("account_login")),
    "mfa_reauthenticate_webauthn": Stand("editor", ready=with_passkey),
    # One's own account
    "coalition:account": Stand("editor"),
    "coalition:account_delete": Stand("applicant", fill={"password": PASSWORD, "sure": "on"}),
    # What anybody may send
    "directory:missed_search": Stand("visitor", pages=at("directory:service_list", "?q=zzyzx")),
    "coalition:correct": Stand("visitor", fill={"wrong": "details", "text": "The phone is dead"}),
    "coalition:check": Stand("visitor", ready=asked),
    # Joining
    "coalition:join": Stand("visitor", fill={"contact_name": "Ro", "email": "ro@example.org"}),
    "coalition:join_link": Stand(
        "visitor", fill=lambda scene: {"email": scene.people["applicant"].email}
    ),
    "coalition:join_resume": Stand("visitor"),
    "coalition:join_step": Stand(
        "visitor",
        pages=steps(*(code for code in STEPS if code != "review")),
        ready=application_begun,
        fill={"agree": "on"},
    ),
    "coalition:invitation": Stand("applicant", ready=invited),
    # An organization's people
    "coalition:people": Stand("owner", fill={"email": "ro@example.org"}),
    "coalition:people_role": Stand("owner", pages=at("coalition:people")),
    "coalition:people_hand_over": Stand("owner", pages=at("coalition:people")),
    "coalition:people_remove": Stand("owner", pages=at("coalition:people")),
    "coalition:invitation_withdraw": Stand("owner", pages=at("coalition:people")),
    # A partner's listings
    "coalition:organization_edit": Stand("editor"),
    "coalition:beds": Stand("editor"),
    "coalition:listing_begin": Stand("editor", pages=at("coalition:workspace")),
    "coalition:service_edit": Stand("editor", pages=at("coalition:workspace")),
    "coalition:service_duplicate": Stand("editor", pages=at("coalition:workspace")),
    "coalition:service_close": Stand("editor", fill={"alert": "Closed for the holidays"}),
    "coalition:service_reopen": Stand("editor", pages=at("coalition:workspace"), ready=closed),
    "coalition:service_retire": Stand("editor"),
    "coalition:service_confirm": Stand("editor", pages=at("coalition:workspace"), ready=overdue),
    "coalition:draft_section": Stand(
        "editor", pages=sections, ready=full_draft, fill={"have": None, "upload-file": Upload()}
    ),
    "coalition:resource_begin": Stand("editor", pages=at("coalition:own_resources")),
    "coalition:resource_edit": Stand("editor", pages=resource_pages),
    "coalition:resource_hide": Stand("editor", pages=resource_pages),
    "coalition:resource_show": Stand(
        "editor", pages=at("coalition:own_resources"), ready=resource_hidden
    ),
    "coalition:resource_files": Stand(
        "editor",
        fill=lambda scene: {
            "version": str(scene.resource.versions.get().pk),
            "note": "It names somebody",
        },
    ),
    "coalition:resource_thanks": Stand("visitor", pages=at("coalition:resource_detail")),
    "coalition:draft_send": Stand("editor", pages=full_draft_page, ready=full_draft),
    "coalition:draft_discard": Stand("editor", pages=at("coalition:draft")),
    "coalition:draft_take_over": Stand("owner", pages=at("coalition:draft")),
    "coalition:draft_settle": Stand(
        "editor",
        pages=lambda scene: [lambda client: ("/partner/", scene.answer)],
        ready=conflict,
    ),
    # Events
    "coalition:event_register": Stand("visitor", fill={"first_name": "Ro"}),
    "coalition:registration_cancel": Stand("visitor", pages=at("coalition:registration")),
    "coalition:event_begin": Stand("editor", pages=at("coalition:events")),
    "coalition:event_edit": Stand("editor", pages=at("coalition:events")),
    "coalition:event_time": Stand("editor", fill={"note": "Bring a chair"}),
    "coalition:event_cancel": Stand("editor"),
    "coalition:event_take_up": Stand("editor", pages=at("coalition:event_times"), ready=called_off),
    "coalition:event_hide": Stand("editor", pages=event_pages),
    "coalition:event_show": Stand("editor", pages=at("coalition:event_times"), ready=event_hidden),
    "coalition:host_answer": Stand("editor", pages=at("coalition:events")),
    # The desk
    "coalition:submission": Stand(
        "coordinator",
        pages=submissions,
        ready=things_to_decide,
        fill={"reason": "Thank you for this"},
    ),
    "coalition:desk_together": Stand(
        "coordinator", pages=both_together, ready=things_to_decide, fill={"item": None}
    ),
    "coalition:mail_try": Stand("coordinator", pages=at("coalition:mail"), ready=stuck_mail),
    "coalition:listing_edit": Stand("coordinator", pages=at("coalition:listing_list", "?q=kits")),
    "coalition:listing_new": Stand(
        "coordinator", pages=at("coalition:listing_list", "?organization=harbour")
    ),
    "coalition:restore": Stand("coordinator", ready=overdue, fill={"note": "It was better"}),
    "coalition:check_for_partner": Stand("coordinator", fill={"who": "Jo, by phone"}),
    "coalition:desk_trust": Stand("coordinator", pages=at("coalition:desk_organization")),
    "coalition:desk_standing": Stand(
        "coordinator",
        pages=at("coalition:desk_organization"),
        fill={"listings": "hide", "note": "They asked for it"},
    ),
    "coalition:desk_active": Stand("administrator", pages=person_page()),
    "coalition:desk_coordinator": Stand("administrator", pages=person_page()),
    "coalition:desk_let_in": Stand("coordinator", pages=person_page(), ready=lost_factor),
    "coalition:desk_withdraw_let_in": Stand(
        "coordinator", pages=at("coalition:desk_people"), ready=let_in_asked
    ),
    "coalition:reason": Stand("coordinator", fill={"text_fr": "Non"}),
    "coalition:reason_new": Stand("coordinator", fill={"text": "Thank you", "text_fr": "Merci"}),
    "coalition:reason_remove": Stand("coordinator", pages=at("coalition:reasons")),
    "coalition:desk_settings": Stand("coordinator"),
    # The catalogue
    "coalition:duplicates": Stand(
        "coordinator",
        fill=lambda scene: {"first": scene.service.slug, "second": scene.double.slug},
    ),
    "coalition:duplicates_look": Stand("coordinator", pages=at("coalition:duplicates")),
    "coalition:duplicate": Stand("coordinator"),
    "coalition:import_run": Stand("coordinator"),
    "coalition:term": Stand("coordinator"),
    "coalition:term_new": Stand(
        "coordinator",
        fill={
            "code": "new-term",
            "name": "A new term",
            "name_fr": "Un nouveau terme",
            "description": "What it is.",
            "description_fr": "Ce que c’est.",
        },
    ),
    "coalition:synonym_add": Stand(
        "coordinator", pages=at("coalition:term"), fill={"text": "a word nobody thought of"}
    ),
    "coalition:synonym_remove": Stand("coordinator", pages=at("coalition:term")),
    "coalition:line": Stand("coordinator"),
    "coalition:line_new": Stand(
        "coordinator",
        fill={
            "code": "new-line",
            "name": "A new line",
            "name_fr": "Une nouvelle ligne",
            "what": "They listen.",
            "what_fr": "On vous écoute.",
            "call": "1-800-555-0100",
            "tel": "18005550100",
            "hours": "24/7",
            "hours_fr": "24 h sur 24",
            "sources": "https://example.org/",
        },
    ),
    "coalition:line_act": Stand(
        "coordinator",
        pages=lambda scene: [
            *at("coalition:lines")(scene),
            *at("coalition:line_remove")(scene),
        ],
    ),
}


def logged_in(user: User | None) -> Client:
    """Signed in as a person is, so that it counts as just proven."""
    client = Client(raise_request_exception=False, headers=HERE)
    if user is not None:
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
