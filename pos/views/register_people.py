"""Who sits at the register: switching by PIN, locking the screen, opening it again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse

from pos.models import AuditEntry, User
from pos.services.audit import record
from pos.services.errors import Forbidden, Invalid
from pos.services.pins import check_pin
from pos.services.switching import people_at, take_place, wrong_pin

from . import sessions
from .json import json_view, read_json
from .parsing import read_id, read_optional_id, read_text
from .register import get_register, register_from_query, usable_registers
from .sign_in import confirm_password


@json_view("GET", while_locked=True)
def people(request: HttpRequest) -> HttpResponse:
    """Those who may take over at ?register= with a PIN, and who is there now."""
    register = register_from_query(request)
    found = people_at(register.store) if register else User.objects.none()
    return JsonResponse(
        {
            "me": _person(request.user),
            "has_pin": bool(request.user.pin),
            "is_locked": sessions.is_locked(request),
            "people": [_person(person) for person in found],
        }
    )


def _person(person: User) -> dict[str, Any]:
    return {"id": person.pk, "name": str(person), "initials": person.initials}


@json_view("POST", while_locked=True)
def switch(request: HttpRequest) -> HttpResponse:
    """Another seller takes over: {"register", "person", "pin"} -> {"user"}; a new session, theirs."""
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    before = request.user
    person = take_place(
        user=before,
        register=register,
        person_id=read_id(body.get("person"), "person"),
        pin=_read_pin(body.get("pin")),
    )
    if person.pk == before.pk:
        sessions.unlock(request, by_pin=True)
    else:
        sessions.enter(request, person, by_pin=True)
        record(AuditEntry.Kind.SWITCHED, user=person, obj=before, register=register)
    return JsonResponse({"user": _person(person)})


@json_view("POST", while_locked=True)
def lock(request: HttpRequest) -> HttpResponse:
    """From now on this session answers nothing but a PIN or password."""
    sessions.lock(request)
    return JsonResponse({"locked": True})


@json_view("POST", while_locked=True)
def unlock(request: HttpRequest) -> HttpResponse:
    """{"pin"} or {"password"} of whoever is signed in, and where ("register") -> {"user"}."""
    body = read_json(request)
    register_id = read_optional_id(body.get("register"), "register")
    register = usable_registers(request.user).filter(pk=register_id).first()
    person = request.user
    if "password" in body:
        try:
            confirm_password(request, _read_password(body["password"]))
        except ValidationError as error:
            raise Forbidden(f"{error.code}_password", error.message) from error
    elif not check_pin(
        person=person, pin=_read_pin(body.get("pin")), user=person, register=register
    ):
        raise wrong_pin()
    sessions.unlock(request, by_pin="password" not in body)
    return JsonResponse({"user": _person(request.user)})


def _read_pin(value: object) -> str:
    pin = read_text(value, "pin", limit=20)
    if not pin:
        raise Invalid("no_pin", wrong_pin().message)
    return pin


def _read_password(value: object) -> str:
    """As it was typed: a password may begin with a blank."""
    if not isinstance(value, str) or not 0 < len(value) <= 4096:
        raise Forbidden("wrong_password", wrong_pin().message)
    return value
