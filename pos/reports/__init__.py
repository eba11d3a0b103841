"""Numbers: one module per report."""
