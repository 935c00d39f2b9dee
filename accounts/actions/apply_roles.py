"""Give every role what the table says."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections, transaction

from accounts.roles import NOT_FOR_ADMINISTRATORS, ROLES, Role


def apply_roles(*, using: str = "default") -> list[str]:
    """Create the groups of ``accounts.roles`` and add the permissions they lack; nothing is taken away.

    Runs after every ``migrate``, where Django may not have created all permissions yet: those are created first.

    Returns:
        names from the table that no installed app has (a model of a later release, or a typing mistake).
    """
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0, interactive=False, using=using)
    known: dict[str, Permission] = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    unknown: list[str] = []
    with transaction.atomic(using=using):
        for role in ROLES:
            group, _created = Group.objects.using(using).get_or_create(name=role.name)
            wanted = _permissions(role, known, unknown)
            held = set(group.permissions.using(using).values_list("pk", flat=True))
            group.permissions.add(*[permission for permission in wanted if permission.pk not in held])
            _give_on_root_collection(group, role, known, unknown, using)
    return unknown


def _permissions(role: Role, known: dict[str, Permission], unknown: list[str]) -> list[Permission]:
    if role.holds_everything:
        return [permission for permission in known.values() if _is_for_administrators(permission)]
    unknown.extend(name for name in role.permissions if name not in known)
    return [known[name] for name in role.permissions if name in known]


def _is_for_administrators(permission: Permission) -> bool:
    kind = permission.content_type
    return not NOT_FOR_ADMINISTRATORS & {kind.app_label, f"{kind.app_label}.{kind.model}"}


def _give_on_root_collection(
    group: Group, role: Role, known: dict[str, Permission], unknown: list[str], using: str
) -> None:
    from wagtail.models import Collection, GroupCollectionPermission

    tables = connections[using].introspection.table_names()
    if GroupCollectionPermission._meta.db_table not in tables or Collection._meta.db_table not in tables:
        return  # only some apps are migrated yet; the next migrate goes on
    root = Collection.objects.using(using).filter(depth=1).first()
    if root is None:
        return
    for name in role.collection_permissions:
        if name not in known:
            unknown.append(name)
            continue
        GroupCollectionPermission.objects.using(using).get_or_create(
            group=group, collection=root, permission=known[name]
        )
