"""What search is measured against: what Django projects usually write, and a textbook's way."""

from django.db import connection


def plain_django_way(question: tuple) -> list:
    """What the ORM invites one to write, over the catalogue's own tables: a count, the nearest
    twenty, and a count for each category."""
    from django.db.models import F, FloatField, Q, Value
    from django.db.models.functions import ACos, Cos, Least, Radians, Sin

    from directory.models import ServiceAtLocation, TaxonomyTerm

    text, place = question
    lat, lon = Radians(F("location__latitude")), Radians(F("location__longitude"))
    here_lat, here_lon = (Radians(Value(n, FloatField())) for n in (place.lat, place.lon))
    cosine = Sin(here_lat) * Sin(lat) + Cos(here_lat) * Cos(lat) * Cos(lon - here_lon)
    rows = (
        ServiceAtLocation.objects.filter(
            service__published_at__isnull=False, location__latitude__isnull=False
        )
        .annotate(km=6371 * ACos(Least(Value(1.0), cosine)))
        .filter(km__lte=25)
        .filter(
            Q(service__name__icontains=text)
            | Q(service__name_fr__icontains=text)
            | Q(service__description__icontains=text)
            | Q(service__organization__name__icontains=text)
            | Q(service__attributes__taxonomy_term__name__icontains=text)
        )
        .distinct()
    )
    rows.count()
    for term in TaxonomyTerm.objects.filter(taxonomy__code="category", parent=None):
        rows.filter(service__attributes__taxonomy_term=term).count()
    return list(rows.order_by("km")[:20])


def prepare() -> None:
    """One table as a textbook on full-text search has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('textbook')")
        if cursor.fetchone()[0]:
            return
        cursor.execute(
            """
            CREATE TABLE textbook AS
            SELECT row.id, latitude, longitude, (SELECT facets FROM directory_facetset WHERE
                id = facet_set_id) AS facets, to_tsvector('english', concat_ws(' ', service.name,
                service.name_fr, service.description, service.description_fr)) AS document
            FROM directory_searchrow row JOIN directory_service service ON service.id = service_id;
            CREATE INDEX ON textbook USING gin (document);
            CREATE INDEX ON textbook (latitude, longitude);
            ANALYZE textbook;
            """
        )


def textbook(question: tuple) -> None:
    """A count, the best twenty and all facets, each a question of its own."""
    text, place = question
    found = """FROM textbook, websearch_to_tsquery('english', %s) AS query
        WHERE document @@ query AND latitude BETWEEN %s AND %s AND longitude BETWEEN %s AND %s"""
    values = [text, place.lat - 0.23, place.lat + 0.23, place.lon - 0.33, place.lon + 0.33]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {found}", values)
        cursor.execute(f"SELECT id {found} ORDER BY ts_rank(document, query) DESC LIMIT 20", values)
        cursor.fetchall()
        cursor.execute(
            f"SELECT facet, count(*) FROM (SELECT unnest(facets) AS facet {found}) f GROUP BY 1",
            values,
        )
        cursor.fetchall()
