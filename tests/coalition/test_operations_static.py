"""Styles as they are sent."""

from django.contrib.staticfiles.storage import staticfiles_storage

from coalition.operations.static_files import bare


def test_styles_are_sent_without_what_only_people_read():
    css = """/* a note
       on two lines */
    a::before { content: "/* not a note */"; }

      b { background: url('/x/*y*/z') }  /* gone */
    """
    assert bare(css) == (
        "a::before { content: \"/* not a note */\"; }\nb { background: url('/x/*y*/z') }"
    )
    assert bare(bare(css)) == bare(css)


def test_the_pages_own_styles_are():
    with staticfiles_storage.open(staticfiles_storage.stored_name("css/site.css")) as sent:
        text = sent.read().decode()
    assert "/*" not in text
    assert "\n  " not in text
    assert ".skip" in text or ".card" in text
