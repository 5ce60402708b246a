"""Links in mails that open one thing for whoever holds them."""

from django.core import signing

from coalition.accounts.links import absolute

from .models import Application, Invitation

APPLICATION_DAYS = 60
SALT_APPLICATION = "coalition.application"
SALT_INVITATION = "coalition.invitation"


def application_token(application: Application) -> str:
    return signing.dumps(str(application.pk), salt=SALT_APPLICATION)


class TooOld(Exception):
    """The link was good for a time that is over; what it led to is still there."""


def read_application(token: str) -> Application:
    """Raises signing.BadSignature, TooOld, and Application.DoesNotExist where it is forgotten, or
    who it was from."""
    known = Application.objects.exclude(email="")
    found = known.get(pk=signing.loads(token, salt=SALT_APPLICATION))
    try:
        signing.loads(token, salt=SALT_APPLICATION, max_age=APPLICATION_DAYS * 24 * 3600)
    except signing.SignatureExpired as expired:
        raise TooOld from expired
    return found


def application(application: Application, language: str) -> str:
    return absolute("coalition:join_resume", language, token=application_token(application))


def invitation_token(invitation: Invitation) -> str:
    return signing.dumps(str(invitation.pk), salt=SALT_INVITATION)


def invitation(invitation: Invitation, language: str) -> str:
    return absolute("coalition:invitation", language, token=invitation_token(invitation))


def read_invitation(token: str) -> Invitation:
    """Raises signing.BadSignature, Invitation.DoesNotExist. Whether it is open is for `actions`."""
    return Invitation.objects.get(pk=signing.loads(token, salt=SALT_INVITATION))
