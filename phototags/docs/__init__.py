"""Pages made by `make docs`: docs/params.md and the numbers in README.md and docs/*.md."""
