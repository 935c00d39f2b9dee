"""What the names of fenced divs mean."""

#: Name of a div → kind of callout.
CALLOUTS = {
    "objectives": "objectives", "learning-objectives": "objectives", "outcomes": "objectives",
    "questions": "questions", "overview": "objectives",
    "keypoints": "keypoints", "key-points": "keypoints", "takeaways": "keypoints",
    "prereq": "prerequisites", "prereqs": "prerequisites", "prerequisites": "prerequisites",
    "prerequisite": "prerequisites", "requirements": "prerequisites",
    "callout": "note", "note": "note", "info": "note", "callout-note": "note", "admonition": "note",
    "testimonial": "note", "checklist": "note", "definition": "note", "example": "note", "seealso": "note",
    "tip": "tip", "callout-tip": "tip",
    "caution": "warning", "warning": "warning", "important": "warning", "danger": "warning", "attention": "warning",
    "callout-warning": "warning", "callout-caution": "warning", "callout-important": "warning",
    "challenge": "exercise", "exercise": "exercise", "exercises": "exercise", "discussion": "exercise",
    "activity": "exercise", "callout-exercise": "exercise",
}  # fmt: skip
#: Boxes that are closed at first.
COLLAPSED = {"solution", "solutions", "answer", "hint", "spoiler", "details", "dropdown", "collapse"}
#: For teachers, not for learners.
TEACHERS = {"instructor", "instructor-note", "instructor-notes", "notes-for-instructors"}
#: Boxes that only place things on a page.
LAYOUT = {
    "columns", "column", "row", "col", "figure", "panel-tabset", "group-tab", "tab", "tab-set", "tab-item", "div",
    "container", "grid", "layout", "aside", "margin", "column-margin", "content-visible", "center", "wide", "empty",
}  # fmt: skip

#: Headings that only say what kind of box it is, in the languages of the platform.
_GENERIC = {
    "objectives": {"objectives", "learning objectives", "objectifs"},
    "questions": {"questions"},
    "keypoints": {"key points", "keypoints", "points clés", "à retenir"},
    "prerequisites": {"prerequisites", "prerequisite", "prérequis"},
    "note": {"note", "callout", "remarque"},
    "tip": {"tip", "astuce", "conseil"},
    "warning": {"warning", "caution", "important", "attention"},
    "exercise": {"exercise", "challenge", "exercice", "défi"},
    "solution": {"solution", "answer", "réponse", "correction"},
}


def is_generic(kind: str, title: str) -> bool:
    """Whether a title says no more than the box's own name, which the platform shows in the reader's language."""
    return title.strip().rstrip(":").strip().lower() in _GENERIC.get(kind, set())


def callout_kind(names: list[str]) -> str | None:
    """The kind of callout that one of a div's names stands for."""
    return next((CALLOUTS[name] for name in names if name in CALLOUTS), None)
