"""The editor of listings: a draft, its sections, and the way to send it in."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import FieldError, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.interchange import proposals
from directory.interchange.differences import difference
from directory.interchange.proposals import Conflict
from directory.interchange.reading_out import label_of, vocabulary
from directory.interchange.subjects import SUBJECTS
from directory.interchange.write import InvalidListing
from directory.models import Organization, Service

from . import actions, advice, settling, workspace
from .editor import SECTIONS, Editor, after, digest
from .editor_pages import (
    add_row,
    annotate,
    back_to,
    in_words,
    posted_of,
    preview_page,
    told,
)
from .forms.parts import Posted
from .models import Draft
from .reach import draft_or_404, own_draft_or_404
from .sharing import places_elsewhere
from .writing import written


@login_required
@require_safe
def draft(request: HttpRequest, pk) -> HttpResponse:
    """All of a draft: its sections, what it lacks, and the way to send it in."""
    return draft_page(request, draft_or_404(request, pk))


def draft_page(
    request: HttpRequest,
    draft: Draft,
    *,
    problems: Iterable[advice.Advice] = (),
    status: int = 200,
) -> HttpResponse:
    document = draft.document
    kind = written(draft)
    own = draft.author_id == request.user.pk
    organization = draft.organization
    names = [organization.name, organization.name_fr, organization.alternate_name]
    context = {
        "section": "partner",
        "draft": draft,
        "own": own,
        "kind": kind,
        "sections": kind.sections.values(),
        "problems": list(problems),
        "missing": list(kind.missing(document)),
        "bad_links": [*advice.bad_links(document, kind.sections), *kind.problems(draft)],
        "hurtful": advice.hurtful(document, names, kind.sections),
        "changes": in_words(draft.base, actions.whole(draft), draft.subject) if draft.base else [],
        "live": actions.goes_live(draft),
        "waits": actions.is_sent(draft),
    }
    return render(request, "coalition/partner/draft.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_section(request: HttpRequest, pk, code: str) -> HttpResponse:
    """One section of the editor."""
    draft = own_draft_or_404(request, pk)
    section = written(draft).sections.get(code)
    if section is None:
        raise Http404
    if request.method == "POST":
        return save_section(request, draft, section)
    at = request.GET.get("at", "")
    posted = posted_for(request, draft, section)
    return section_page(request, draft, Editor(section, draft.document, posted, at))


def posted_for(request: HttpRequest, draft: Draft, section) -> Posted:
    if section is SECTIONS["where"]:
        return posted_of(request, draft.pk, **places_elsewhere(draft)._asdict())
    return posted_of(request, draft.pk, organization=draft.organization)


def save_section(request: HttpRequest, draft: Draft, section) -> HttpResponse:
    at = request.POST.get("at", "")
    if at and at not in dict(section.places(draft.document)):
        raise Http404
    posted = posted_for(request, draft, section)
    editor = Editor(section, draft.document, posted, at)
    if not editor.is_valid():
        return unsaved(request, draft, editor, status=422)
    wanted = proposals.plain(editor.written())
    if wanted != draft.document:
        if is_stale(request, draft, section):
            return unsaved(request, draft, editor, status=409)
        try:
            draft = actions.save_draft(draft, wanted, revision=draft.revision)
        except actions.Stale as stale:
            return unsaved(request, stale.draft, editor, status=409)
    if "autosave" in request.POST:
        said = {"said": _("Saved."), "revision": draft.revision, "was": digest(section, wanted)}
        return JsonResponse(said)
    return redirect(where_next(request, draft, editor))


def is_stale(request: HttpRequest, draft: Draft, section) -> bool:
    """Whether the section was changed elsewhere since this page was opened."""
    if request.POST.get("revision") == str(draft.revision):
        return False
    return request.POST.get("was") != digest(section, draft.document)


def unsaved(request: HttpRequest, draft: Draft, editor: Editor, *, status: int) -> HttpResponse:
    """The section with all that was typed, and why it was not saved."""
    if "autosave" in request.POST:
        said = {
            409: _("Not saved: this was changed in another window. Press “Save” to see both."),
            422: _("Not saved yet: something here needs a look."),
        }[status]
        return JsonResponse({"said": said}, status=status)
    changes = []
    if status == 409:
        changes = in_words(draft.document, editor.written(), draft.subject)
    return section_page(request, draft, editor, status=status, changes=changes)


def where_next(request: HttpRequest, draft: Draft, editor: Editor) -> str:
    here = reverse("coalition:draft_section", kwargs={"pk": draft.pk, "code": editor.section.code})
    if adding := request.POST.get("add"):
        return f"{here}?{urlencode({'add': adding, 'at': editor.at})}#{adding}"
    if "use" in request.POST:
        return f"{here}#service_at_locations"
    if "remove" in request.POST or "stay" in request.POST or new_hints(editor, draft):
        messages.success(request, _("Saved."))
        return f"{here}?{urlencode({'at': editor.at})}" if editor.at else here
    code, at = after(written(draft).sections, editor.section, draft.document, editor.at)
    if not code:
        return reverse("coalition:draft", kwargs={"pk": draft.pk})
    there = reverse("coalition:draft_section", kwargs={"pk": draft.pk, "code": code})
    return f"{there}?{urlencode({'at': at})}" if at else there


def new_hints(editor: Editor, draft: Draft) -> bool:
    """Whether a word that has a better one was written just now: it is shown beside its field."""
    names = [draft.organization.name, draft.organization.name_fr]
    for form in editor.forms():
        for name, _label, _hints in advice.hints_of(form, form.cleaned_data, names):
            if name in form.changed_data:
                return True
    return False


def section_page(
    request: HttpRequest, draft: Draft, editor: Editor, *, status: int = 200, changes=()
) -> HttpResponse:
    section = editor.section
    sections = written(draft).sections
    organization = draft.organization
    annotate(editor.forms(), [organization.name, organization.name_fr])
    if status != 200:
        add_row(editor.parts, request.POST.get("add", ""))
    places = section.places(draft.document)
    context = {
        "section": "partner",
        "draft": draft,
        "editor": editor,
        "here": section,
        "sections": sections.values(),
        "position": list(sections).index(section.code) + 1,
        "count": len(sections),
        "was": digest(section, draft.document),
        "status": status,
        "changes": changes,
        "places": places if len(places) > 1 else [],
    }
    return render(request, "coalition/partner/section.html", context, status=status)


@login_required
@require_safe
def draft_preview(request: HttpRequest, pk) -> HttpResponse:
    """Exactly what residents would see."""
    draft = draft_or_404(request, pk)
    return written(draft).preview(request, draft)


def listing_preview(request: HttpRequest, draft: Draft) -> HttpResponse:
    back = reverse("coalition:draft", args=[draft.pk])
    return preview_page(request, actions.whole(draft), draft.organization, back)


@login_required
@require_POST
def send(request: HttpRequest, pk) -> HttpResponse:
    """Hand it over: live at once, or to a coordinator."""
    if not Draft.objects.filter(pk=pk).exists():
        return gone(request)
    draft = own_draft_or_404(request, pk)
    if request.POST.get("revision") != str(draft.revision):
        messages.warning(
            request, _("It was changed in another window since. Look again, then send.")
        )
        return draft_page(request, draft, status=409)
    if actions.is_sent(draft):
        messages.info(request, _("This has been sent in. A coordinator reads it."))
        return redirect("coalition:workspace")
    try:
        proposal = actions.send_in(draft, by=request.user, checked="checked" in request.POST)
    except Conflict:
        return conflict_page(request, draft)
    except InvalidListing as error:
        problems = advice.located(error.errors, actions.whole(draft), written(draft))
        return draft_page(request, draft, problems=problems, status=422)
    except ValidationError as error:
        errors = {"": error.messages}
        problems = advice.located(errors, actions.whole(draft), written(draft))
        return draft_page(request, draft, problems=problems, status=422)
    except Draft.DoesNotExist:
        return gone(request)
    told(request, proposal)
    if is_member(request, draft.organization):
        return redirect(back_to(draft.organization))
    return redirect("coalition:desk")


def is_member(request: HttpRequest, organization: Organization) -> bool:
    return workspace.organizations_of(request.user).filter(pk=organization.pk).exists()


def gone(request: HttpRequest) -> HttpResponse:
    """A second press of the button: what it stood for was done the first time."""
    mine = workspace.organizations_of(request.user)
    record_id = request.POST.get("record", "")
    known = SUBJECTS.get(request.POST.get("subject", ""))
    try:
        records = known.node.model.objects if known else Service.objects
        if not records.filter(pk=record_id, organization__in=mine).exists():
            raise Http404
    except (ValidationError, FieldError):
        raise Http404 from None
    messages.info(request, _("This draft is not here any more: it was sent in already."))
    return redirect("coalition:workspace")


def conflict_page(request: HttpRequest, draft: Draft, *, again: bool = False) -> HttpResponse:
    """What both sides changed, value by value, to choose from; `again` where that has changed."""
    ticked = request.POST.getlist("mine")
    now = proposals.current(draft.record_id, draft.subject)
    mine = proposals.kept_form(actions.whole(draft), draft.subject)
    meeting = settling.meeting(draft.base, now, mine)
    node = written(draft).node
    words = vocabulary([now, mine], node)
    rows = []
    for found in meeting:
        chosen = settling.put(now, settling.steps(found.path), found.after)
        sides = difference(now, chosen, words, node)
        told = [row for section in sides for row in section.rows]
        rows.append((found.path, label_of(found.path, node), told, found.path in ticked))
    context = {
        "section": "partner",
        "draft": draft,
        "rows": rows,
        "seen": actions.mark_of(now),
        "again": again,
    }
    return render(request, "coalition/partner/conflict.html", context, status=409)


@login_required
@require_POST
def settle(request: HttpRequest, pk) -> HttpResponse:
    """Theirs or mine, for each value in which two changes meet."""
    draft = own_draft_or_404(request, pk)
    now = proposals.current(draft.record_id, draft.subject)
    if now is None or request.POST.get("revision") != str(draft.revision):
        messages.warning(
            request, _("It was changed in another window since. Look again, then send.")
        )
        return draft_page(request, draft, status=409)
    mine = proposals.kept_form(actions.whole(draft), draft.subject)
    chosen = set(request.POST.getlist("mine"))
    known = {found.path for found in settling.meeting(draft.base, now, mine)}
    if request.POST.get("seen") != actions.mark_of(now) or not chosen <= known:
        return conflict_page(request, draft, again=True)
    actions.rebase(draft, settling.settled(draft.base, now, mine, chosen), now)
    messages.success(request, _("Both changes are in your draft now. Look at it, then send it in."))
    return redirect("coalition:draft", pk=pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk) -> HttpResponse:
    draft = own_draft_or_404(request, pk)
    actions.discard(draft, by=request.user)
    messages.success(request, _("The draft is thrown away."))
    if is_member(request, draft.organization):
        return redirect(back_to(draft.organization))
    return redirect("coalition:desk")


@login_required
@require_POST
def take_over(request: HttpRequest, pk) -> HttpResponse:
    draft = draft_or_404(request, pk)
    try:
        actions.take_over(draft, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return redirect("coalition:draft", pk=pk)
