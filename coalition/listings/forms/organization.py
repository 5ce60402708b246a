"""What the directory says of an organization."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from directory.interchange.schema import ORGANIZATION, URL
from directory.interchange.write import InvalidListing

from .documents import DocumentForm, form_for
from .parts import Posted, Rows, Values

OrganizationForm = form_for(
    ORGANIZATION, "name* alternate_name* description* email website legal_status year_incorporated"
)
PhoneForm = form_for(ORGANIZATION.parts["phones"], "number extension type description*")
LinkForm = form_for(URL, "url label*")


class OrganizationEditor:
    """The organization's document as parts to fill in."""

    def __init__(self, document: dict, posted: Posted):
        self.document = document
        self.adding = posted.add
        self.staying = bool(posted.add or posted.remove)
        self.values = Values(OrganizationForm, posted, document, "about")
        self.parts = [
            self.values,
            Rows(
                "phones",
                lambda posted, item, prefix: [Values(PhoneForm, posted, item, f"{prefix}it")],
                posted,
                document,
                title=_("Phones"),
                add=_("Add a phone"),
            ),
            Rows(
                "additional_websites",
                lambda posted, item, prefix: [Values(LinkForm, posted, item, f"{prefix}it")],
                posted,
                document,
                title=_("More links"),
                add=_("Add a link"),
                shown_empty=False,
            ),
        ]

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in self.parts)

    def written(self) -> dict:
        result = self.document
        for part in self.parts:
            result = part.written(result)
        return result

    def forms(self) -> Iterator[DocumentForm]:
        for part in self.parts:
            yield from part.forms()

    def say(self, error: InvalidListing) -> None:
        """What the catalogue refused, beside the field where there is one."""
        form = self.values.form
        for path, messages in error.errors.items():
            for message in messages:
                form.add_error(path if path in form.fields else None, message)
