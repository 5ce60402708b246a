"""How django-allauth meets this site: its mails are jobs like all others."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language, override

from coalition.mail.actions import everywhere, post_text, written_lately

# Mails that somebody asks for by a form: sent once where it is sent twice.
ASKED_FOR = {"password-reset-key", "unknown-account"}


class Adapter(DefaultAccountAdapter):
    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """In the reader's language where they have an account, else in that of the page."""
        kind = template_prefix.rpartition("/")[2].replace("_", "-")
        if kind in ASKED_FOR and written_lately(kind, to=email):
            return
        user = context.get("user")
        language = getattr(user, "language", None) or get_language() or "en"
        with override(language):
            context = {**everywhere(), "email": email, **context}
            subject = render_to_string(f"{template_prefix}_subject.txt", context)
            text = render_to_string(f"{template_prefix}_message.txt", context)
        post_text(kind, to=email, language=language, subject=subject.strip(), text=text.strip())

    def unstash_verified_email(self, request):
        """An invitation proves the address it was sent to, and no other."""
        email = super().unstash_verified_email(request)
        same = email and request.POST.get("email", "").strip().lower() == email.lower()
        return email if same else None

    def set_password(self, user, password: str) -> None:
        super().set_password(user, password)
        if not self.request.user.is_authenticated:
            # By the link of a mail to this address, which is confirmed by that.
            EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)

    def save_user(self, request, user, form, commit=True):
        user.language = get_language() or "en"
        return super().save_user(request, user, form, commit)


class SecondFactorAdapter(DefaultMFAAdapter):
    def build_totp_svg(self, url: str) -> str:
        """The picture as a part of the page: our content policy allows no image in an address."""
        svg = super().build_totp_svg(url)
        return svg[svg.index("<svg") :].replace("<svg", '<svg aria-hidden="true"', 1)

    def _get_site_name(self) -> str:
        return settings.SITE_NAME
