"""Prints the largest errors at the end."""

import figures


def pytest_terminal_summary(terminalreporter):
    for what, error in sorted(figures.worst.items()):
        terminalreporter.write_line(f"{error:9.1e}  {what}")
