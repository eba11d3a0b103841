"""The verbs: the only place where money, stock and status change."""
