"""What can be known of a visitor without an account: that it is the same one, for a day."""

import secrets

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

DAY = 24 * 3600


def nobody(request: HttpRequest) -> str:
    """Tells one visitor from another for a day, and then nobody can: the salt is thrown away."""
    key = f"visitors:salt:{timezone.localdate()}"
    cache.add(key, secrets.token_hex(), DAY)
    address = get_adapter().get_client_ip(request)
    return salted_hmac(cache.get(key) or "", address, algorithm="sha256").hexdigest()
