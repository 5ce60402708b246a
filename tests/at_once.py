"""Several people at the same moment, each in a connection of their own."""

import threading

from django.db import connection


def at_once(*calls) -> list:
    """What each of these calls returns, or the exception it raises, in their order."""
    barrier = threading.Barrier(len(calls))
    results: list = [None] * len(calls)

    def run(which, call):
        try:
            barrier.wait(30)
            results[which] = call()
        except Exception as error:
            results[which] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
