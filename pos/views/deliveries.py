"""Deliveries by day and store: what is to go out, where to, what to collect, and every step of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pos.models import DeliveryStep, Order, Register, Store, User
from pos.money import format_money
from pos.receipts import build_delivery_slip
from pos.services import deliveries
from pos.services.deliveries import MOVES, may_undo, step_to_undo
from pos.services.errors import PosError

from .parsing import read_text
from .print_here import print_here
from .receipts import PRINTABLE, bars_svg, qr_svg
from .shop import note_refusal

PER_PAGE = 50
MAP = "https://www.openstreetmap.org/search?query="
States = Order.DeliveryStatus
OPEN = (States.PENDING, States.DISPATCHED, States.FAILED)
LABELS = {
    States.PENDING: "warning",
    States.DISPATCHED: "info",
    States.DELIVERED: "success",
    States.FAILED: "danger",
}
SPANS = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "tomorrow": gettext_lazy("Tomorrow"),
    "week": gettext_lazy("Seven days"),
    "all": gettext_lazy("All"),
}
EMPTY = {
    "overdue": gettext_lazy("Nothing is overdue."),
    "today": gettext_lazy("Nothing to deliver today."),
    "tomorrow": gettext_lazy("Nothing to deliver tomorrow."),
    "week": gettext_lazy("Nothing to deliver in the next seven days."),
    "all": gettext_lazy("No deliveries yet."),
}
VERBS: dict[str, Callable[..., DeliveryStep]] = {
    "dispatch": deliveries.dispatch_delivery,
    "deliver": deliveries.complete_delivery,
    "fail": deliveries.fail_delivery,
    "retry": deliveries.retry_delivery,
}
# verb -> where it leads, as services.deliveries.MOVES names it.
LEADS_TO = {
    "dispatch": States.DISPATCHED,
    "deliver": States.DELIVERED,
    "fail": States.FAILED,
    "retry": States.PENDING,
}
DONE = {
    "dispatch": gettext_lazy("%(order)s is on the way."),
    "deliver": gettext_lazy("%(order)s is delivered."),
    "fail": gettext_lazy("%(order)s could not be delivered."),
    "retry": gettext_lazy("%(order)s is to be delivered again."),
    "undo": gettext_lazy("%(order)s: the last step is taken back."),
}


def _require_right(request: HttpRequest) -> None:
    if not request.user.has_perm("pos.deliver_order"):
        raise PermissionDenied


# --- The list ---------------------------------------------------------------------------------


@never_cache
@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """`?span=` one of SPANS, `?store=` one's id, `?page=`; anything else is as if it were not asked."""
    _require_right(request)
    stores = list(_stores(request.user))
    store = next((each for each in stores if str(each.pk) == request.GET.get("store")), None)
    asked = request.GET.get("span", "")
    span = asked if asked in SPANS else "today"
    orders = Order.objects.deliverable_by(request.user)
    if store:
        orders = orders.filter(store=store)
    rows = _ordered(orders.filter(_within(span, stores)), span)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = {"span": span, **({"store": store.pk} if store else {})}
    context = {
        **admin.site.each_context(request),
        "title": _("Deliveries"),
        "tabs": _tabs(orders, stores, span, query),
        "stores": stores if len(stores) > 1 else [],
        "store": store,
        "span": span,
        "page": page,
        "rows": _rows(list(page.object_list), request.user),
        "back": urlencode({**query, "page": page.number}),
        "pages": _pages(page, query),
        "empty": EMPTY[span],
        "can_sell": request.user.has_perm("pos.sell_order"),
    }
    return TemplateResponse(request, "admin/deliveries/deliveries.html", context)


def _stores(user: User) -> QuerySet[Store]:
    """Where this person works."""
    ids = user.store_ids("work_in_store", "manage_store")
    stores = Store.objects.all()
    return stores if ids is None else stores.filter(pk__in=ids)


def _within(span: str, stores: Sequence[Store]) -> Q:
    """The span by each store's own business day; stores that have the same day go together."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for store in stores:
        by_day[store.business_day()].append(store.pk)
    condition = Q(pk__in=())
    for today, ids in by_day.items():
        condition |= Q(store_id__in=ids) & _days(span, today)
    return condition


def _days(span: str, today: date) -> Q:
    is_open = Q(delivery_status__in=OPEN)
    if span == "overdue":
        return Q(deliver_on__lt=today) & is_open
    if span == "today":  # what may go out any day, too
        return Q(deliver_on=today) | (Q(deliver_on=None) & is_open)
    if span == "tomorrow":
        return Q(deliver_on=today + timedelta(days=1))
    if span == "week":
        return Q(deliver_on__range=(today, today + timedelta(days=6)))
    return Q(store_id__isnull=False)


def _ordered(orders: QuerySet[Order], span: str) -> QuerySet[Order]:
    """What is still to do first, the oldest first; of all the newest first."""
    steps = DeliveryStep.objects.select_related("created_by").order_by("id")
    loaded = orders.select_related("store", "customer", "seller").prefetch_related(
        Prefetch("delivery_steps", queryset=steps)
    )
    if span == "all":
        return loaded.order_by(F("deliver_on").desc(nulls_first=True), "-pk")
    is_done = Case(When(delivery_status=States.DELIVERED, then=Value(1)), default=Value(0))
    return loaded.order_by(is_done, "deliver_on", "pk")


def _tabs(
    orders: QuerySet[Order], stores: Sequence[Store], chosen: str, query: dict[str, Any]
) -> list[dict[str, Any]]:
    """Each span with how many are still to deliver in it: one query."""
    is_open = orders.filter(delivery_status__in=OPEN).order_by()
    counted = [span for span in SPANS if span != "all"]
    counts = is_open.aggregate(
        **{span: Count("pk", filter=_within(span, stores)) for span in counted}
    )
    return [
        {
            "name": name,
            "span": span,
            "count": counts.get(span),
            "url": f"?{urlencode({**query, 'span': span})}",
            "is_chosen": span == chosen,
        }
        for span, name in SPANS.items()
    ]


def _rows(orders: list[Order], user: User) -> list[dict[str, Any]]:
    ids = [order.pk for order in orders]
    seen = Order.objects.visible_to(user) if user.has_perm("pos.view_order") else None
    own = set(seen.filter(pk__in=ids).values_list("pk", flat=True)) if seen is not None else set()
    return [_row(order, user, is_linked=order.pk in own) for order in orders]


def _row(order: Order, user: User, *, is_linked: bool) -> dict[str, Any]:
    steps = list(order.delivery_steps.all())
    address = ", ".join(
        line.strip() for line in order.delivery_address.splitlines() if line.strip()
    )
    phone = order.customer.phone if order.customer else ""
    undoable = step_to_undo(steps)
    return {
        "order": order,
        "url": reverse("admin:pos_order_change", args=[order.pk]) if is_linked else "",
        "state": order.get_delivery_status_display(),
        "label": LABELS[order.delivery_status],
        "is_overdue": _is_overdue(order),
        "is_pending": order.delivery_status == States.PENDING,
        "address": address,
        "map_url": MAP + quote(address, safe="") if address else "",
        "phone": phone,
        "phone_url": "tel:" + "".join(sign for sign in phone if sign in "+0123456789"),
        "due": format_money(order.due_amount, settings.POS_CURRENCY)
        if order.due_amount > 0
        else "",
        "last": steps[-1] if steps else None,
        "verbs": [verb for verb, to in LEADS_TO.items() if to in MOVES[order.delivery_status]],
        "undo": undoable if undoable and may_undo(user, undoable, order) else None,
    }


def _is_overdue(order: Order) -> bool:
    is_late = order.deliver_on is not None and order.deliver_on < order.store.business_day()
    return is_late and order.delivery_status in OPEN


def _pages(page: Any, query: dict[str, Any]) -> dict[str, str]:
    """Addresses of the pages before and after; empty where there is none."""
    before = page.previous_page_number() if page.has_previous() else None
    after = page.next_page_number() if page.has_next() else None
    return {
        name: f"?{urlencode({**query, 'page': number})}" if number else ""
        for name, number in (("before", before), ("after", after))
    }


# --- The steps --------------------------------------------------------------------------------


@never_cache
@require_POST
def move(request: HttpRequest, order_id: int, verb: str) -> HttpResponse:
    """One step, from a dialog's form: `note`, for undo `step`, `back` (the list's query)."""
    _require_right(request)
    if verb != "undo" and verb not in VERBS:
        raise Http404
    try:
        note = read_text(request.POST.get("note", ""), _("Note"))
        if verb == "undo":
            step = deliveries.undo_delivery_step(
                user=request.user, order_id=order_id, step_id=_meant(request), note=note
            )
        else:
            step = VERBS[verb](user=request.user, order_id=order_id, note=note)
    except PosError as error:
        note_refusal(request, error)
        messages.error(request, error.message)
    else:
        messages.success(request, DONE[verb] % {"order": step.order})
    return _back(request)


@never_cache
@require_POST
def dispatch_chosen(request: HttpRequest) -> HttpResponse:
    """Several at once: `order` for each of a page, `note`, `back`."""
    _require_right(request)
    ids = [number for text in request.POST.getlist("order") if (number := _number(text))]
    if not ids:
        messages.error(request, _("Choose the deliveries first."))
        return _back(request)
    try:
        note = read_text(request.POST.get("note", ""), _("Note"))
        left, stayed = deliveries.dispatch_deliveries(
            user=request.user, order_ids=ids[:PER_PAGE], note=note
        )
    except PosError as error:
        note_refusal(request, error)
        messages.error(request, error.message)
        return _back(request)
    if left:
        text = ngettext(
            "%(n)s delivery is on the way.", "%(n)s deliveries are on the way.", len(left)
        )
        messages.success(request, text % {"n": len(left)})
    if stayed:
        names = ", ".join(str(order) for order in stayed)
        messages.warning(
            request, _("Not dispatched, moved on elsewhere: %(orders)s") % {"orders": names}
        )
    return _back(request)


def _meant(request: HttpRequest) -> int | None:
    return _number(request.POST.get("step", ""))


def _number(text: str) -> int | None:
    """An id out of a form; None for nonsense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was looked at: nothing but its own parameters."""
    asked = QueryDict(request.POST.get("back", "")[:200])
    known = {name: asked[name] for name in ("span", "store", "page") if name in asked}
    return HttpResponseRedirect(f"{reverse('admin:pos_deliveries')}?{urlencode(known)}")


# --- The slip ---------------------------------------------------------------------------------


@never_cache
@require_safe
def slip(request: HttpRequest, order_id: int) -> HttpResponse:
    """To print and take along; `?width=58|80` other paper, `?print=1` prints at once."""
    _require_right(request)
    orders = Order.objects.deliverable_by(request.user).select_related(
        "store", "register", "customer"
    )
    order = get_object_or_404(orders, pk=order_id)
    widths = {str(width): width for width in Register.PaperWidth}
    usual = str(order.register.paper_width)
    width = widths.get(request.GET.get("width", "")) or widths[usual]
    document = build_delivery_slip(order)
    context = {
        **admin.site.each_context(request),
        "title": _("Delivery slip %(number)s") % {"number": order.number},
        "order": order,
        "slip": document,
        "width": width,
        "widths": Register.PaperWidth.choices,
        "here": print_here(request, "slip", order),
        "bars": bars_svg(document.number, PRINTABLE[width]),
        "qr": qr_svg(document.number),
        "prints_at_once": request.GET.get("print") == "1",
    }
    return TemplateResponse(request, "admin/deliveries/slip.html", context)
