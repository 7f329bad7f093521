"""What `dgekg --help` teaches: three commands to try first, and all of them by what they are for."""

from __future__ import annotations

import click

FIRST = (
    ("dgekg build", "once: check the records, make a version of them"),
    ("dgekg serve", "read it in a browser, at the address that is printed"),
    ("dgekg gaps --limit 5", "what is missing, and did anybody look"),
)
_LONGEST = 120  # letters of what is said of a command
# A command that stands in none of these is listed at the end, under "More".
SECTIONS = (
    ("Ask", ("find", "coverage", "gaps", "ask", "query", "diff")),
    ("Collect", ("init", "scheme", "form", "import", "inbox", "validate", "build")),
    ("Assess", ("assess", "agreement", "reviewer")),
    ("Hand out", ("serve", "report", "export", "release", "publish", "mcp")),
    ("Look after", ("check", "selfcheck", "suppress", "withdraw", "erase", "outreach")),
)


_LAST = "Each command explains itself: dgekg gaps --help. Exit codes: 0 fine, 1 violations, 2 could not run."


class Taught(click.Group):
    """A group of commands whose help begins with what to try."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section."""
        with formatter.section("Try first"):
            formatter.write_dl(FIRST)
        placed = {name for _, names in SECTIONS for name in names}
        rest = tuple(name for name in self.list_commands(ctx) if name not in placed)
        for title, names in (*SECTIONS, ("More", rest)):
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                if command is not None and not command.hidden:
                    rows.append((name, command.get_short_help_str(limit=_LONGEST)))
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        formatter.write_paragraph()
        formatter.write_text(_LAST)
