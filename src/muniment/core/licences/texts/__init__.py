"""What texts say of their licence, and what each place in them amounts to."""
