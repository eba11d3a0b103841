"""The same door for servers that speak ASGI. WSGI is what the shop runs on."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from pos.checks import refuse_demo_password  # noqa: E402  needs the loaded applications

refuse_demo_password()
