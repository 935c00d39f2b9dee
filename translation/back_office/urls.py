"""Addresses of the translators' screens, below ``/admin/translations/``."""

from django.urls import URLPattern, path

from translation.back_office import desk, files, listing, strings, terms
from translation.back_office.access import answering

__all__ = ["urlpatterns"]

_COURSE, _PAGE = "courses/<uuid:course_key>/", "pages/<uuid:page_key>/<slug:language>/"
_DESK = f"{_COURSE}<slug:language>/"

urlpatterns: list[URLPattern] = [
    path("", listing.IndexView.as_view(), name="index"),
    path("terms/import/", terms.ImportView.as_view(), name="import_terms"),
    path(_COURSE, answering(listing.CourseView.as_view()), name="course"),
    path(f"{_COURSE}submit/", desk.submit, name="submit"),
    path(f"{_COURSE}progress/", listing.progress, name="progress"),
    path(_DESK, answering(desk.DeskView.as_view()), name="desk"),
    path(f"{_DESK}machine/", desk.machine, name="machine_course"),
    path(f"{_DESK}send/", desk.send, name="send"),
    path(f"{_DESK}withdraw/", desk.withdraw, name="withdraw"),
    path(f"{_DESK}po/", files.export_course, name="export_course"),
    path(f"{_DESK}po/import/", files.import_course, name="import_course"),
    path(_PAGE, answering(strings.StringsView.as_view()), name="strings"),
    path(f"{_PAGE}strings/<int:segment_id>/", strings.save_one, name="save_string"),
    path(f"{_PAGE}machine/", strings.machine, name="machine_page"),
    path(f"{_PAGE}preview/", strings.preview, name="preview"),
    path(f"{_PAGE}po/", files.export_page, name="export_page"),
    path(f"{_PAGE}po/import/", files.import_page, name="import_page"),
]
