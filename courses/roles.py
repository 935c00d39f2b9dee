"""What the school's roles may do with pages, pictures and files.

Everything here is idempotent and runs after every ``migrate`` and whenever a catalogue is made in some language, so a
new installation, a new language and an upgraded school end up the same. What an administrator grants in addition
stays; what is listed here comes back.
"""

from collections.abc import Iterable, Mapping

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_noop
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from courses.models.course import CourseIndexPage
from courses.review import assign_review

__all__ = ["authors_collection", "grant_page_permissions", "grant_role_permissions", "prepare"]

INSTRUCTOR, TRANSLATOR, REVIEWER = "instructor", "translator", "reviewer"
SUPPORT, ADMINISTRATOR = "support", "administrator"

#: Name of the collection that authors put pictures and files in.
COLLECTION = gettext_noop("Courses")

_VERBS = ("add", "change", "delete")
_TERMS = [f"translation.{verb}_term" for verb in _VERBS]
_SNIPPETS = [f"courses.{verb}_{model}" for model in ("category", "glossaryterm") for verb in _VERBS]
_VIDEOS = [f"videos.{verb}_video" for verb in _VERBS]
_ADMIN = "wagtailadmin.access_admin"
_TRANSLATE = "wagtail_localize.submit_translation"

#: Django permissions, ``app.codename``. Page rights of instructors come from course membership, not from here.
MODEL_PERMISSIONS: dict[str, list[str]] = {
    INSTRUCTOR: [
        _ADMIN,
        "courses.add_coursepage",
        "courses.add_glossaryterm",
        "courses.change_glossaryterm",
        "videos.add_video",
    ],
    TRANSLATOR: [_ADMIN, _TRANSLATE, "courses.change_category", "courses.change_glossaryterm", *_TERMS],
    REVIEWER: [_ADMIN],
    SUPPORT: [_ADMIN],
    ADMINISTRATOR: [
        _ADMIN,
        _TRANSLATE,
        "courses.add_coursepage",
        "courses.change_coursepage",
        *_SNIPPETS,
        *_TERMS,
        *_VIDEOS,
        *(f"wagtailcore.{verb}_{model}" for model in ("workflow", "task") for verb in _VERBS),
    ],
}

_ALL_PAGE_RIGHTS = ("add", "change", "publish", "bulk_delete", "lock", "unlock")

#: Rights on collections: model → verbs. Choosing is allowed from every collection, adding only in the authors' own.
_APPS = {"image": "wagtailimages", "document": "wagtaildocs"}
_ADD = {"image": ("add",), "document": ("add",)}
_CHOOSE = {"image": ("choose",), "document": ("choose",)}
_ALL = {"image": ("add", "change", "choose"), "document": ("add", "change", "choose")}


def grant_page_permissions(index_page: CourseIndexPage) -> None:
    """Give the roles their rights on a catalogue and put it under review.

    Reviewers see every course and may lock it; translators change catalogues of languages that are translated into;
    administrators do everything, on the whole site. Instructors get nothing here: see ``courses.page_permissions``.
    """
    page = Page.objects.get(pk=index_page.pk)
    _grant_on_page(REVIEWER, page, ("lock", "unlock"))
    if index_page.locale.language_code != settings.LANGUAGE_CODE:
        _grant_on_page(TRANSLATOR, page, ("change",))
    _grant_on_page(ADMINISTRATOR, page.get_root(), _ALL_PAGE_RIGHTS)
    assign_review(page)


def grant_role_permissions() -> None:
    """Give the roles access to the back office, to snippets, and to pictures and files."""
    for role, names in MODEL_PERMISSIONS.items():
        _group(role).permissions.add(*filter(None, map(_permission, names)))
    root, authors = Collection.get_first_root_node(), authors_collection()
    for role in (INSTRUCTOR, TRANSLATOR):
        _grant_on_collection(role, root, _CHOOSE)
        _grant_on_collection(role, authors, _ADD)
    _grant_on_collection(REVIEWER, root, _CHOOSE)
    _grant_on_collection(ADMINISTRATOR, root, _ALL)


def authors_collection() -> Collection:
    """Where authors and importers put pictures and files, made if it is missing."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=COLLECTION).first()
    return found or root.add_child(name=COLLECTION)


def prepare() -> None:
    """Bring roles and every catalogue up to date."""
    grant_role_permissions()
    root = Page.get_first_root_node()
    if root is not None:  # before the first catalogue, too: somebody has to make it
        _grant_on_page(ADMINISTRATOR, root, _ALL_PAGE_RIGHTS)
    for index_page in CourseIndexPage.objects.select_related("locale"):
        grant_page_permissions(index_page)


def _group(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def _permission(name: str) -> Permission | None:
    """Find a permission, or make the row that ``migrate`` would make a moment later; None without such a model."""
    app_label, _dot, codename = name.partition(".")
    found = Permission.objects.filter(content_type__app_label=app_label, codename=codename).first()
    if found is not None:
        return found
    verb, _sep, model_name = codename.partition("_")
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError:
        return None
    content_type = ContentType.objects.get_for_model(model)
    label = f"Can {verb} {model._meta.verbose_name_raw}"
    return Permission.objects.create(content_type=content_type, codename=codename, name=label)


def _grant_on_page(role: str, page: Page, verbs: Iterable[str]) -> None:
    group = _group(role)
    held = GroupPagePermission.objects.filter(group=group, page=page).values_list("permission__codename", flat=True)
    for codename in sorted({f"{verb}_page" for verb in verbs}.difference(held)):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _grant_on_collection(role: str, collection: Collection, rights: Mapping[str, tuple[str, ...]]) -> None:
    for model, verbs in rights.items():
        for verb in verbs:
            permission = _permission(f"{_APPS[model]}.{verb}_{model}")
            if permission is not None:
                GroupCollectionPermission.objects.get_or_create(
                    group=_group(role), collection=collection, permission=permission
                )
