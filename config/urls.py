"""Everything is the admin; the bare address leads there."""

from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from pos.views.display import page as display
from pos.views.display import state as display_state
from pos.views.health import health
from pos.views.media import picture
from pos.views.public_receipt import invoice, receipt

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path(f"{settings.MEDIA_URL.lstrip('/')}<path:name>", picture, name="picture"),
    path("health/", health, name="health"),
    path("r/<str:token>/", receipt, name="pos_public_receipt"),
    path("r/<str:token>/invoice.pdf", invoice, name="pos_public_invoice"),
    path("display/<str:display>/", display, name="pos_display"),
    path("display/<str:display>/state/", display_state, name="pos_display_state"),
    path("admin/", admin.site.urls),
]

handler403 = "pos.views.shop.forbidden"
