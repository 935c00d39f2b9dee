"""What a document may cost. Checked on the syntax tree before validation and execution, in linear time.

Validation itself is the first victim of a hostile document (its overlap rule is quadratic, graphene's own depth
rule doesn't end on fragment bombs), so these checks come first and never expand a fragment: each is measured once
and its figures are reused wherever it is spread.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

#: Fields that list without a ``first`` argument: how many rows a typical one has.
LIST_WEIGHTS = {
    "modules": 5,
    "lessons": 6,
    "body": 20,
    "questions": 15,
    "introduction": 4,
    "prompt": 3,
    "options": 5,
    "enrollments": 10,
    "certificates": 10,
    "stages": 4,
    "courses": 4,
    "newLessons": 5,
    "notificationPreferences": 16,
    "bookmarks": 20,
    "notes": 20,
    "comments": 6,
    "thread": 30,
    "learningPaths": 4,
    "lines": 5,
    "paymentMethods": 10,
    "payments": 3,
    "uris": 3,
    "invoices": 2,
    "refunds": 2,
    "plans": 4,
    "subscriptions": 4,
    "sums": 2,
    "months": 24,
    "payouts": 12,
    "payoutAccounts": 2,
    "payoutProviders": 4,
    "referralLinks": 10,
    "videos": 2,
    "renditions": 6,
    "captions": 3,
    "chapters": 10,
    "transcript": 60,
    "excerpt": 7,
    "stops": 3,
    "files": 4,
    "segments": 150,
    "stretches": 240,
    "quality": 20,
}
#: Rows of a list when `first` is left out.
DEFAULT_PAGE_SIZE = 20
#: Fields written in one document, spread or not.
MAX_FIELDS = 500
#: The overlap rule compares each field with its namesakes in pairs; more of them than this serves no one.
MAX_NAMESAKES = 20


@dataclass
class Measure:
    """What one selection set amounts to, spreads included."""

    depth: int = 0
    cost: int = 0
    aliases: int = 0


@dataclass
class Limits:
    """The bounds in force; each from settings, so that tests and schools can set their own."""

    depth: int = field(default_factory=lambda: settings.GRAPHQL_MAX_DEPTH)
    cost: int = field(default_factory=lambda: settings.GRAPHQL_MAX_COST)
    aliases: int = field(default_factory=lambda: settings.GRAPHQL_MAX_ALIASES)
    directives: int = field(default_factory=lambda: settings.GRAPHQL_MAX_DIRECTIVES)
    fragments: int = field(default_factory=lambda: settings.GRAPHQL_MAX_FRAGMENTS)
    page_size: int = field(default_factory=lambda: settings.GRAPHQL_MAX_PAGE_SIZE)


class TooExpensive(GraphQLError):
    """The document goes beyond a limit; the message names it and its bound."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "QUERY_TOO_EXPENSIVE"})


def check_document(document: DocumentNode, variables: dict[str, Any] | None, limits: Limits | None = None) -> int:
    """Refuse a document that goes beyond the limits.

    Returns:
        Its cost: about the number of fields that the answer may hold.

    Raises:
        TooExpensive: with the limit and its bound in the message.
    """
    return _Survey(document, variables or {}, limits or Limits()).cost()


class _Survey:
    def __init__(self, document: DocumentNode, variables: dict[str, Any], limits: Limits) -> None:
        self.limits = limits
        self.variables = variables
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.operations: list[OperationDefinitionNode] = []
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments[definition.name.value] = definition
            elif isinstance(definition, OperationDefinitionNode):
                self.operations.append(definition)
        self.measured: dict[str, Measure] = {}
        self.open: set[str] = set()
        self.fields = self.directives = self.spreads = 0
        self.in_introspection = False

    def cost(self) -> int:
        if len(self.fragments) > self.limits.fragments:
            raise TooExpensive(_("At most %(limit)d fragments in one document.") % {"limit": self.limits.fragments})
        for name in self.fragments:
            self._fragment(name)
        total = sum(self._measure_operation(operation).cost for operation in self.operations)
        self._check_cost(total)
        return total

    def _measure_operation(self, node: OperationDefinitionNode) -> Measure:
        self._count_directives(node)
        measure = self._selections(node.selection_set)
        self._check(measure)
        return measure

    def _fragment(self, name: str) -> Measure:
        if name in self.measured:
            return self.measured[name]
        definition = self.fragments.get(name)
        if definition is None or name in self.open:
            return Measure()  # unknown or cyclic: the standard rules say so in their own words
        self.open.add(name)
        self._count_directives(definition)
        outside = self.in_introspection
        # A fragment on `__Type` and its like is introspection wherever it is measured from.
        self.in_introspection = outside or definition.type_condition.name.value.startswith("__")
        measure = self._selections(definition.selection_set)
        self.in_introspection = outside
        self.open.discard(name)
        self._check(measure)
        self.measured[name] = measure
        return measure

    def _selections(self, selection_set: SelectionSetNode) -> Measure:
        names: Counter[str] = Counter()
        measure = Measure()
        for selection in selection_set.selections:
            self._count_directives(selection)
            if isinstance(selection, FieldNode):
                names[(selection.alias or selection.name).value] += 1
                part = self._field(selection)
            elif isinstance(selection, FragmentSpreadNode):
                self._count_spread()
                part = self._fragment(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                self._count_spread()
                part = self._selections(selection.selection_set)
            else:  # no other kind of selection exists
                continue
            measure.depth = max(measure.depth, part.depth)
            measure.cost += part.cost
            measure.aliases += part.aliases
        if names and max(names.values()) > MAX_NAMESAKES:
            raise TooExpensive(_("The same field at most %(limit)d times in one selection.") % {"limit": MAX_NAMESAKES})
        return measure

    def _field(self, node: FieldNode) -> Measure:
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise TooExpensive(_("At most %(limit)d fields in one document.") % {"limit": MAX_FIELDS})
        aliases = 1 if node.alias else 0
        if node.selection_set is None:
            return Measure(depth=1, cost=1, aliases=aliases)
        outermost = node.name.value.startswith("__") and not self.in_introspection
        if outermost:
            self.in_introspection = True
        below = self._selections(node.selection_set)
        if outermost:
            self.in_introspection = False
        # Introspection is switched off or on as a whole; its nesting by `ofType` is not the data's depth.
        depth = 0 if outermost or self.in_introspection else below.depth + 1
        measure = Measure(
            depth=depth, cost=1 + self._rows(node, node.selection_set) * below.cost, aliases=aliases + below.aliases
        )
        self._check(measure)
        return measure

    def _rows(self, node: FieldNode, below: SelectionSetNode) -> int:
        for argument in node.arguments:
            if argument.name.value in ("first", "last"):
                value: Any = None
                if isinstance(argument.value, IntValueNode):
                    value = int(argument.value.value)
                elif isinstance(argument.value, VariableNode):
                    value = self.variables.get(argument.value.name.value)
                if isinstance(value, int) and not isinstance(value, bool):
                    # Less than nothing and more than the limit are refused later, in words of their own.
                    return min(max(value, 1), self.limits.page_size)
                return DEFAULT_PAGE_SIZE
        if any(isinstance(field, FieldNode) and field.name.value == "edges" for field in below.selections):
            return DEFAULT_PAGE_SIZE
        return LIST_WEIGHTS.get(node.name.value, 1)

    def _check(self, measure: Measure) -> None:
        if measure.depth > self.limits.depth:
            raise TooExpensive(_("At most %(limit)d levels deep.") % {"limit": self.limits.depth})
        if measure.aliases > self.limits.aliases:
            raise TooExpensive(_("At most %(limit)d aliases in one operation.") % {"limit": self.limits.aliases})
        self._check_cost(measure.cost)

    def _check_cost(self, cost: int) -> None:
        if cost > self.limits.cost:
            raise TooExpensive(
                _("This query costs %(cost)d, at most %(limit)d is served. Ask for fewer rows or fields.")
                % {"cost": cost, "limit": self.limits.cost}
            )

    def _count_directives(self, node: Any) -> None:
        self.directives += len(node.directives or ())
        if self.directives > self.limits.directives:
            raise TooExpensive(_("At most %(limit)d directives in one document.") % {"limit": self.limits.directives})

    def _count_spread(self) -> None:
        self.spreads += 1
        if self.spreads > 3 * self.limits.fragments:
            raise TooExpensive(
                _("At most %(limit)d fragment spreads in one document.") % {"limit": 3 * self.limits.fragments}
            )
