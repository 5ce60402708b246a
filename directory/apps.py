from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_vocabulary(sender, **kwargs):
    """A migrated database speaks our words: taxonomies, synonyms, units."""
    if not kwargs.get("plan") and not kwargs["apps"].get_app_config("directory").models:
        return
    from directory.taxonomy.load import load_taxonomy

    load_taxonomy()


class DirectoryConfig(AppConfig):
    name = "directory"
    verbose_name = "Directory"

    def ready(self):
        post_migrate.connect(load_vocabulary, sender=self)
