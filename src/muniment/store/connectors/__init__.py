"""One connector for each kind of source: a file each and a line here."""

from muniment.schemas.source import Kind, Source
from muniment.store.connectors.distributions import DistributionsConnector
from muniment.store.connectors.folder import FolderConnector
from muniment.store.connectors.git import GitConnector
from muniment.store.connectors.item import Connector
from muniment.store.connectors.table import TableConnector

_CONNECTORS: dict[Kind, type[Connector]] = {
    Kind.FOLDER: FolderConnector,
    Kind.TABLE: TableConnector,
    Kind.GIT: GitConnector,
    Kind.DISTRIBUTIONS: DistributionsConnector,
}


def connect(source: Source) -> Connector:
    """The connector that reads `source`. Nothing is opened until it lists or reads."""
    return _CONNECTORS[source.kind](source)
