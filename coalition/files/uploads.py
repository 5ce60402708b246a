"""What of an upload is written to this machine before anything has looked at it."""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_AT_ONCE = 25_000_000  # bytes of all files of a request; docs/operate.md names it for proxies


class LimitedFiles(TemporaryFileUploadHandler):
    """Writes files to temporary ones, and no more than 25 MB for a request.

    What comes after that is read and dropped, so that the form can say what is wrong: the file has
    the size that was sent, and `cut_short`.
    """

    left = MOST_AT_ONCE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if len(raw_data) > self.left:
            self.left = 0
            self.file.cut_short = True
            return
        self.left -= len(raw_data)
        super().receive_data_chunk(raw_data, start)
