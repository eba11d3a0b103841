"""What can be brought in from a spreadsheet: one module per kind, judged first and written after."""
