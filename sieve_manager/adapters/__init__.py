"""The outside world behind the application's ports: servers, files, the database."""
