"""Course membership as page permissions of Wagtail.

Wagtail asks one object, ``PagePermissionPolicy``, for every right on pages: explorer, editor, history, search,
choosers, reports, bulk actions, its admin API. It reads rows of ``GroupPagePermission``: what a *group* may do below
a page. A course has members, not a group, so :func:`install` extends the policy with grants computed from
``CourseMember`` (docs: courses/README.md). Nothing is granted to instructors through groups, so where this module
says nothing, Wagtail refuses.

- A member may add and change below every translation of the course page; an owner may also delete a draft tree.
- Nobody gets ``publish`` this way: publishing goes through review.
- Those who may create courses see the catalogue pages themselves (``explore``), not what is below them; that they may
  add a child *there* and nowhere deeper is said by :class:`CataloguePermissionTester`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Q, QuerySet
from wagtail.models import GroupPagePermission, Page, PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy

__all__ = ["CataloguePermissionTester", "CourseGrant", "course_grants", "forget_cached_permissions", "install"]

EXPLORE = "explore_page"
_EXPLORABLE_BY = {"add", "change", "publish", "lock", "unlock", "bulk_delete"}


@dataclass(frozen=True)
class _Right:
    codename: str


@dataclass(frozen=True)
class CourseGrant:
    """A right below a page that stems from course membership; to Wagtail it looks like a ``GroupPagePermission``."""

    page: Page
    permission: _Right

    @property
    def page_id(self) -> int:
        """As the row would have it."""
        return self.page.pk


def course_grants(user: Any) -> list[CourseGrant]:
    """Everything that ``user`` may do to pages as author; two queries at most."""
    from courses.models import CourseIndexPage, CourseMember
    from courses.policies import can_create_course

    if not user.is_active or user.is_anonymous:
        return []
    roles = dict(CourseMember.objects.filter(user_id=user.pk).order_by().values_list("course_key", "role"))
    pages = Page.objects.filter(translation_key__in=list(roles), coursepage__isnull=False) if roles else []
    grants = []
    for page in pages:
        rights = ["add_page", "change_page"]
        if roles[page.translation_key] == CourseMember.Role.OWNER:
            rights.append("bulk_delete_page")
        grants += [CourseGrant(page, _Right(right)) for right in rights]
    if can_create_course(user):
        grants += [CourseGrant(page, _Right(EXPLORE)) for page in CourseIndexPage.objects.all()]
    return grants


def forget_cached_permissions(user: Any) -> None:
    """Drop what Wagtail remembers on a user object, after their memberships changed within a request."""
    for name in (
        PagePermissionPolicy.permission_cache_name,
        PagePermissionPolicy._explorable_root_instance_cache_name,
    ):
        if hasattr(user, name):
            delattr(user, name)


class CataloguePermissionTester(PagePermissionTester):
    """On a catalogue page itself, those who may create courses may add a child."""

    def __init__(self, user: Any, page: Page) -> None:
        from courses.policies import can_create_course

        super().__init__(user, page)
        if user.is_active and not user.is_superuser and can_create_course(user):
            self.permissions.add("add")


_group_permissions = PagePermissionPolicy.get_all_permissions_for_user
_user_has_any_permission = PagePermissionPolicy.user_has_any_permission


def _all_permissions(policy: PagePermissionPolicy, user: Any) -> list[GroupPagePermission | CourseGrant]:
    rows = list(_group_permissions(policy, user))
    return rows if user.is_superuser else [*rows, *course_grants(user)]


def _has_any_permission(policy: PagePermissionPolicy, user: Any, actions: Iterable[str]) -> bool:
    """As Wagtail, but who may only add below a catalogue may add."""
    if _user_has_any_permission(policy, user, actions):
        return True
    if "add" not in set(actions) or not user.is_active:
        return False
    return any(perm.permission.codename == EXPLORE for perm in policy.get_cached_permissions_for_user(user))


def _instances_with_any_permission(policy: PagePermissionPolicy, user: Any, actions: Iterable[str]) -> QuerySet[Page]:
    """Same answer as Wagtail's, in one flat condition: an OR of querysets for each course nests too deep."""
    everything = policy._base_queryset_for_user(user)
    if everything is not None:
        return everything
    actions = set(actions)
    wanted = policy._get_permission_codenames(actions)
    add = get_permission_codename("add", policy.model._meta)
    whole, owned = set(), set()
    for perm in policy.get_cached_permissions_for_user(user):
        if perm.permission.codename in wanted:
            whole.add(perm.page.path)
        elif perm.permission.codename == add and "change" in actions:
            # Wagtail's rule: who may add may edit what they own.
            owned.add(perm.page.path)
    return policy.model._default_manager.filter(_below(whole) | (_below(owned) & Q(owner=user)))


def _direct_explore_permission(policy: PagePermissionPolicy, user: Any) -> Any:
    if user.is_superuser:
        return Page.objects.filter(depth=1)
    codenames = {*policy._get_permission_codenames(_EXPLORABLE_BY), EXPLORE}
    return [perm.page for perm in policy.get_cached_permissions_for_user(user) if perm.permission.codename in codenames]


def _explorable_instances(policy: PagePermissionPolicy, user: Any) -> QuerySet[Page]:
    """What may be managed, with the pages on the way there."""
    everything = policy._base_queryset_for_user(user)
    if everything is not None:
        return everything
    codenames = policy._get_permission_codenames(_EXPLORABLE_BY)
    whole: set[str] = set()
    single: set[str] = set()
    for perm in policy.get_cached_permissions_for_user(user):
        path = perm.page.path
        (whole if perm.permission.codename in codenames else single).add(path)
        single.update(path[:end] for end in range(Page.steplen, len(path), Page.steplen))
    return policy.model._default_manager.filter(_below(whole) | Q(path__in=single))


def _below(paths: set[str]) -> Q:
    """Pages at or below any of ``paths``."""
    condition = Q(pk__in=[])
    outermost: list[str] = []
    for path in sorted(paths):
        if not (outermost and path.startswith(outermost[-1])):
            outermost.append(path)
            condition |= Q(path__startswith=path)
    return condition


def install() -> None:
    """Teach Wagtail's policy about course members, wherever an instance of it was or will be made."""
    PagePermissionPolicy.get_all_permissions_for_user = _all_permissions
    PagePermissionPolicy.user_has_any_permission = _has_any_permission
    PagePermissionPolicy.instances_user_has_any_permission_for = _instances_with_any_permission
    PagePermissionPolicy.instances_with_direct_explore_permission = _direct_explore_permission
    PagePermissionPolicy.explorable_instances = _explorable_instances

    # This report names the page edited last of each type, whoever's it is.
    from wagtail.admin.views.reports.page_types_usage import PageTypesUsageReportView

    PageTypesUsageReportView.any_permission_required = ["publish"]
