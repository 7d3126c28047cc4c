"""Make search indexes of promoted snapshots: passages, vectors, derived files, and which index a ref serves."""
