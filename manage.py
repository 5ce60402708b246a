#!/usr/bin/env python
"""Runs the project's commands."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")
    from coalition.operations.command_line import execute

    execute(sys.argv)


if __name__ == "__main__":
    main()
