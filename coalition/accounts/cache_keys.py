"""Keys of the shared cache, which tell nobody whose they are."""

from django.core.cache.backends.base import default_key_func
from django.utils.crypto import salted_hmac


def hashed(key: str, key_prefix: str, version: int) -> str:
    """What limits tries is kept by network address and by e-mail: neither can be read from this,
    nor guessed without the site's secret key."""
    whole = default_key_func(key, key_prefix, version)
    return salted_hmac("coalition.cache", whole, algorithm="sha256").hexdigest()
