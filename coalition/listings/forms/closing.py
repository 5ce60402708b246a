"""What is said while a listing is closed for a while."""

from directory.interchange.schema import SERVICE

from .documents import DocumentForm, form_for


class ClosingBase(DocumentForm):
    def __init__(self, data=None):
        super().__init__(data, of={}, prefix=None)


ClosingForm = form_for(SERVICE, "alert*", base=ClosingBase)
