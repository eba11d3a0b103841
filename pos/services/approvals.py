"""Approvals: asked for, given or refused by another person, used once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import get_users_with_perms

from pos.models import Approval, AuditEntry, Order, Register, Store, User
from pos.money import ZERO

from .audit import record
from .errors import Conflict, Forbidden, Invalid, NotFound
from .locks import lock_approvals, lock_person
from .pins import check_pin
from .rights import require

LIFETIME = timedelta(minutes=10)
MOST_OPEN = 20  # waiting requests of one person
WORKS_THERE = ("work_in_store", "manage_store")
Status = Approval.Status
OPEN = (Status.PENDING, Status.APPROVED)


@transaction.atomic
def ask(
    *,
    user: User,
    kind: str,
    store: Store,
    fingerprint: str,
    amount: Decimal,
    summary: str,
    register: Register | None = None,
    reason: str = "",
) -> Approval:
    """Ask for a yes to exactly this. Asked again while it is open: the same request.

    Raises Invalid for a kind that nobody can approve, Conflict with too many open requests.
    """
    if kind not in Approval.RIGHTS:
        raise Invalid("unknown_kind", _("Nobody can approve this."))
    lock_person(user.pk)  # two clicks at once are one request
    now = timezone.now()
    mine = Approval.objects.filter(requested_by=user, expires_at__gt=now)
    same = mine.filter(kind=kind, store=store, fingerprint=fingerprint, amount=amount)
    known: Approval | None = same.filter(status__in=OPEN).order_by("pk").first()
    if known:
        return known
    if mine.filter(status=Status.PENDING).count() >= MOST_OPEN:
        raise Conflict("too_many_requests", _("Too many requests are waiting. Wait for an answer."))
    approval = Approval.objects.create(
        kind=kind,
        store=store,
        register=register,
        fingerprint=fingerprint,
        amount=amount,
        summary=summary[:300],
        reason=reason[:200],
        requested_by=user,
        requested_at=now,
        expires_at=now + LIFETIME,
    )
    _record(AuditEntry.Kind.APPROVAL_ASKED, user, approval, reason)
    return approval


def may_decide(user: User, approval: Approval) -> bool:
    """Another person, with the right of the kind, who works in the store or manages it."""
    if user.pk == approval.requested_by_id or not user.is_active:
        return False
    ids = user.store_ids(*WORKS_THERE)
    in_store = ids is None or approval.store_id in ids
    return in_store and user.has_perm(f"pos.{Approval.RIGHTS[approval.kind]}")


@transaction.atomic
def decide(*, user: User, approval: Approval, approve: bool, reason: str = "") -> Approval:
    """Yes or no, by somebody else with the right. A yes holds ten minutes from now.

    Raises Forbidden (`own_request`, `no_right`, `wrong_store`), Conflict (`approval_decided`,
    `approval_expired`) and NotFound.
    """
    row = lock_approvals(Approval.objects.filter(pk=approval.pk)).first()
    if row is None:
        raise NotFound("no_approval", _("There is no such request."))
    if user.pk == row.requested_by_id:
        raise Forbidden("own_request", _("Nobody approves their own request. Ask somebody else."))
    require(user, Approval.RIGHTS[row.kind], store=row.store_id)
    if row.status != Status.PENDING:
        raise Conflict("approval_decided", _("This request was answered already."))
    if row.is_expired:
        raise Conflict("approval_expired", _("This request is too old. Let it be asked again."))
    now = timezone.now()
    row.status = Status.APPROVED if approve else Status.DENIED
    row.decided_by, row.decided_at = user, now
    if approve:
        row.expires_at = now + LIFETIME
    row.save(update_fields=["status", "decided_by", "decided_at", "expires_at"])
    kinds = AuditEntry.Kind
    _record(kinds.APPROVAL_GIVEN if approve else kinds.APPROVAL_DENIED, user, row, reason)
    return row


def approve_with_pin(*, user: User, approval: Approval, approver: User, pin: str) -> Approval:
    """A yes at the asking person's own register: the approver is there and types a PIN.

    `user` is whose session it is. Raises Forbidden (`wrong_pin`, `pin_locked`) and what `decide`
    raises. Call it outside of any transaction, so that a wrong PIN is counted.
    """
    if approval.requested_by_id != user.pk:
        raise NotFound("no_approval", _("There is no such request."))
    if not may_decide(approver, approval):
        raise Forbidden("no_right", _("This person cannot approve it. Choose somebody else."))
    if not check_pin(person=approver, pin=pin, user=user, register=approval.register):
        raise Forbidden("wrong_pin", _("The PIN is not right. Try again."))
    return decide(user=approver, approval=approval, approve=True)


@transaction.atomic
def use(
    *,
    user: User,
    approval_id: int,
    kind: str,
    fingerprint: str,
    amount: Decimal,
    order: Order | None = None,
) -> Approval:
    """Use a yes up, inside the transaction of what it allows.

    Raises Conflict("approval_needed") unless it is this person's, for this kind and fingerprint,
    covers the amount, was approved, has not expired and was not used.
    """
    rows = covering(user=user, kind=kind, fingerprint=fingerprint, amount=amount)
    approval = lock_approvals(rows.filter(pk=approval_id)).first()
    if approval is None:
        raise Conflict("approval_needed", _("This approval is not valid any more. Ask again."))
    approval.status, approval.used_at, approval.order = Status.USED, timezone.now(), order
    approval.save(update_fields=["status", "used_at", "order"])
    _record(AuditEntry.Kind.APPROVAL_USED, user, approval, approval.reason)
    return approval


def covering(
    *, user: User, kind: str, fingerprint: str, amount: Decimal, at: datetime | None = None
) -> QuerySet[Approval]:
    """Every yes that `user` has now for exactly this."""
    return Approval.objects.filter(
        requested_by=user,
        kind=kind,
        fingerprint=fingerprint,
        amount__gte=amount,
        status=Status.APPROVED,
        expires_at__gt=at or timezone.now(),
    )


def approvers(*, store: Store, kinds: Iterable[str], besides: User) -> list[User]:
    """Who can approve all of `kinds` in this store with a PIN: four queries for any number of people."""
    people = (
        User.objects.filter(is_active=True, is_staff=True).exclude(pin="").exclude(pk=besides.pk)
    )
    for right in {Approval.RIGHTS[kind] for kind in kinds}:
        people = people.filter(pk__in=_holders(right))
    in_store: Any = get_users_with_perms(store, only_with_perms_in=list(WORKS_THERE))
    anywhere = Q(pk__in=_holders(WORKS_THERE[0])) | Q(pk__in=_holders(WORKS_THERE[1]))
    return list(people.filter(anywhere | Q(pk__in=in_store.values("pk"))))


def _holders(right: str) -> QuerySet[User]:
    backend = "django.contrib.auth.backends.ModelBackend"
    return User.objects.with_perm(f"pos.{right}", backend=backend).only("pk")


def _record(kind: str, user: User, approval: Approval, reason: str) -> None:
    record(
        kind,
        user=user,
        obj=approval,
        store=approval.store,
        register=approval.register,
        amount=None if approval.kind == Approval.Kind.CASH_DIFFERENCE else approval.amount or ZERO,
        reason=reason,
    )
