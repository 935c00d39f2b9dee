"""What is done to people's accounts, one verb a file."""
