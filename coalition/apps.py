from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_principles(sender, apps=None, **kwargs):
    """A migrated database knows what members agree to."""
    if apps is not None and "principles" not in apps.all_models["coalition"]:
        return  # migrated back to nothing
    from coalition.members.agreed import load_principles

    load_principles()


class CoalitionConfig(AppConfig):
    name = "coalition"
    label = "coalition"

    def ready(self):
        from coalition.accounts.kept import register_holdings as accounts_keeps
        from coalition.catalogue.kinds import register_kinds as catalogue
        from coalition.events.kept import register_holdings as events_keeps
        from coalition.events.kinds import register_kinds as events
        from coalition.files.kept import register_holdings as files_keeps
        from coalition.listings.kept import register_holdings as listings_keeps
        from coalition.listings.kinds import register_kinds as listings
        from coalition.members.kept import register_holdings as members_keeps
        from coalition.members.kinds import register_kinds as members
        from coalition.resources.kept import register_holdings as resources_keeps
        from coalition.resources.kinds import register_kinds as resources
        from coalition.review.kept import register_holdings as review_keeps

        members()
        listings()
        events()
        resources()
        catalogue()
        accounts_keeps()
        review_keeps()
        members_keeps()
        files_keeps()
        listings_keeps()
        events_keeps()
        resources_keeps()
        post_migrate.connect(load_principles, sender=self)
