"""The one error of the local AWS."""


class LocalAwsError(Exception):
    """The local AWS cannot be started or stopped. Its text is one line that says what to do."""
