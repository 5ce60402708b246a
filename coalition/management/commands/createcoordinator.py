import sys
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from coalition.accounts.actions import make_coordinator
from coalition.accounts.models import User
from directory.models.enums import Language


class Command(BaseCommand):
    help = (
        "Make somebody a coordinator: the first of a new site, who is its administrator too. "
        "Asks for a password; with --mail (and where nobody is there to ask) mails a link to "
        "choose one."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="what others call them")
        parser.add_argument("--language", choices=Language.values, default="en")
        parser.add_argument("--mail", action="store_true", help="mail a link to choose a password")

    def handle(self, *, email, name, language, mail, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        password = "" if mail or not sys.stdin.isatty() else asked_for_password(email)
        user = make_coordinator(
            email, password=password, name=name, language=language, by_words="createcoordinator"
        )
        role = "administrator and coordinator" if user.is_superuser else "coordinator"
        how = "" if password else "; a link to sign in is on its way by mail"
        self.stdout.write(f"{user.email} is {role}{how}.")


def asked_for_password(email: str) -> str:
    password = getpass("Password: ")
    if password != getpass("Again: "):
        raise CommandError("These are two different passwords.")
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
