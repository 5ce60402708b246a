from django.core.management.base import BaseCommand, CommandError

from coalition.accounts.actions import let_in
from coalition.accounts.models import User


class Command(BaseCommand):
    help = (
        "Let somebody in who lost their second factor: it is taken away, they sign in by password "
        "and set up another. Make sure that it is them: call, do not answer a mail."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no account with {email}.")
        taken = let_in(user, by_words="letin")
        self.stdout.write(f"Taken away from {user.email}: {taken}.")
