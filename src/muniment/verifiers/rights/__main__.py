"""`python rights PROOF`, on a copy of the folder or an archive of it (`python -m zipapp rights`): see `command`."""

import sys
from pathlib import Path
from types import ModuleType

if __package__:
    from muniment.verifiers.rights.command import main
else:  # Python runs a folder without its name: its files would not find each other.
    sys.modules["rights"] = folder = ModuleType("rights")
    folder.__path__ = [str(Path(__file__).parent)]
    from rights.command import main  # type: ignore[import-not-found,no-redef,unused-ignore]

if __name__ == "__main__":
    sys.exit(main())
