"""Written next."""

from django.http import Http404


def close_session(request, session_id):
    raise Http404


def receipt(request, order_id):
    raise Http404


def printed(request, order_id):
    raise Http404
