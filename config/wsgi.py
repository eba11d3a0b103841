"""The door for the application server. A shop with a public password does not open."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from pos.checks import refuse_demo_password  # noqa: E402  needs the loaded applications

refuse_demo_password()
