"""Result tables in Markdown."""
