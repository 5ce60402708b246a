"""What the record keeps in codes, in words."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "account.delete": _("Deleted their account"),
    "address.hide": _("Hid an address that was reported"),
    "address.remove": _("Removed an address for good"),
    "address.show": _("Showed an address again"),
    "desk.reasons": _("Changed the canned reasons"),
    "desk.settings": _("Changed the desk’s settings"),
    "duplicate.apart": _("Said that two listings are not the same"),
    "event.hide": _("Hid an event"),
    "event.host": _("Agreed to host an event"),
    "event.no-host": _("Does not host an event"),
    "event.show": _("Showed an event again"),
    "import.undo": _("Undid an import"),
    "letin.command": _("Let somebody back in, by command"),
    "letin.first": _("Asked to let somebody back in"),
    "letin.second": _("Let somebody back in"),
    "letin.withdraw": _("Took back the wish to let somebody in"),
    "line.add": _("Added a crisis line"),
    "line.change": _("Changed a crisis line"),
    "line.confirm": _("Checked a crisis line"),
    "line.move": _("Moved a crisis line"),
    "line.remove": _("Removed a crisis line"),
    "listing.check": _("Checked a listing for its organization"),
    "listing.hide": _("Hid a listing"),
    "listing.merge": _("Made two listings one"),
    "listing.show": _("Showed a listing again"),
    "mail.try": _("Tried to send waiting mail again"),
    "member.active": _("Took an organization back"),
    "member.distrust": _("Took trust back"),
    "member.joined": _("Joined the coalition"),
    "member.left": _("Left the coalition"),
    "member.suspended": _("Suspended an organization"),
    "member.trust": _("Trusted an organization"),
    "people.close": _("Closed an account"),
    "people.coordinator": _("Made somebody a coordinator"),
    "people.invite": _("Invited somebody"),
    "people.join": _("Accepted an invitation"),
    "people.leave": _("Left an organization"),
    "people.open": _("Opened an account again"),
    "people.remove": _("Removed somebody"),
    "people.role": _("Changed a role"),
    "people.uncoordinator": _("Took a coordinator’s role away"),
    "people.uninvite": _("Withdrew an invitation"),
    "resource.hide": _("Hid a resource"),
    "resource.show": _("Showed a resource again"),
    "words.add": _("Added a term"),
    "words.change": _("Changed a term"),
    "words.synonym-add": _("Added another word for a term"),
    "words.synonym-remove": _("Removed another word for a term"),
}


def said(action: str) -> str:
    """The code itself, where it has no words."""
    return str(ACTIONS.get(action, action))
