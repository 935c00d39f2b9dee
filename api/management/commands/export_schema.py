"""Write the schema files that frontends build against, or check that they are true."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.generators import SchemaGenerator


class Command(BaseCommand):
    """``manage.py export_schema`` writes, ``--check`` fails when a file isn't what the code says."""

    help = "Write api/graphql/schema.graphql and api/rest/openapi.json, or check them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a file is out of date.")

    def handle(self, *args: Any, **options: Any) -> None:
        from api.graphql.schema import schema

        openapi = SchemaGenerator(urlconf="api.urls").get_schema(request=None, public=True)
        files = {
            Path(settings.BASE_DIR) / "api/graphql/schema.graphql": str(schema).strip() + "\n",
            Path(settings.BASE_DIR) / "api/rest/openapi.json": json.dumps(openapi, indent=2, sort_keys=True) + "\n",
        }
        for path, text in files.items():
            name = path.relative_to(settings.BASE_DIR)
            if not options["check"]:
                path.write_text(text)
                self.stdout.write(f"{name} written")
            elif not path.exists() or path.read_text() != text:
                raise CommandError(f"{name} is out of date: run manage.py export_schema and commit it.")
            else:
                self.stdout.write(f"{name} is true")
