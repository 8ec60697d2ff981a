"""Download files from mirrors, Debian packages and the web."""
