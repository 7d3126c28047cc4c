"""What keeps bytes safe: keys, encryption, originals, backups."""
