"""PDF: its lines with their places, put in the order in which a person reads them. Scripts and attachments are never looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parvis.programmes.core.layout import Line, in_reading_order, joined

MOST_PAGES = 600
SCAN = (
    "Ce PDF est une suite d'images : il ne contient pas de texte. Demandez le fichier d'origine, ou passez-le par un logiciel "
    "de reconnaissance de caractères avant de le déposer."
)
BROKEN = "Ce PDF est abîmé ou n'en est pas un : il n'a pas pu être lu."


def pages(path: Path) -> list[str]:
    """The text of each page, "" for one without text. Raises ValueError."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException

    try:
        with path.open("rb") as file:
            found = [joined(in_reading_order(lines)) for lines in lines_by_page(file)]
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed) as error:
        raise ValueError("Ce PDF est protégé par un mot de passe. Déposez une version sans mot de passe.") from error
    except (PDFException, PSException, RecursionError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(BROKEN) from error
    if not found:
        raise ValueError(BROKEN)
    letters = sum(character.isalpha() for page in found for character in page)
    if letters < 20 * len(found) and letters < 400:
        raise ValueError(SCAN)
    return found


def lines_by_page(file: Any) -> Iterator[list[Line]]:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage

    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=LAParams(boxes_flow=None))
    interpreter = PDFPageInterpreter(resources, device)
    for number, page in enumerate(PDFPage.get_pages(file, check_extractable=False), start=1):
        if number > MOST_PAGES:
            raise ValueError(f"Ce PDF a plus de {MOST_PAGES} pages. Donnez-le en plusieurs fichiers.")
        interpreter.process_page(page)
        yield list(lines_in(device.get_result()))


def lines_in(box: Any) -> Iterator[Line]:
    from pdfminer.layout import LTTextLine

    if isinstance(box, LTTextLine):
        yield Line(box.x0, box.y0, box.x1, box.y1, box.get_text())
    elif hasattr(box, "__iter__"):
        for part in box:
            yield from lines_in(part)
