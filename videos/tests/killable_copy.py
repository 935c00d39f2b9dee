"""Makes one copy in a process of its own, and waits for ever at a place where it is to be killed.

``python -m videos.tests.killable_copy <pk> <place>``; the rest as :mod:`videos.tests.killable`.
"""

import sys
from typing import Any

from videos.tests.killable import set_up, wait_for_ever

__all__ = ["main"]


def main() -> None:
    """Set up Django on the test's own database and folders, then make it."""
    pk, place = int(sys.argv[1]), sys.argv[2]
    set_up()
    from videos.actions import make_copy as module

    def trap(owner: Any, name: str, *, is_after: bool = False) -> None:
        function = getattr(owner, name)

        def trapped(*arguments: Any, **more: Any) -> Any:
            if is_after:
                function(*arguments, **more)
            wait_for_ever()

        setattr(owner, name, trapped)

    traps: dict[str, tuple[Any, str, bool]] = {
        "begun": (module._Making, "_burn", False),
        "burning": (module._Making, "_tell", False),
        "burnt": (module._Making, "_burn", True),
        "noted": (module, "put", False),
        "stored": (module, "put", True),
        "ready": (module.WorkFolder, "delete", False),
    }
    owner, name, is_after = traps[place]
    trap(owner, name, is_after=is_after)
    module.make_copy(pk)


if __name__ == "__main__":
    main()
