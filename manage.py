#!/usr/bin/env python
"""Runs the project's commands."""

import gc
import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")
    from coalition.operations.command_line import execute

    try:
        execute(sys.argv)
    finally:
        gc.freeze()  # what is left needs no sorting out: looking through it takes half a second


if __name__ == "__main__":
    main()
