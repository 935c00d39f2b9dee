"""``manage.py check_books``: whether the books agree with themselves and with everything else."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commerce.books_check import check_books

__all__ = ["Command"]


class Command(BaseCommand):
    help = "Check that the books agree with orders, payments, refunds, chargebacks and payouts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every fault; end with 1 where there is one."""
        faults = check_books()
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"The books don't agree: {len(faults)} faults.")
        self.stdout.write("The books agree.")
