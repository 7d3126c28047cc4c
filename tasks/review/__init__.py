"""Deciding: who may, what waits, what a decision is about."""
