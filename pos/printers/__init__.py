"""One module per kind of printer."""
