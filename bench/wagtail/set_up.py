"""Makes the database with its one page. Run once, with PEER_DATA set."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from peer.models import ContactPage, FormField  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

FIELDS = [
    # label, type, required, choices
    ("name", "singleline", True, ""),
    ("email", "email", True, ""),
    ("topic", "dropdown", True, "order\nproduct\nreturn\nother"),
    ("order number", "singleline", False, ""),
    ("message", "multiline", True, ""),
    ("privacy", "checkbox", True, ""),
]

call_command("makemigrations", "peer", verbosity=0)
call_command("migrate", verbosity=0)
page = ContactPage(title="Contact us", slug="contact")
Page.get_first_root_node().add_child(instance=page)
for order, (label, kind, required, choices) in enumerate(FIELDS):
    FormField.objects.create(
        page=page, sort_order=order, label=label, field_type=kind, required=required, choices=choices
    )
Site.objects.update_or_create(
    is_default_site=True, defaults={"hostname": "127.0.0.1", "root_page": page}
)
