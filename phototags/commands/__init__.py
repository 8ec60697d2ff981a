"""One module per command of `phototags`, with DETAILS, add_arguments(parser) and run(args), which
returns the exit code. cli.py imports the module of the chosen command alone.
"""
