"""`python -m portal`: the practice's command line."""

from portal.cli import commands

if __name__ == "__main__":
    commands(prog_name="python -m portal")
