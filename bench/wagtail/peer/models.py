"""The form of shared/site-forms/forms/contact.toml, as a Wagtail form page."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField


class FormField(AbstractFormField):
    page = ParentalKey("ContactPage", on_delete=models.CASCADE, related_name="form_fields")


class ContactPage(AbstractForm):
    template = "peer/contact.html"
    landing_page_template = "peer/thanks.html"

    class Meta:
        app_label = "peer"
