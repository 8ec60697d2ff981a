"""One module a command of `phototags`, each with SUMMARY, DETAILS, add_arguments(parser) and
run(given), which returns the exit code.
"""
