"""What has been announced or changed of late, as Atom (RFC 4287)."""

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks, urlize
from django.utils.translation import get_language

from coalition.accounts.links import absolute

from . import telling, words
from .models.events import Event
from .models.times import Occurrence
from .places import shown_places

MOST = 50
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def written(events: QuerySet[Event], title: str, page: str, kwargs: dict, path: str) -> str:
    """The feed of the 50 events announced or changed last. `page` and `kwargs` name the page that
    shows the same, `path` is the feed's own address on this site."""
    language = get_language() or "en"
    feed = Atom1Feed(
        title=telling.clean(title),
        link=absolute(page, language, **kwargs),
        description=None,
        language=language,
        feed_url=f"{settings.SITE_URL}{path}",
        feed_guid=f"{settings.SITE_URL}{path}",
    )
    latest = events.order_by(Greatest("last_modified", "shown_from").desc(), "pk")
    whole = latest.defer("ical", "ical_fr").prefetch_related("changes", *telling.RELATED)
    newest = list(whole[:MOST])
    places = shown_places(newest)
    times = next_times(newest)
    for event in newest:
        url = absolute("coalition:event_detail", language, slug=event.slug)
        feed.add_item(
            title=telling.title(event, cancelled=event.is_cancelled),
            link=url,
            description=description(event, places[event.pk], times.get(event.pk), url),
            unique_id=f"urn:uuid:{event.pk}",
            pubdate=event.shown_from,
            updateddate=max(event.last_modified, event.shown_from),
            author_name=telling.clean(str(event.organization)),
            categories=[str(event.get_kind_display())],
        )
    return feed.writeString("utf-8")


def next_times(events: list[Event]) -> dict:
    """By event, its next time that is not over yet; the last one where there is none."""
    rows = Occurrence.objects.filter(event__in=events)
    coming = rows.filter(ends_at__gt=timezone.now()).order_by("event", "starts_at")
    found = {one.event_id: one for one in rows.order_by("event", "-starts_at").distinct("event")}
    return found | {one.event_id: one for one in coming.distinct("event")}


def description(event: Event, place, time: Occurrence | None, url: str) -> str:
    """HTML, as Atom takes it: what was written is escaped."""
    when = []
    if time is not None:
        when.append(words.when_text(time, event, None, zone=True))
    when.append(words.repeats_text(event))
    told = telling.told(event, place, url, cancelled=event.is_cancelled)
    text = "\n\n".join(filter(None, [". ".join(filter(None, when)), told]))
    return linebreaks(urlize(text, autoescape=True))
