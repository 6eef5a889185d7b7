"""Writes the PDFs of the golden corpus, with what a person sees in each: `python -m tests.golden.make_pdf`.

The files are kept: they change only when this does. Beside `pages` and `notes`, `pictures` and `garbled` name the pages
that are to be read by sight.
"""

from __future__ import annotations

from tests.golden import pdf_forms, pdf_pages, pdf_pictures, pdf_unseen

if __name__ == "__main__":
    pdf_forms.main()
    pdf_pages.main()
    pdf_pictures.main()
    pdf_unseen.main()
