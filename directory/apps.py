from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_vocabulary(sender, apps=None, **kwargs):
    """A migrated database speaks our words, and knows whom to call."""
    if apps is not None and "taxonomyterm" not in apps.all_models["directory"]:
        return  # migrated back to nothing
    from directory.search.wordlist import learn_terms
    from directory.taxonomy.load import load_lines, load_taxonomy

    if load_taxonomy():
        learn_terms()
    load_lines()


class DirectoryConfig(AppConfig):
    name = "directory"
    verbose_name = "Directory"

    def ready(self):
        post_migrate.connect(load_vocabulary, sender=self)
