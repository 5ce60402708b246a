"""Files are kept in pieces, given out as what they are, chosen in forms, and forgotten."""

import datetime
import hashlib
import tracemalloc

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from procrastinate.contrib.django import app

from coalition.events.models.events import Event
from coalition.files import actions
from coalition.files.answers import answer
from coalition.files.enums import Format
from coalition.files.fields import UploadField
from coalition.files.inspecting import inspect
from coalition.files.models import PIECE, FilePiece, StoredFile
from directory.models import Organization
from tests import uploads
from tests.at_once import at_once
from tests.forms import form_in
from tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
BIG = uploads.PDF.replace(b"endobj", b"endobj\n%" + bytes(range(1, 10)) * 100_000)


@pytest.fixture
def organization():
    return Organization.objects.create(name="Harbour Lane", slug="harbour-lane")


@pytest.fixture
def user():
    return person()


def upload(data: bytes = uploads.PDF, name: str = "guide.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def kept(data: bytes = uploads.PDF, name="guide.pdf", *, organization=None, by=None, days=0):
    file = actions.keep(upload(data, name), organization=organization, by=by)
    if days:
        age(file, days)
    return file


def age(file: StoredFile, days: int) -> None:
    before = timezone.now() - datetime.timedelta(days=days)
    StoredFile.objects.filter(pk=file.pk).update(created_at=before)


def test_a_file_is_kept_in_pieces_and_read_whole(organization, user):
    file = kept(BIG, "C:\\x\\guide.PDF", organization=organization, by=user)

    file.refresh_from_db()
    assert (file.name, file.kind, file.size) == ("guide.pdf", Format.PDF, len(BIG))
    assert (file.organization, file.uploaded_by) == (organization, user)
    assert file.sha256 == hashlib.sha256(BIG).hexdigest()
    pieces = list(actions.read(file))
    assert {len(piece) for piece in pieces[:-1]} == {PIECE}
    assert b"".join(pieces) == BIG


def test_reading_a_large_file_takes_a_piece_of_memory():
    file = kept(uploads.PDF.replace(b"endobj", b"endobj\n%" + b"x" * 19_000_000))
    tracemalloc.start()
    try:
        assert sum(len(piece) for piece in actions.read(file)) == file.size
        assert tracemalloc.get_traced_memory()[1] < 12 * PIECE
    finally:
        tracemalloc.stop()


def test_postgresql_does_not_try_to_pack_pieces():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attname = 'data'"
            " AND attrelid = 'coalition_filepiece'::regclass"
        )
        assert cursor.fetchone()[0] in ("e", b"e")


def test_what_is_refused_leaves_nothing():
    with pytest.raises(ValidationError):
        kept(uploads.HTML)
    assert not StoredFile.objects.exists()


def test_a_picture_has_a_smaller_version_that_goes_with_it():
    file = kept(uploads.photo(size=(1600, 900)), "photo.jpg")
    file = StoredFile.objects.with_small().get(pk=file.pk)

    assert (file.width, file.height) == (900, 1600)
    assert (file.small.width, file.small.height) == (450, 800)
    assert list(StoredFile.objects.whole()) == [file]
    file.delete()
    assert not StoredFile.objects.exists()
    assert not FilePiece.objects.exists()


def test_a_small_picture_is_its_own_smaller_version():
    file = kept(uploads.picture(), "logo.png")
    assert file.small == file


def test_sent_twice_it_is_kept_once(organization, user):
    first = kept(organization=organization, by=user)
    assert kept(organization=organization, by=user) == first
    assert kept(organization=None, by=user) != first
    assert kept(name="other.pdf", organization=organization, by=user) != first
    assert kept(organization=organization, by=person()) != first
    age(first, 1)
    assert kept(organization=organization, by=user) != first


# Forgetting


@pytest.fixture
def held(monkeypatch):
    """What is named; a test adds to it."""
    found: set = set()
    monkeypatch.setattr(actions, "HOLDERS", [])
    actions.register_holder(lambda ids: found & set(ids))
    return found


def test_what_nobody_names_for_a_week_is_forgotten(held):
    old, named, new = kept(days=8), kept(name="b.pdf", days=8), kept(name="c.pdf", days=6)
    picture = kept(uploads.photo(size=(1600, 900)), "photo.jpg", days=8)
    held.add(named.pk)

    assert actions.forget_unheld() == 2

    assert set(StoredFile.objects.all()) == {named, new}
    assert not FilePiece.objects.filter(file__in=[old, picture]).exists()
    held.clear()
    assert actions.forget_unheld() == 1


def test_one_room_that_names_it_is_enough(held):
    file = kept(days=8)
    actions.register_holder(lambda ids: {file.pk})
    assert actions.forget_unheld() == 0


def test_a_row_that_points_at_it_is_enough(held, organization):
    picture = kept(uploads.picture(), "logo.png", days=8)
    Event.objects.create(
        organization=organization,
        slug="fair",
        name="Fair",
        starts_on="2026-05-01",
        picture=picture,
        picture_description="A logo",
    )
    assert actions.forget_unheld() == 0


def test_nothing_is_forgotten_where_no_room_says_what_it_names(monkeypatch):
    kept(days=8)
    monkeypatch.setattr(actions, "HOLDERS", [])
    assert actions.forget_unheld() == 0
    assert StoredFile.objects.exists()


def test_nothing_is_forgotten_where_a_room_cannot_say(held):
    kept(days=8)
    actions.register_holder(lambda ids: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.forget_unheld()
    assert StoredFile.objects.exists()


def test_more_files_than_are_asked_about_at_once(held, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 2)
    for number in range(5):
        kept(name=f"{number}.pdf", days=8)
    assert actions.forget_unheld() == 5


def test_every_night_they_are_looked_for():
    task = app.perform_import_paths() or app.tasks["forget_files"]
    assert task.queueing_lock == "forget_files"
    assert ("forget_files", "") in app.periodic_registry.periodic_tasks


def test_only_its_own_files_can_be_named_by_an_organization(organization):
    mine, other, nobodys = kept(organization=organization), kept(name="b.pdf"), kept(name="c.pdf")
    other.organization = Organization.objects.create(name="Other", slug="other")
    other.save()

    assert actions.hold([mine.pk, mine.pk], organization=organization) == [mine]
    assert actions.hold([nobodys.pk], organization=None) == [nobodys]
    for stranger in (other, nobodys):
        with pytest.raises(ValidationError):
            actions.hold([mine.pk, stranger.pk], organization=organization)


def test_a_smaller_version_is_not_named_by_itself():
    file = kept(uploads.photo(size=(1600, 900)), "photo.jpg")
    with pytest.raises(ValidationError):
        actions.hold([file.small.pk], organization=None)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_just_being_named_is_passed_over(held):
    file = kept(days=8)
    with transaction.atomic():
        actions.hold([file.pk], organization=None)
        assert at_once(actions.forget_unheld) == [0]
    assert at_once(actions.forget_unheld) == [1]


# Given out


def file_view(request, pk):
    options = {name: name in request.GET for name in ("inline", "public")}
    return answer(request, StoredFile.objects.get(pk=pk), **options)


def form_view(request):
    options = {"organization": None, "by": request.user}
    form = Poster(request.POST or None, request.FILES or None, **options)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        return JsonResponse({"id": str(file.pk) if file else None})
    return HttpResponse(f'<form method="post" action="/form/">{form}</form>')


urlpatterns = [path("file/<uuid:pk>/", file_view), path("form/", form_view)]


def got(client, file, query="", method="get", **headers):
    return getattr(client, method)(f"/file/{file.pk}/?{query}", headers=headers)


def test_a_document_is_downloaded_under_its_name_and_nothing_in_it_runs(client):
    file = kept(BIG, "Été.pdf")
    response = got(client, file, "inline", accept_encoding="gzip")

    assert b"".join(response.streaming_content) == BIG
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%89t%C3%A9.pdf"
    assert response["Content-Length"] == str(len(BIG))
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["ETag"] == f'"{file.sha256}"'
    assert response["Cache-Control"] == "private, no-store, no-transform"
    assert not response.cookies
    for header in ("Content-Encoding", "CDN-Cache-Control"):
        assert header not in response


def test_a_picture_is_shown_where_that_is_asked_for(client):
    file = kept(uploads.picture(), "logo.png")
    shown = got(client, file, "inline&public")
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"] == 'inline; filename="logo.png"'
    assert shown["Cache-Control"] == "no-store, no-transform"
    assert got(client, file)["Content-Disposition"] == 'attachment; filename="logo.png"'


def test_a_browser_does_not_keep_a_public_document_but_caches_for_many_may(client):
    response = got(client, kept(), "public")
    assert response["Cache-Control"] == "no-store, no-transform"
    assert response["CDN-Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("x.csv", uploads.TABLE.encode(), "text/csv; charset=utf-8"),
        ("x.txt", uploads.PLAIN.encode(), "text/plain; charset=utf-8"),
    ],
)
def test_text_is_never_shown(client, name, data, content_type):
    response = got(client, kept(data, name), "inline&public")
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment")


def test_who_has_it_is_told_so(client):
    file = kept()
    response = got(client, file, "public", if_none_match=f'"{file.sha256}"')
    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == f'"{file.sha256}"'
    assert got(client, file, if_none_match='"other"').status_code == 200


def test_head_tells_all_but_the_content(client):
    file = kept()
    response = got(client, file, method="head")
    assert (response.status_code, response.content) == (200, b"")
    whole = got(client, file)
    assert dict(response.headers) == dict(whole.headers)


# What is written down before anything has looked at it


def test_a_large_upload_is_written_to_the_disk_and_kept(client, user):
    client.force_login(user)
    data = uploads.PDF.replace(b"endobj", b"endobj\n%" + b"x" * 19_900_000)
    response = client.post("/form/", {"title": "x", "file": upload(data)})
    assert StoredFile.objects.get(pk=response.json()["id"]).size == len(data)


@pytest.fixture
def received(rf):
    def receive(*sizes: int) -> list:
        files = [SimpleUploadedFile(f"{n}.pdf", b"x" * size) for n, size in enumerate(sizes)]
        return rf.post("/form/", {"file": files}).FILES.getlist("file")

    return receive


def test_what_is_far_too_large_is_not_written_down_whole(received):
    (file,) = received(40_000_000)
    with file:
        assert file.size == 40_000_000
        assert file.seek(0, 2) <= 25_000_000
        with pytest.raises(ValidationError) as refused:
            inspect(file)
    assert refused.value.code == "too-large"


def test_nor_are_many_files_of_one_form(received):
    files = received(*[10_000_000] * 4)
    assert sum(file.seek(0, 2) for file in files) <= 25_000_000
    codes = []
    for file in files:
        with file, pytest.raises(ValidationError) as refused:
            inspect(file)
        codes.append(refused.value.code)
    assert codes == [codes[0], codes[0], *["together-too-large"] * 2]


# Chosen in a form


class Poster(forms.Form):
    title = forms.CharField()
    file = UploadField(required=False)

    def __init__(self, *args, organization, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].keep_for(organization, by=by)


class Picture(forms.Form):
    file = UploadField(pictures_only=True)


def poster(user, data=None, files=None, organization=None, **options) -> Poster:
    return Poster(data or {}, files or {}, organization=organization, by=user, **options)


def test_what_is_wrong_with_a_file_stands_beside_it(user):
    form = poster(user, {"title": "x"}, {"file": upload(uploads.HTML, "guide.pdf")})
    assert not form.is_valid()
    assert form.errors.as_data()["file"][0].code == "web-page"
    assert 'aria-invalid="true"' in str(form["file"])


def test_a_file_is_not_lost_when_another_field_is_wrong(client, user):
    client.force_login(user)
    page = client.post("/form/", {"title": "", "file": upload()}).content.decode()

    assert "<strong>guide.pdf</strong>" in page
    file = StoredFile.objects.get()
    again = form_in(page, "/form/") | {"title": "x"}
    assert client.post("/form/", again).json() == {"id": str(file.pk)}
    # The page says so to who cannot see it, and asks for nothing that is there.
    assert 'aria-describedby="id_file_kept id_file_helptext"' in page


def test_another_file_takes_its_place(client, user):
    client.force_login(user)
    page = client.post("/form/", {"title": "", "file": upload()}).content.decode()
    again = form_in(page, "/form/") | {"title": "x", "file": upload(name="new.pdf")}
    response = client.post("/form/", again).json()
    assert StoredFile.objects.get(pk=response["id"]).name == "new.pdf"


def test_a_wrong_file_leaves_the_one_that_was_kept(client, user):
    client.force_login(user)
    page = client.post("/form/", {"title": "", "file": upload()}).content.decode()
    again = form_in(page, "/form/") | {"title": "x", "file": upload(uploads.HTML)}
    page = client.post("/form/", again).content.decode()
    assert "<strong>guide.pdf</strong>" in page
    assert "web page" in page


def test_it_can_be_taken_out_again(client, user):
    client.force_login(user)
    page = client.post("/form/", {"title": "", "file": upload()}).content.decode()
    assert 'name="file-remove"' in page
    again = form_in(page, "/form/") | {"title": "x", "file-remove": "1"}
    assert client.post("/form/", again).json() == {"id": None}
    again["title"] = ""
    assert "guide.pdf" not in client.post("/form/", again).content.decode()


def test_what_a_form_kept_is_for_the_same_person_and_organization(client, user, organization):
    client.force_login(user)
    page = client.post("/form/", {"title": "", "file": upload()}).content.decode()
    sent = {key: values[0] for key, values in form_in(page, "/form/").items()} | {"title": "x"}

    def value(form):
        assert form.is_valid()
        return form.cleaned_data["file"]

    assert value(poster(user, sent))
    assert value(poster(person(), sent)) is None
    assert value(poster(user, sent, organization=organization)) is None
    for forged in ("", "x", sent["file-kept"] + "x", str(StoredFile.objects.get().pk), "\0"):
        assert value(poster(user, sent | {"file-kept": forged})) is None


def test_what_is_there_stays_unless_something_else_is_said(user):
    there = kept()
    form = poster(user, {"title": "x"}, initial={"file": there})
    assert form.is_valid()
    assert form.cleaned_data["file"] == there
    assert form.changed_data == ["title"]
    gone = poster(user, {"title": "x", "file-remove": "1"}, initial={"file": there})
    assert gone.is_valid()
    assert gone.cleaned_data["file"] is None
    assert "guide.pdf" not in str(gone["file"])
    unsent = Poster(organization=None, by=user, initial={"file": there})
    assert "guide.pdf" in str(unsent["file"])
    assert "file-kept" not in str(unsent["file"])


def test_a_picture_may_be_asked_for(user):
    shown = str(Picture()["file"])
    assert 'accept="image/jpeg,image/png,image/webp,.jpg,.png,.webp"' in shown
    assert " required" in shown

    def sent(**files):
        form = Picture({}, files)
        form.fields["file"].keep_for(None, by=user)
        return form

    assert sent(file=upload(uploads.picture(), "logo.png")).is_valid()
    assert sent(file=upload()).errors.as_data()["file"][0].code == "not-a-picture"
    assert sent().errors.as_data()["file"][0].code == "required"
    there = Picture(initial={"file": kept(uploads.picture(), "logo.png")})
    assert " required" not in str(there["file"])
    assert "file-remove" not in str(there["file"])


def test_a_form_must_say_whose_the_file_is_to_be():
    with pytest.raises(TypeError):
        Picture({}, {"file": upload()}).is_valid()


# People


def test_the_file_of_somebody_who_leaves_stays_nameless(user, organization):
    file = kept(organization=organization, by=user)
    user.delete()
    organization.delete()
    file.refresh_from_db()
    assert (file.uploaded_by, file.organization) == (None, None)


def test_a_file_says_how_large_it_is_by_itself(user):
    """Whatever an upload says of its size and kind."""
    sent = ContentFile(uploads.PDF, "guide.pdf")
    sent.content_type = "text/html"
    file = actions.keep(sent, organization=None, by=user)
    assert file.content_type == "application/pdf"
