"""The vector index: FAISS, inner product over unit vectors. The only room that knows FAISS.

Access comes before scoring: what the mask forbids is skipped, never compared, and the k best are the k best of what is allowed.
Results are never filtered afterwards. Every score that is given is the inner product with the vector as it is kept, whatever way
the passage was found by, so that scores say nothing about what else an index holds.
"""

from muniment.store.vectors.index import Part, VectorIndex
from muniment.store.vectors.kinds import KINDS, build
from muniment.store.vectors.library import PACKAGES, Vectors, faiss

__all__ = ["KINDS", "PACKAGES", "Part", "VectorIndex", "Vectors", "build", "faiss"]
