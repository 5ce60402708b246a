"""The forms of django-allauth, with labels in our words and none repeated inside the fields."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

NAME_LENGTH = 100  # of a passkey

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "password1": _("Password"),
    "password2": _("The same password again"),
    "oldpassword": _("Your password until now"),
    "remember": _("Stay signed in on this device, which is mine alone"),
    "code": _("Code"),
}


class OurWords:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class LoginForm(OurWords, account.LoginForm):
    pass


class SignupForm(OurWords, account.SignupForm):
    pass


class AddEmailForm(OurWords, account.AddEmailForm):
    pass


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(OurWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(OurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    pass


class PasswordAgainForm(OurWords, account.ReauthenticateForm):
    pass


class SecondFactorForm(OurWords, mfa.AuthenticateForm):
    pass


class SecondFactorAgainForm(OurWords, mfa.ReauthenticateForm):
    pass


class ActivateAppForm(OurWords, totp.ActivateTOTPForm):
    pass


class PasskeyField(forms.JSONField):
    """What a device answers, as fido2's class `reads` it. Whatever else is sent is no answer."""

    widget = forms.HiddenInput

    def __init__(self, *, reads: type):
        super().__init__()
        self.reads = reads

    def to_python(self, value):
        try:
            answer = super().to_python(value)
            if answer is not None:
                self.reads.from_dict(answer)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return answer


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    name = forms.CharField(required=False, max_length=NAME_LENGTH)
    credential = PasskeyField(reads=RegistrationResponse)


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(max_length=NAME_LENGTH)


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    credential = PasskeyField(reads=AuthenticationResponse)


class LoginPasskeyForm(webauthn.LoginWebAuthnForm):
    credential = PasskeyField(reads=AuthenticationResponse)


class PasskeyAgainForm(webauthn.ReauthenticateWebAuthnForm):
    credential = PasskeyField(reads=AuthenticationResponse)
