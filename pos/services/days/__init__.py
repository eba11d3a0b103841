"""Figures by business day: summed from the documents, kept for days that are over.

`tables` says what each measure is, `raw` writes the statements, `rolling` keeps what is finished.
"""
