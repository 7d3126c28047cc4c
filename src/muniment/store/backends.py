"""Which back end an address asks for."""

from muniment.store.folder import FolderObjects
from muniment.store.objects import Objects
from muniment.store.s3 import S3Objects


def open_objects(uri: str) -> Objects:
    """The object store at `s3://bucket/prefix`, or in a folder."""
    return S3Objects(uri) if uri.startswith("s3://") else FolderObjects(uri)
