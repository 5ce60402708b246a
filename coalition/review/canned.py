"""The canned reasons a new site begins with: kind, decision, English, French."""

REASONS = [
    (
        "",
        "returned",
        "Something is missing before we can decide. Please add it and send it in again:",
        "Il manque quelque chose pour que nous puissions décider. Ajoutez-le et renvoyez :",
    ),
    (
        "",
        "declined",
        "We have this already, so nothing needs to change. Thank you for telling us.",
        "Nous l’avons déjà : rien n’est à changer. Merci de nous l’avoir dit.",
    ),
    (
        "listing",
        "returned",
        "Please say when people can come, and what to do outside these hours.",
        "Dites quand on peut venir, et quoi faire en dehors de ces heures.",
    ),
    (
        "listing",
        "returned",
        "Please give a phone, an e-mail or a door: people need one way to reach you.",
        "Donnez un téléphone, un courriel ou une porte : il faut une façon de vous joindre.",
    ),
    (
        "listing",
        "returned",
        "Please use words that put the person first: “people who use substances”.",
        "Employez des mots qui mettent la personne d’abord : « personnes qui consomment ».",
    ),
    (
        "listing",
        "returned",
        "Is this address safe to show? If anyone could be found by it, choose “only the area”.",
        "Peut-on montrer cette adresse sans danger ? Si elle peut exposer quelqu’un, choisissez "
        "« seulement le secteur ».",
    ),
    (
        "listing",
        "declined",
        "This is not a support for people who use substances or those beside them.",
        "Ce n’est pas un soutien pour les personnes qui consomment ou pour leurs proches.",
    ),
    (
        "application",
        "returned",
        "Please tell us who speaks for your organization and how we can reach them.",
        "Dites-nous qui parle pour votre organisme et comment joindre cette personne.",
    ),
    (
        "application",
        "returned",
        "Please tell us more about what you do and who you are there for.",
        "Dites-nous en plus sur ce que vous faites et pour qui vous êtes là.",
    ),
    (
        "application",
        "declined",
        "Your organization is a member already: one of its owners can invite you.",
        "Votre organisme est déjà membre : un de ses propriétaires peut vous inviter.",
    ),
    (
        "correction",
        "declined",
        "We called and asked: what the listing says is right. Thank you for looking out.",
        "Nous avons appelé : ce que dit la fiche est juste. Merci de votre attention.",
    ),
]


def put_reasons(apps, _schema_editor) -> None:
    """For the migration that makes the table."""
    reasons = apps.get_model("coalition", "CannedReason")
    reasons.objects.bulk_create(
        reasons(kind=kind, outcome=outcome, text=text, text_fr=text_fr)
        for kind, outcome, text, text_fr in REASONS
    )
