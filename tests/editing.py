"""Writing in the editor, as a person does: open a part, change some of it, press a button."""

from django.urls import reverse

from coalition.accounts.models import User
from coalition.listings import actions
from coalition.listings.models import Draft
from tests.forms import form_in
from tests.people import member


def begun(owner: User, *, trusted=False, service=True, **changes) -> Draft:
    """A draft of the published listing of a new member, or without `service` of a new one."""
    organization = member(owner=owner, trusted=trusted, **changes)
    found = organization.services.get() if service else None
    return actions.start_draft(organization, by=owner, service=found)


def at(draft: Draft, code: str) -> str:
    return reverse("coalition:draft_section", kwargs={"pk": draft.pk, "code": code})


def opened(client, draft: Draft, code: str, query: str = "") -> dict:
    """The fields of a section as the page shows them."""
    page = client.get(at(draft, code) + query)
    assert page.status_code == 200
    return form_in(page.content.decode(), css_class="editor")


def saved(client, draft: Draft, code: str, query: str = "", button: dict | None = None, **changes):
    """Open a section, change fields, press a button."""
    fields = opened(client, draft, code, query) | changes
    return client.post(at(draft, code), fields | (button or {"next": "1"}))


def send(client, draft: Draft, **changes):
    """Press "Send it in"."""
    draft.refresh_from_db()
    data = {"revision": draft.revision, "record": draft.record_id, "subject": draft.subject}
    return client.post(reverse("coalition:draft_send", args=[draft.pk]), data | changes)
