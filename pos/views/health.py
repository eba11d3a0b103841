"""Whether this process can serve: for load balancers, containers and monitoring."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 {"status": "ok"}; 503 with "database" or "migrations" as the status. Tells nothing more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        logger.exception("The database does not answer.")
        return JsonResponse({"status": "database"}, status=503)
    if pending:
        logger.error("%s migrations are not applied yet: run manage.py migrate.", len(pending))
        return JsonResponse({"status": "migrations"}, status=503)
    return JsonResponse({"status": "ok"})
