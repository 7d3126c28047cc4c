"""Index variants: filtered search, size, speed, erasure, and the GPU."""
