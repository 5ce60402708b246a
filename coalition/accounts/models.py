"""People with an account, and what was done about accounts and roles."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from directory.models.enums import Language


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(
            email, password, is_superuser=True, is_staff=True, is_coordinator=True, **fields
        )

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(email__iexact=username)

    def coordinators(self):
        return self.filter(is_active=True, is_coordinator=True)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail: in an organization, as a coordinator, or applying.

    `is_coordinator` opens the desk; `is_superuser` (an administrator) also manages coordinators.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("your name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ENGLISH
    )
    is_coordinator = models.BooleanField(_("coordinator"), default=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique_in_any_case",
                violation_error_message=_("There is an account with this e-mail."),
            ),
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name or self.email


class RecordEntry(models.Model):
    """Something that was done and can be read later: by whom, to what, why.

    `action` is a short code (`people.trust`); `about` says in words to what or whom. Where that is
    a person, `person` is who, so that the words can be made nameless when they leave.
    """

    at = models.DateTimeField(_("when"), default=now, editable=False, db_index=True)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    by_words = models.CharField(_("who, in words"), max_length=200, blank=True)
    action = models.SlugField(_("what"), max_length=60)
    about = models.CharField(_("about"), max_length=300)
    person = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about whom"),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.action} {self.about}"


class LetIn(models.Model):
    """A coordinator says that somebody lost their second factor; another one has to say so too."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="let_in", verbose_name=_("whom")
    )
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(user=models.F("asked_by")),
                name="letin_is_asked_by_another",
                violation_error_message=_("Nobody lets themselves in."),
            ),
        ]

    def __str__(self):
        return str(self.user_id)
