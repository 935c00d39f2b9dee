"""Reading a course folder that nobody vouches for: files, YAML, front matter. Nothing here touches the database."""
