"""Ids of blocks through edits and translations."""

from typing import Any

from interop.storing.block_ids import keep_ids, without_ids


def rows(*texts: str, kind: str = "rich_text") -> list[dict[str, Any]]:
    return [{"type": kind, "value": text} for text in texts]


def named(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"type": "rich_text", "value": text, "id": identifier} for text, identifier in pairs]


OLD = named(("a", "1"), ("b", "2"), ("c", "3"))


def ids(new: list[dict[str, Any]], **options: Any) -> list[str]:
    return [row["id"] if row["id"] in "123" else "new" for row in keep_ids(new, OLD, **options)]


def test_same_content_keeps_ids():
    assert ids(rows("a", "b", "c")) == ["1", "2", "3"]


def test_edited_block_keeps_its_id():
    assert ids(rows("a", "B", "c")) == ["1", "2", "3"]


def test_added_block_gets_a_new_id():
    assert ids(rows("a", "x", "b", "c")) == ["1", "new", "2", "3"]


def test_removed_block_takes_its_id_along():
    assert ids(rows("a", "c")) == ["1", "3"]


def test_moved_block_keeps_its_id():
    assert ids(rows("c", "a", "b")) == ["3", "1", "2"]


def test_translation_takes_ids_by_type_and_order():
    assert ids(rows("x", "y", "z"), is_translation=True) == ["1", "2", "3"]


def test_other_type_gets_a_new_id():
    assert ids([*rows("a"), *rows("b", kind="code"), *rows("c")]) == ["1", "new", "3"]


def test_ids_inside_blocks_are_kept():
    def question(*options: str) -> list[dict[str, Any]]:
        items = [{"type": "item", "value": {"text": text}} for text in options]
        return [{"type": "single_choice", "value": {"options": items}, "id": "q"}]

    old = keep_ids(question("a", "b"), [])
    new = keep_ids(question("b!", "a", "c"), old)
    before = [item["id"] for item in old[0]["value"]["options"]]
    after = [item["id"] for item in new[0]["value"]["options"]]
    assert after[1] == before[0]
    assert len(set(after)) == 3
    items = [{"type": "item", "value": {"text": text}} for text in ("b!", "a", "c")]
    assert without_ids(new) == [{"type": "single_choice", "value": {"options": items}}]
