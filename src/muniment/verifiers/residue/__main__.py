"""`python -m muniment.verifiers.residue`: see `command`."""

import os
import sys

# Every thread of ours looks through a file of its own; threads of a matrix product beside them only wait for each other. numpy reads
# this when it is imported.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

from muniment.verifiers.residue.command import main

if __name__ == "__main__":
    sys.exit(main())
