"""What went wrong with one file, and how it is told."""


class Failure(Exception):
    """One sentence on why a file could not be fetched."""


def printable(text):
    """`text` on one line: what servers and catalogs say must not command a terminal."""
    return "".join(letter if letter.isprintable()
                   else letter.encode("unicode_escape", "backslashreplace").decode()
                   for letter in " ".join(str(text).split())[:500])


def reason_of(error):
    """Why the system or a server refused, in a few words."""
    error = getattr(error, "reason", error)  # of URLError
    return printable(getattr(error, "strerror", None) or error) or type(error).__name__
