"""Which back end an address asks for."""

from muniment.store.folder import FolderObjects
from muniment.store.objects import Objects


def open_objects(uri: str) -> Objects:
    """The object store at `s3://bucket/prefix`, or in a folder."""
    if not uri.startswith("s3://"):
        return FolderObjects(uri)
    from muniment.store.s3 import S3Objects  # its client takes a tenth of a second to import

    return S3Objects(uri)
